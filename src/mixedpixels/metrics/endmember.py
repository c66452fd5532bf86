"""Endmembers as the mean spectra of nearly pure pixels, after eq. 17 of the SSANU-Net paper."""

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.metrics.arrays import as_pair, to_numpy


def pure_pixel_spectra(pixels, abundances, threshold: float = 0.9):
    """Return the mean spectrum of the pixels in which an endmember covers more than ``threshold``.

    The SSANU-Net paper compares these means (text under eqs. 17 and 18), not the weights of the
    decoder. Its spectral angle therefore measures the agreement of two sets of pixels. Where no pixel
    exceeds the threshold, the pixel with the largest abundance represents the endmember.

    Parameters
    ----------
    pixels
        Shape (pixels, bands).
    abundances
        Shape (pixels, endmembers), fractions.
    threshold
        A fraction, 0 to 1.

    Returns
    -------
    spectra : array, shape (endmembers, bands)
        float64, in the unit of the pixels.
    counts : numpy.ndarray
        int64, shape (endmembers,): the number of pixels above the threshold. 0 says that the pixel with
        the largest abundance was taken.

    Raises
    ------
    BadInput
        When the arguments are not tables, differ in their number of pixels, or hold a value that is not
        finite.
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
