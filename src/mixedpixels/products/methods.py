"""From pixels and endmember spectra to abundances: the methods a user can choose."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.base import TransformerMixin

from mixedpixels.unmixing import FCLS, NNLS, normalise

_VALUES_AT_ONCE = 2**22  # float64 values in a temporary array: 32 MB


@dataclass(frozen=True)
class Method:
    """One way to abundances.

    ``title`` names it in the report. ``estimator(endmembers, normalise, device)`` has scikit-learn's
    face: ``fit(pixels)``, then ``transform(pixels)`` gives non-negative weights of the endmembers,
    which divided by their sum are the abundances.
    """

    title: str
    estimator: Callable[..., TransformerMixin]


METHODS = {
    "fcls": Method("fully constrained least squares (FCLS)", FCLS),
    "nnls": Method("non-negative least squares (NNLS), divided by the sum", NNLS),
}


class Solver:
    """Abundances and residuals of pixels for given endmembers.

    Parameters
    ----------
    method
        A key of ``METHODS``.
    endmembers
        Shape (endmembers, bands), in the pixels' unit.
    how
        The normalisation of pixels and endmembers: ``none``, ``l2`` or ``max``.
    device
        ``cpu``, ``cuda`` or ``auto``.

    Raises
    ------
    BadInput
        When the endmembers are linearly dependent.
    """

    def __init__(self, method: str, endmembers: np.ndarray, how: str, device: str):
        self._how = how
        self._spectra = normalise(endmembers.astype(np.float64), how)
        estimator = METHODS[method].estimator(endmembers, normalise=how, device=device)
        self._estimator = estimator.fit(endmembers)

    def __call__(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Solve for pixels of shape (pixels, bands), none of them zero.

        Returns
        -------
        abundances : numpy.ndarray
            float32, shape (pixels, endmembers).
        residuals, powers : numpy.ndarray
            float64, shape (pixels,): the squared norms of residual and pixel, both normalised. The
            residual is that of the fit itself, before any division by the sum.
        """
        count = len(self._spectra)
        abundances = np.empty((len(pixels), count), dtype=np.float32)
        residuals, powers = np.empty(len(pixels)), np.empty(len(pixels))
        step = max(1, _VALUES_AT_ONCE // pixels.shape[1])
        for first in range(0, len(pixels), step):
            part = slice(first, first + step)
            weights = self._estimator.transform(pixels[part])
            target = normalise(pixels[part].astype(np.float64), self._how)
            residuals[part] = ((target - weights @ self._spectra) ** 2).sum(axis=1)
            powers[part] = (target**2).sum(axis=1)
            total = weights.sum(axis=1, keepdims=True)
            abundances[part] = weights / np.where(total > 0, total, 1)
        return abundances, residuals, powers
