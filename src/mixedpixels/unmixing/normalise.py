"""Normalising pixels: it changes what an abundance means, so it is named wherever it is used."""

from typing import Literal

import numpy as np

from mixedpixels.errors import BadInput

Normalisation = Literal["none", "l2", "max"]
NORMALISATIONS: tuple[Normalisation, ...] = ("none", "l2", "max")


def normalise(spectra, how: Normalisation) -> np.ndarray:
    """Return spectra divided by a length of their own.

    Least squares on raw pixels explains a darker pixel of the same material by another mixture;
    divided by its length each pixel keeps its shape only.

    Parameters
    ----------
    spectra
        Shape (..., bands).
    how
        ``none``; ``l2``: by the Euclidean norm; ``max``: by the largest absolute value. A zero
        spectrum stays zero.
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
