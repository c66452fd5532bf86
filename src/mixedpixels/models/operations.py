"""What one pass of a network over an image costs, in multiply–accumulates."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mixedpixels.models.layers import Image


def multiply_accumulates(network: nn.Module, rows: int, columns: int, bands: int) -> int:
    """Count the products of matrices and convolutions on the way from an image to its loss.

    PyTorch counts, on tensors that have a shape and no values, so nothing is computed. It counts a
    product and its addition as two operations; one multiply–accumulate is both.

    Parameters
    ----------
    network
        With a ``losses(image)``, for images of this many bands. It is moved to the device ``meta`` and
        loses its weights.
    rows, columns, bands
        The size of the image.

    Returns
    -------
    int
        Multiply–accumulates, without biases, normalisations and decompositions.

    Examples
    --------
    >>> from mixedpixels.models.rivals import cycunet
    >>> network = cycunet.settings("samson").network(torch.rand(3, 10))
    >>> macs = 10 * 128 + 128 * 64 + 64 * 3 + 3 * 10  # of one pixel: three layers, one decoder
    >>> multiply_accumulates(network, 4, 5, 10) == 2 * 4 * 5 * macs
    True
    """
    network = network.to("meta").train()
    with FlopCounterMode(display=False) as counter:
        network.losses(Image(torch.empty(rows, columns, bands, device="meta")))
    return counter.get_total_flops() // 2


def of_layers_at_every_pixel(network: nn.Module, rows: int, columns: int) -> int:
    """Count every weight of every layer once per pixel: what layers of stride 1 cost as they stand.

    A network may multiply its layers out first, as SSANU-Net's decoder does, and need less.

    Parameters
    ----------
    network
        All of whose weights meet every pixel.
    rows, columns
        The size of the image.

    Returns
    -------
    int
        Multiply–accumulates, without biases.
    """
    weights = [weight for weight in network.parameters() if weight.dim() > 1]
    return rows * columns * sum(weight.numel() for weight in weights)
