"""Counting: against the layers' sizes, written out."""

import torch

from mixedpixels.models import ssanu
from mixedpixels.models.operations import multiply_accumulates, of_layers_at_every_pixel
from mixedpixels.models.rivals import suncnn

BANDS, MATERIALS, ROWS, COLUMNS = 7, 3, 6, 8


def network(model):
    return model.settings("samson").network(torch.rand(MATERIALS, BANDS))


def test_suncnn_counts_its_convolutions_and_its_library():
    pixels, coarse = ROWS * COLUMNS, ROWS // 2 * (COLUMNS // 2)
    expected = coarse * 9 * (BANDS * 256 + 256 * 256)  # half the size
    expected += pixels * BANDS * 4  # the skip
    expected += pixels * (9 * 260 * 256 + 256 * 256 + 256 * MATERIALS)
    expected += pixels * MATERIALS * BANDS  # the library
    assert multiply_accumulates(network(suncnn), ROWS, COLUMNS, BANDS) == expected


def test_ssanu_as_its_layers_stand():
    encoder = 25 * BANDS * 128 + 9 * 128 * 64 + 64 * MATERIALS
    encoder += BANDS * 128 + 128 * 64 + 64 * MATERIALS
    decoder = 2 * MATERIALS * BANDS + 2 * BANDS * BANDS
    whole = of_layers_at_every_pixel(network(ssanu), ROWS, COLUMNS)
    assert whole == ROWS * COLUMNS * (encoder + decoder)
