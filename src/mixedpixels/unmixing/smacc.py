"""SMACC, as implemented by the ``spectral`` package."""

import contextlib
import io

import numpy as np
import spectral

from mixedpixels.errors import BadInput
from mixedpixels.unmixing.face import Unmixer, check_input
from mixedpixels.unmixing.pixels import check_count


class SMACC(Unmixer):
    """The sequential maximum angle convex cone: endmembers and their fractions in one pass.

    The fractions are non-negative and need not sum to one. SMACC defines them for the pixels of the fit
    only, so there is ``fit_transform`` and no ``transform``. The method has no random part and
    therefore no ``random_state``.

    Parameters
    ----------
    n_endmembers
        The number of endmembers, from 2 up to the number of bands.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float64, shape (endmembers, bands): pixels of the image.
    abundances_ : numpy.ndarray
        float64, shape (pixels, endmembers), 0 or more.
    n_features_in_ : int
        The number of bands.

    References
    ----------
    Gruninger, Ratkowski and Hoke, Proc. SPIE 5425, 2004.
    """

    def __init__(self, n_endmembers: int):
        self.n_endmembers = n_endmembers

    def fit(self, X, y=None):
        """Find endmembers and their fractions; return self.

        Parameters
        ----------
        X
            A Scene, a cube (rows, columns, bands) or a table (pixels, bands), in any unit.
        y
            Not used.

        Raises
        ------
        BadInput
            When a value is not finite, or fewer endmembers are found.
        """
        pixels = check_input(self, X, reset=True).astype(np.float64, copy=False)
        count = check_count(self.n_endmembers, pixels)
        with contextlib.redirect_stdout(io.StringIO()):  # the package prints every step
            endmembers, fractions, _ = spectral.smacc(pixels, min_endmembers=count)
        if len(endmembers) != count:
            raise BadInput(f"SMACC found {len(endmembers)} endmembers where {count} were asked for")
        self.endmembers_ = np.asarray(endmembers)
        self.abundances_ = np.asarray(fractions)
        return self

    def fit_transform(self, X, y=None) -> np.ndarray:
        """Fit and return the fractions ``abundances_``, shape (pixels, endmembers)."""
        return self.fit(X).abundances_
