"""Endmembers read off the image, as SSANU-Net's eq. 17 has it."""

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.metrics.arrays import as_pair, to_numpy


def pure_pixel_spectra(pixels, abundances, threshold: float = 0.9):
    """Return the mean spectrum of the pixels in which an endmember covers more than ``threshold``.

    SSANU-Net compares these means (text under eqs. 17 and 18), not the decoder's weights: its
    spectral angle measures the agreement of two sets of pixels. Where no pixel passes the
    threshold, the one with the largest abundance stands for the endmember.

    Parameters
    ----------
    pixels
        Shape (pixels, bands).
    abundances
        Shape (pixels, endmembers), fractions.
    threshold
        0 to 1.

    Returns
    -------
    spectra : array, shape (endmembers, bands)
    counts : numpy.ndarray
        int64, shape (endmembers,): pixels above the threshold; 0 marks a fallback.
    """
    xp, pixels, abundances = as_pair(pixels, abundances, ("pixels", "abundances"))
    if pixels.ndim != 2 or abundances.ndim != 2:
        raise BadInput(
            f"expected tables (pixels, bands) and (pixels, endmembers), got "
            f"{tuple(pixels.shape)} and {tuple(abundances.shape)}"
        )
    if pixels.shape[0] != abundances.shape[0]:
        raise BadInput(f"{pixels.shape[0]} pixels, but abundances for {abundances.shape[0]}")
    pure = xp.astype(abundances > threshold, xp.float64)
    counts = xp.sum(pure, axis=0)
    largest = pixels[xp.argmax(abundances, axis=0)]
    means = xp.matmul(xp.matrix_transpose(pure), pixels)
    means = means / xp.where(counts > 0, counts, xp.ones_like(counts))[:, None]
    spectra = xp.where(counts[:, None] > 0, means, largest)
    return spectra, to_numpy(counts).astype(np.int64)
