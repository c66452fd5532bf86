"""Abundances by least squares: non-negative, and fully constrained."""

import numpy as np
import torch
from sklearn.base import TransformerMixin, clone

from mixedpixels.device import choose_device
from mixedpixels.errors import BadInput
from mixedpixels.unmixing import active_set
from mixedpixels.unmixing.face import Unmixer, check_fitted, check_input
from mixedpixels.unmixing.normalise import Normalisation, normalise
from mixedpixels.unmixing.pixels import check_table

# Above this condition number, the rounding of float32 data alone moves an abundance by several
# hundredths.
_WORST_CONDITION = 1e6
_NUMBERS_AT_ONCE = 2**24  # float64 values in the largest temporary array: 128 MB


class _LeastSquares(TransformerMixin, Unmixer):
    """The common part of NNLS and FCLS; each adds its own constraint."""

    _sum_to_one: bool

    def __init__(self, endmembers, normalise: Normalisation = "none", device: str = "auto"):
        self.endmembers = endmembers
        self.normalise = normalise
        self.device = device

    def fit(self, X, y=None):
        """Find the endmembers, or check those given, and unmix the pixels.

        For an image that does not fit into memory, call ``fit`` with a part of it and ``transform``
        block by block.

        Parameters
        ----------
        X
            A Scene, a cube (rows, columns, bands) or a table (pixels, bands), in any unit. Where
            endmembers are given, it is in their unit.
        y
            Not used.

        Returns
        -------
        self

        Raises
        ------
        BadInput
            When a value is not finite, the number of bands is not that of the endmembers, or the
            endmembers are linearly dependent.
        """
        pixels = check_input(self, X, reset=True)
        if isinstance(self.endmembers, type):
            name = self.endmembers.__name__
            raise BadInput(f"endmembers: expected spectra or an instance, {name}(…), not the class")
        if isinstance(self.endmembers, int | np.integer):
            raise BadInput(
                "endmembers: expected spectra (endmembers, bands) or a search for them, such as "
                f"VCA({self.endmembers}), got the number {self.endmembers}"
            )
        if hasattr(self.endmembers, "fit"):
            extractor = clone(self.endmembers).fit(normalise(pixels, self.normalise))
            endmembers = extractor.endmembers_
        else:
            given = check_table(
                self.endmembers, "endmembers", "spectra (endmembers, bands)", pixels.shape[1]
            )
            endmembers = normalise(given, self.normalise)
        endmembers = np.asarray(endmembers, dtype=np.float64)
        _check_independent(endmembers)
        self.endmembers_ = endmembers
        self.abundances_ = self._solve(pixels)
        return self

    def fit_transform(self, X, y=None) -> np.ndarray:
        """Fit and return ``abundances_``, shape (pixels, endmembers)."""
        return self.fit(X).abundances_

    def transform(self, X) -> np.ndarray:
        """Return the abundances of pixels.

        Parameters
        ----------
        X
            As in :meth:`fit`, of as many bands and in the same unit.

        Returns
        -------
        numpy.ndarray
            float64, shape (pixels, endmembers).
        """
        check_fitted(self)
        return self._solve(check_input(self, X, reset=False))

    def _solve(self, pixels: np.ndarray) -> np.ndarray:
        device = choose_device(self.device)
        spectra = torch.tensor(self.endmembers_, device=device)
        gram = spectra @ spectra.T
        widest = max((len(gram) + 1) ** 2, pixels.shape[1])
        chunk = max(1, _NUMBERS_AT_ONCE // widest)
        out = np.empty((len(pixels), len(gram)))
        for start in range(0, len(pixels), chunk):
            block = normalise(pixels[start : start + chunk], self.normalise)
            block = torch.tensor(block, dtype=torch.float64, device=device)
            part = active_set.solve(gram, block @ spectra.T, self._sum_to_one)
            out[start : start + chunk] = part.cpu().numpy()
        return out


class FCLS(_LeastSquares):
    r"""Fully constrained least squares: abundances that are non-negative and sum to one.

    .. math:: \min_{\mathbf{a}} \|\mathbf{y} - E^\top\mathbf{a}\|^2
        \quad \text{s.t. } \mathbf{a} \ge 0,\; \mathbf{1}^\top \mathbf{a} = 1

    The problem is solved exactly, for all pixels at once (:mod:`mixedpixels.unmixing.active_set`).

    Parameters
    ----------
    endmembers
        Spectra of shape (endmembers, bands), or an unmixer such as
        :class:`~mixedpixels.unmixing.VCA` that finds them in ``fit``.
    normalise
        ``none``, ``l2`` or ``max``, applied to pixels and endmembers alike; see
        :func:`~mixedpixels.unmixing.normalise`.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float64, shape (endmembers, bands), after normalisation. ``inverse_transform`` is in their unit.
    abundances_ : numpy.ndarray
        float64, shape (pixels, endmembers), of the pixels of the fit.
    n_features_in_ : int
        The number of bands.

    References
    ----------
    Heinz and Chang, IEEE Trans. Geosci. Remote Sens. 39, 2001.

    Examples
    --------
    >>> spectra = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    >>> FCLS(spectra, device="cpu").fit_transform([[0.25, 0.75, 1.0]]).round(6)
    array([[0.25, 0.75]])
    """

    _sum_to_one = True


class NNLS(_LeastSquares):
    r"""Non-negative least squares, with or without a division by the sum afterwards.

    .. math:: \min_{\mathbf{a}} \|\mathbf{y} - E^\top\mathbf{a}\|^2 \quad \text{s.t. } \mathbf{a} \ge 0

    Parameters
    ----------
    endmembers, normalise, device
        As in :class:`FCLS`.
    renormalise
        Whether the abundances of each pixel are divided by their sum; those of a pixel whose abundances
        are all zero stay zero. The brightness of a pixel is then lost, and ``inverse_transform`` mixes
        the spectra by the fractions.

    Attributes
    ----------
    endmembers_, abundances_, n_features_in_
        As in :class:`FCLS`.

    References
    ----------
    Lawson and Hanson, *Solving Least Squares Problems*, 1974.
    """

    _sum_to_one = False

    def __init__(
        self,
        endmembers,
        normalise: Normalisation = "none",
        renormalise: bool = False,
        device: str = "auto",
    ):
        super().__init__(endmembers, normalise, device)
        self.renormalise = renormalise

    def _solve(self, pixels: np.ndarray) -> np.ndarray:
        abundances = super()._solve(pixels)
        if self.renormalise:
            total = abundances.sum(axis=1, keepdims=True)
            abundances /= np.where(total > 0, total, 1)
        return abundances


def _check_independent(endmembers: np.ndarray) -> None:
    count, bands = endmembers.shape
    if count > bands:
        raise BadInput(f"{count} endmembers in {bands} bands: expected at most as many as bands")
    values = np.linalg.svd(endmembers, compute_uv=False)
    if values[-1] <= values[0] / _WORST_CONDITION:
        raise BadInput(
            f"the {count} endmembers are linearly dependent (condition number "
            f"{values[0] / max(values[-1], 1e-300):.1e}): two may be equal or one zero; leave one out"
        )
