"""Normalisation of pixels, which changes what an abundance means."""

from typing import Literal

import numpy as np

from mixedpixels.errors import BadInput

Normalisation = Literal["none", "l2", "max"]
NORMALISATIONS: tuple[Normalisation, ...] = ("none", "l2", "max")


def normalise(spectra, how: Normalisation) -> np.ndarray:
    """Return spectra, each divided by its own length.

    Least squares on raw pixels explains a darker pixel of the same material by another mixture. After
    the division, only the shape of each spectrum is left.

    Parameters
    ----------
    spectra
        Shape (..., bands), in any unit.
    how
        ``none``: the spectra are returned unchanged. ``l2``: each is divided by its Euclidean norm.
        ``max``: each is divided by its largest absolute value. A zero spectrum stays zero.

    Returns
    -------
    numpy.ndarray
        Of the same shape.

    Raises
    ------
    BadInput
        When ``how`` is unknown.
    """
    if how not in NORMALISATIONS:
        raise BadInput(f"normalise must be one of {', '.join(NORMALISATIONS)}, got {how!r}")
    spectra = np.asarray(spectra)
    if how == "none":
        return spectra
    order = 2 if how == "l2" else np.inf
    length = np.linalg.norm(
        spectra.astype(np.float64, copy=False), ord=order, axis=-1, keepdims=True
    )
    return spectra / np.where(length > 0, length, 1)
