"""The scores of one unmixing, as the tables of SSANU-Net print them."""

from dataclasses import dataclass

import numpy as np

from mixedpixels.metrics.abundance import CONVENTIONS, abundance_rmse
from mixedpixels.metrics.arrays import to_numpy
from mixedpixels.metrics.endmember import pure_pixel_spectra
from mixedpixels.metrics.matching import match_endmembers
from mixedpixels.metrics.spectral import spectral_angle


@dataclass(frozen=True)
class UnmixingScores:
    """Scores against a reference; endmembers in the reference's order.

    ``order``: which estimated endmember answers each reference one. ``angles``: radians, shape
    (endmembers,). ``rmse``: one value per convention. ``pure``: estimated pixels above the threshold
    per endmember; 0 means the pixel with the largest abundance stood in.
    """

    order: np.ndarray
    angles: np.ndarray
    rmse: dict[str, float]
    pure: np.ndarray


def unmixing_scores(pixels, abundances, reference) -> UnmixingScores:
    """Score estimated abundances; matched on the abundances, so the reference is used.

    Parameters
    ----------
    pixels
        Shape (pixels, bands).
    abundances, reference
        Shape (pixels, endmembers).

    Returns
    -------
    UnmixingScores
        Angles between the mean spectra of pixels with abundance above 0.9 (SSANU-Net, eq. 17).
    """
    order = match_endmembers(abundances, reference, by="abundance")
    matched = abundances[:, order]
    estimated_spectra, pure = pure_pixel_spectra(pixels, matched)
    reference_spectra, _ = pure_pixel_spectra(pixels, reference)
    rmse = {c: float(to_numpy(abundance_rmse(matched, reference, c))) for c in CONVENTIONS}
    angles = to_numpy(spectral_angle(estimated_spectra, reference_spectra))
    return UnmixingScores(order, angles, rmse, pure)
