"""The cost of one pass of a network over an image, in multiply–accumulates."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mixedpixels.models.layers import Image


def multiply_accumulates(network: nn.Module, rows: int, columns: int, bands: int) -> int:
    """Count the multiply–accumulates of matrix products and convolutions from an image to its loss.

    PyTorch does the counting on tensors that have a shape but no values, so nothing is computed. It
    counts a product and its addition as two operations; one multiply–accumulate is both.

    Parameters
    ----------
    network
        A network with a method ``losses(image)``, for images of this many bands. It is moved to the
        device ``meta`` and loses its weights.
    rows, columns, bands
        The size of the image.

    Returns
    -------
    int
        The number of multiply–accumulates, without biases, normalisations and decompositions.

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
    """Count the multiply–accumulates of layers of stride 1: every weight once per pixel.

    A network may need fewer when it multiplies its layers out first, as SSANU-Net's decoder does.

    Parameters
    ----------
    network
        A network that applies all of its weights to every pixel.
    rows, columns
        The size of the image.

    Returns
    -------
    int
        The number of multiply–accumulates, without biases.
    """
    weights = [weight for weight in network.parameters() if weight.dim() > 1]
    return rows * columns * sum(weight.numel() for weight in weights)
