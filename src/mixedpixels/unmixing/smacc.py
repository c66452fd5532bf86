"""SMACC, by the ``spectral`` package."""

import contextlib
import io

import numpy as np
import spectral
from sklearn.base import BaseEstimator

from mixedpixels.errors import BadInput
from mixedpixels.unmixing.pixels import check_count, check_pixels


class SMACC(BaseEstimator):
    """The sequential maximum angle convex cone: endmembers and their fractions in one go.

    The fractions are non-negative and need not sum to one. SMACC defines them for the pixels it was
    fitted to, so there is ``fit_transform`` and no ``transform``. It has no random part.

    Parameters
    ----------
    n_endmembers
        2 up to the number of bands.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float64, shape (endmembers, bands): pixels of the image.
    abundances_ : numpy.ndarray
        float64, shape (pixels, endmembers), 0 or more.

    References
    ----------
    Gruninger, Ratkowski and Hoke, Proc. SPIE 5425, 2004.
    """

    def __init__(self, n_endmembers: int):
        self.n_endmembers = n_endmembers

    def fit(self, pixels, y=None):
        """Find endmembers and fractions of pixels (pixels, bands); return self."""
        pixels = check_pixels(pixels).astype(np.float64, copy=False)
        count = check_count(self.n_endmembers, pixels)
        with contextlib.redirect_stdout(io.StringIO()):  # it prints every step
            endmembers, fractions, _ = spectral.smacc(pixels, min_endmembers=count)
        if len(endmembers) != count:
            raise BadInput(f"SMACC found {len(endmembers)} endmembers where {count} were asked for")
        self.endmembers_ = np.asarray(endmembers)
        self.abundances_ = np.asarray(fractions)
        return self

    def fit_transform(self, pixels, y=None) -> np.ndarray:
        """Fit and return the fractions, shape (pixels, endmembers)."""
        return self.fit(pixels).abundances_
