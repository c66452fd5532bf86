"""Differences between the published file of Indian Pines and pixels from another source."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixedpixels import scenes
from mixedpixels.chapters.symae.file_damage import KNOWN, count_differences, known_places
from mixedpixels.errors import BadInput
from mixedpixels.scenes.load import available


@given(st.integers(0, 999), st.dictionaries(st.sampled_from([-771, -768, -3]), st.integers(1, 9)))
def test_each_difference_is_counted_whatever_a_band_begins_at(seed, damage):
    """Up to 27 of 400 numbers are too low, at most 27 of 80 in one band."""
    rng = np.random.default_rng(seed)
    known = rng.integers(0, 4000, (80, 5))
    pixels = known + rng.integers(900, 3000, 5)
    places = rng.permutation(known.size)
    for off, count in damage.items():
        here, places = places[:count], places[count:]
        pixels.ravel()[here] += off
    found = count_differences(pixels, known)
    assert found == dict(sorted(damage.items()))


def test_tables_of_other_shapes_are_refused():
    with pytest.raises(BadInput, match=r"two tables \(n, bands\), got \(3, 2\) and \(3, 3\)"):
        count_differences(np.ones((3, 2)), np.ones((3, 3)))


def test_known_pixels_lie_on_their_own_classes():
    if not (available("indian-pines") and available(KNOWN)):
        pytest.skip("needs the real Indian Pines and its 695 training pixels")
    rows, columns = known_places()
    known, whole = scenes.load(KNOWN), scenes.load("indian-pines")
    assert len(rows) == len(known.pixels) == 695
    labels = whole.labels[rows, columns]
    own = known.labels.ravel()
    assert (labels[labels > 0] == own[labels > 0]).all() and (labels > 0).mean() > 0.9
