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
    """Scores against a reference, with the endmembers in the order of the reference.

    Parameters
    ----------
    order
        int64, shape (endmembers,): the estimated endmember that matches each one of the reference.
    angles
        Spectral angles in radians, float64, shape (endmembers,).
    rmse
        Convention → root-mean-square error of the abundances, a fraction; see
        :func:`~mixedpixels.metrics.abundance_rmse`.
    pure
        int64, shape (endmembers,): the number of pixels whose estimated abundance exceeds 0.9. 0 says
        that the pixel with the largest abundance was taken instead.
    """

    order: np.ndarray
    angles: np.ndarray
    rmse: dict[str, float]
    pure: np.ndarray


def unmixing_scores(pixels, abundances, reference) -> UnmixingScores:
    """Match estimated abundances to the reference, and score them.

    The matching compares the abundance maps, so it uses the reference.

    Parameters
    ----------
    pixels
        Shape (pixels, bands), in any unit.
    abundances, reference
        Fractions, shape (pixels, endmembers).

    Returns
    -------
    UnmixingScores
        Its angles are those between the mean spectra of the pixels whose estimated, and whose
        reference, abundance exceeds 0.9 (SSANU-Net, eq. 17).

    Raises
    ------
    BadInput
        When the shapes do not fit, or a value is not finite.
    """
    order = match_endmembers(abundances, reference, by="abundance")
    matched = abundances[:, order]
    estimated_spectra, pure = pure_pixel_spectra(pixels, matched)
    reference_spectra, _ = pure_pixel_spectra(pixels, reference)
    rmse = {c: float(to_numpy(abundance_rmse(matched, reference, c))) for c in CONVENTIONS}
    angles = to_numpy(spectral_angle(estimated_spectra, reference_spectra))
    return UnmixingScores(order, angles, rmse, pure)
