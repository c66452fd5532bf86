"""Methods that unmix each pixel on its own, by constrained least squares."""

from abc import abstractmethod

import numpy as np
from sklearn.base import TransformerMixin

from mixedpixels.products.blocks import Block
from mixedpixels.products.methods.method import Method, MethodWords, Task
from mixedpixels.unmixing import FCLS, NNLS, normalise

_VALUES_AT_ONCE = 2**22  # float64 values in a temporary array: 32 MB
_LINEAR = "a material may be missing, or the mixture is not linear."
_MODEL = "a few spectra, mixed linearly, describe the image"


class PixelSolver:
    """Abundances and residuals of pixels for given endmembers.

    Parameters
    ----------
    estimator
        ``fit(endmembers)``, then ``transform(pixels)`` returns non-negative weights of the endmembers;
        divided by their sum these are the abundances.
    endmembers
        Shape (endmembers, bands), in the pixels' unit.
    how
        The normalisation of pixels and endmembers: ``none``, ``l2`` or ``max``.

    Raises
    ------
    BadInput
        When the endmembers are linearly dependent.
    """

    context = 0
    fit = None

    def __init__(self, estimator: TransformerMixin, endmembers: np.ndarray, how: str):
        self.spectra = endmembers
        self._how = how
        self._normalised = normalise(endmembers.astype(np.float64), how)
        self._estimator = estimator.fit(endmembers)

    def __call__(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Solve for pixels of shape (pixels, bands), none of them zero.

        Returns what :meth:`mixedpixels.products.methods.method.Solver.solve` returns.
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
        """Solve for a block's own valid pixels, row by row."""
        return self(block.own[block.mask])


class LeastSquares(Method):
    """A method with an estimator that needs only endmembers, a normalisation and a device."""

    @abstractmethod
    def solver(self, endmembers: np.ndarray, how: str, device: str) -> PixelSolver:
        """Return a solver for endmembers (endmembers, bands) in the image's unit."""

    def start(self, task: Task) -> PixelSolver:
        """See :meth:`Method.start`."""
        return self.solver(task.endmembers, task.normalise, task.device)


class FullyConstrainedLeastSquares(LeastSquares):
    """Abundances are not negative and sum to one (Heinz and Chang, 2001)."""

    name = "fcls"
    words = MethodWords(
        title="fully constrained least squares (FCLS): no abundance is negative, and they sum to 1",
        residual=_LINEAR + "{% if report.settings.normalise != 'none' %}"
        " A part of the residual has another cause: normalisation stretches mixed pixels, and "
        "abundances that sum to 1 cannot follow, so a mixed pixel always has some residual. The "
        "method nnls does not have this part."
        "{% endif %}",
        model=_MODEL,
    )

    def solver(self, endmembers, how, device):
        """See :meth:`LeastSquares.solver`."""
        return PixelSolver(FCLS(endmembers, normalise=how, device=device), endmembers, how)


class NonNegativeLeastSquares(LeastSquares):
    """Abundances are not negative; they are divided by their sum afterwards."""

    name = "nnls"
    words = MethodWords(
        title="non-negative least squares (NNLS): no abundance is negative; they are divided by their "
        "sum afterwards",
        residual=_LINEAR,
        model=_MODEL,
    )

    def solver(self, endmembers, how, device):
        """See :meth:`LeastSquares.solver`."""
        return PixelSolver(NNLS(endmembers, normalise=how, device=device), endmembers, how)
