"""The constant prediction: every pixel gets the mean abundances of the reference."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from mixedpixels.errors import BadInput
from mixedpixels.unmixing.face import check_fitted, check_input
from mixedpixels.unmixing.pixels import check_abundances


class ConstantPrediction(TransformerMixin, BaseEstimator):
    """Predict the mean abundances of the reference for every pixel.

    This is a control, and it uses the reference. A method with a worse score has learnt nothing about
    where the materials are. The prediction uses no spectra, so there are no ``endmembers_``.

    Attributes
    ----------
    mean_ : numpy.ndarray
        The mean abundances, float64, shape (endmembers,).
    n_features_in_ : int
        The number of bands.
    """

    def fit(self, X, y):
        """Compute the mean of the reference abundances; return self.

        Parameters
        ----------
        X
            A Scene, a cube (rows, columns, bands) or a table (pixels, bands).
        y
            The reference abundances of those pixels, shape (pixels, endmembers) or
            (rows, columns, endmembers); (pixels,) for one material.

        Raises
        ------
        BadInput
            When a value is not finite, ``y`` is missing, or the numbers of pixels differ.
        """
        pixels = check_input(self, X, reset=True)
        if y is None:
            raise BadInput(
                "ConstantPrediction requires y to be passed, but the target y is None; pass the "
                "reference abundances"
            )
        y = y if hasattr(y, "ndim") else np.asarray(y)
        abundances = check_abundances(np.asarray(y)[:, None] if y.ndim == 1 else y)
        if len(abundances) != len(pixels):
            raise BadInput(
                f"abundances: expected those of {len(pixels)} pixels, got {len(abundances)}"
            )
        self.mean_ = abundances.astype(np.float64).mean(axis=0)
        return self

    def transform(self, X) -> np.ndarray:
        """Return the mean abundances for every pixel, float64, shape (pixels, endmembers)."""
        check_fitted(self, "mean_")
        return np.tile(self.mean_, (len(check_input(self, X, reset=False)), 1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags
