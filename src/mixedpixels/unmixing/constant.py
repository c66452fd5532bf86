"""The constant prediction: the score of knowing nothing but the average."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from mixedpixels.errors import BadInput
from mixedpixels.unmixing.pixels import check_pixels


class ConstantPrediction(TransformerMixin, BaseEstimator):
    """Predict the mean abundances of the reference for every pixel.

    A control: it uses the reference, and a method that scores worse has learnt nothing about where
    things are.

    Attributes
    ----------
    mean_ : numpy.ndarray
        float64, shape (endmembers,).
    """

    def fit(self, pixels, abundances):
        """Take the mean of reference abundances (pixels, endmembers); return self."""
        self.mean_ = check_pixels(abundances).astype(np.float64).mean(axis=0)
        return self

    def transform(self, pixels) -> np.ndarray:
        """Return that mean for every pixel, shape (pixels, endmembers)."""
        if not hasattr(self, "mean_"):
            raise BadInput("this ConstantPrediction knows no mean yet; call fit first")
        return np.tile(self.mean_, (len(check_pixels(pixels)), 1))
