"""Vertex component analysis as an estimator."""

import numpy as np
from sklearn.base import TransformerMixin

from mixedpixels.unmixing.face import Unmixer, check_fitted, check_input, draw_seed
from mixedpixels.unmixing.geometry import vca_starts
from mixedpixels.unmixing.least_squares import FCLS


class VCA(TransformerMixin, Unmixer):
    """Vertex component analysis from one random start.

    The pixels are projected onto a subspace of as many dimensions as there are endmembers. They are
    then projected, again and again, onto a random direction that is orthogonal to the endmembers found
    so far; the extreme pixel is the next endmember. The result depends on the random directions;
    :func:`~mixedpixels.unmixing.vca_starts` runs many of them at once.

    VCA finds endmembers only, so ``fit`` sets no ``abundances_``. ``transform`` adds the usual next
    step, fully constrained least squares: ``VCA(3).fit_transform(X)`` is
    ``FCLS(VCA(3)).fit_transform(X)``. For another constraint or a normalisation, use an estimator such
    as ``NNLS(VCA(3), normalise="l2")``.

    Parameters
    ----------
    n_endmembers
        The number of endmembers, from 2 up to the number of bands.
    random_state
        Seed of the random directions; see :func:`~mixedpixels.unmixing.face.draw_seed`.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float64, shape (endmembers, bands): the chosen pixels, projected onto the subspace, in the
        unit of the pixels.
    indices_ : numpy.ndarray
        int64, shape (endmembers,): the numbers of the chosen pixels, counted row after row.
    n_features_in_ : int
        The number of bands.

    References
    ----------
    Nascimento and Bioucas-Dias, IEEE Trans. Geosci. Remote Sens. 43(4), 2005.

    Examples
    --------
    >>> spectra = np.array([[1.0, 0.2, 0.1, 0.3], [0.1, 0.9, 0.3, 0.2], [0.2, 0.1, 0.8, 0.5]])
    >>> mixtures = np.random.default_rng(0).dirichlet([1, 1, 1], 20) @ spectra
    >>> model = VCA(3).fit(np.vstack([mixtures, spectra]))
    >>> sorted(model.indices_.tolist())
    [20, 21, 22]
    """

    def __init__(self, n_endmembers: int, random_state=0):
        self.n_endmembers = n_endmembers
        self.random_state = random_state

    def fit(self, X, y=None):
        """Find the endmembers of the pixels; return self.

        Parameters
        ----------
        X
            A Scene, a cube (rows, columns, bands) or a table (pixels, bands), in any unit.
        y
            Not used.

        Raises
        ------
        BadInput
            When a value is not finite, or the pixels cannot hold that many endmembers.
        """
        pixels = check_input(self, X, reset=True)
        seed = draw_seed(self.random_state)
        spectra, indices = vca_starts(pixels, self.n_endmembers, [seed])
        self.endmembers_, self.indices_ = spectra[0], indices[0]
        return self

    def transform(self, X) -> np.ndarray:
        """Return the abundances of pixels by :class:`FCLS` on the endmembers.

        Parameters
        ----------
        X
            As in :meth:`fit`, of as many bands and in the same unit.

        Returns
        -------
        numpy.ndarray
            float64, shape (pixels, endmembers), 0 or more, summing to one.
        """
        check_fitted(self)
        return FCLS(self.endmembers_).fit_transform(check_input(self, X, reset=False))
