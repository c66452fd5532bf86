"""From pixels and endmember spectra to abundances: the methods a user can choose."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.base import TransformerMixin

from mixedpixels.models import ssanu
from mixedpixels.products.blocks import Block
from mixedpixels.unmixing import FCLS, NNLS, normalise

_VALUES_AT_ONCE = 2**22  # float64 values in a temporary array: 32 MB


@dataclass(frozen=True)
class Network:
    """A network that is fitted to the image.

    Parameters
    ----------
    settings
        Returns the model's settings, as :func:`mixedpixels.training.fit_unmixer` takes them.
    reach
        The abundances of a pixel depend on pixels up to so many rows and columns away.
    paper
        Where it was published.
    """

    settings: Callable[[], object]
    reach: int
    paper: str


@dataclass(frozen=True)
class Method:
    """One way to abundances: an estimator of each pixel for itself, or a network.

    ``title`` names it in the report. ``estimator(endmembers, normalise, device)`` has scikit-learn's
    face: ``fit(pixels)``, then ``transform(pixels)`` gives non-negative weights of the endmembers,
    which divided by their sum are the abundances.
    """

    title: str
    estimator: Callable[..., TransformerMixin] | None = None
    network: Network | None = None


METHODS = {
    "fcls": Method("fully constrained least squares (FCLS)", FCLS),
    "nnls": Method("non-negative least squares (NNLS), divided by the sum", NNLS),
    "ssanu": Method(
        "SSANU-Net, an autoencoder network that sees each pixel with its neighbours; divided by "
        "the sum",
        network=Network(
            lambda: ssanu.settings("", "best"),
            3,  # a convolution of 5 × 5 pixels, then one of 3 × 3
            "Chen, Zhang, Ren, Zhou, Feng and Cheng, IEEE J. Sel. Topics Appl. Earth Observ. Remote "
            "Sens. 16, 2023",
        ),
    ),
}


class Solver:
    """Abundances and residuals of pixels for given endmembers, each pixel for itself.

    Parameters
    ----------
    method
        A key of ``METHODS`` that has an estimator.
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

    context = 0
    fitted = None

    def __init__(self, method: str, endmembers: np.ndarray, how: str, device: str):
        self.spectra = endmembers
        self._how = how
        self._normalised = normalise(endmembers.astype(np.float64), how)
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
        count = len(self._normalised)
        abundances = np.empty((len(pixels), count), dtype=np.float32)
        residuals, powers = np.empty(len(pixels)), np.empty(len(pixels))
        step = max(1, _VALUES_AT_ONCE // pixels.shape[1])
        for first in range(0, len(pixels), step):
            part = slice(first, first + step)
            weights = self._estimator.transform(pixels[part])
            target = normalise(pixels[part].astype(np.float64), self._how)
            residuals[part] = ((target - weights @ self._normalised) ** 2).sum(axis=1)
            powers[part] = (target**2).sum(axis=1)
            total = weights.sum(axis=1, keepdims=True)
            abundances[part] = weights / np.where(total > 0, total, 1)
        return abundances, residuals, powers

    def solve(self, block: Block) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the same of a block's own valid pixels, row by row."""
        return self(block.own[block.mask])
