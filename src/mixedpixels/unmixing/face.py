"""The common interface of all unmixers: scikit-learn's conventions, applied to images."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from mixedpixels.errors import BadInput
from mixedpixels.unmixing.pixels import check_abundances, check_pixels


class NotFitted(BadInput, NotFittedError):
    """A method of an estimator that needs a fit was called before ``fit``."""


class Unmixer(BaseEstimator):
    """The base class of all unmixers.

    ``X`` is a :class:`~mixedpixels.scenes.Scene`, a cube (rows, columns, bands) or a table
    (pixels, bands), of any real dtype, without NaN. Every result is a table (pixels, ...), in which the
    rows of the image follow each other; :meth:`mixedpixels.scenes.Scene.grid` turns it into maps.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float, shape (endmembers, bands).
    n_features_in_ : int
        The number of bands that ``fit`` saw.
    """

    def inverse_transform(self, X) -> np.ndarray:
        """Return the spectra that abundances mix to: abundances @ ``endmembers_``.

        Parameters
        ----------
        X
            Abundances, shape (pixels, endmembers), or maps (rows, columns, endmembers).

        Returns
        -------
        numpy.ndarray
            Shape (pixels, bands), in the unit of ``endmembers_``.

        Raises
        ------
        NotFitted
            Before ``fit``.
        BadInput
            When a value is not finite, or the number of endmembers is not that of the fit.
        """
        check_fitted(self)
        abundances = check_abundances(X)
        if abundances.shape[1] != len(self.endmembers_):
            raise BadInput(
                f"abundances: expected those of {len(self.endmembers_)} endmembers, got "
                f"{abundances.shape[1]}"
            )
        return abundances @ self.endmembers_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def check_input(estimator: BaseEstimator, X, *, reset: bool) -> np.ndarray:
    """Return the pixels of ``X`` as a table, and compare their bands with those of the fit.

    Parameters
    ----------
    estimator
        The estimator that gets ``n_features_in_``, and ``feature_names_in_`` from a data frame.
    X
        As in :func:`~mixedpixels.unmixing.pixels.check_pixels`.
    reset
        True in ``fit``, which stores the number of bands; False where it must be that of the fit.

    Returns
    -------
    numpy.ndarray
        Shape (pixels, bands).

    Raises
    ------
    BadInput
        As in :func:`~mixedpixels.unmixing.pixels.check_pixels`, and for another number of bands.
    """
    pixels = check_pixels(X)
    named = X if hasattr(X, "columns") else pixels
    try:
        validate_data(estimator, named, reset=reset, skip_check_array=True)
    except ValueError as error:
        told = str(error).splitlines()[0].rstrip(".")
        raise BadInput(f"pixels: {told} (a feature is a band)") from error
    return pixels


def check_fitted(estimator: BaseEstimator, attribute: str = "endmembers_") -> None:
    """Raise :class:`NotFitted` when an estimator lacks an attribute that its fit sets."""
    try:
        check_is_fitted(estimator, attribute)
    except NotFittedError as error:
        raise NotFitted(
            f"this {type(estimator).__name__} is not fitted yet; call fit first"
        ) from error


def check_at_least_one(estimator: BaseEstimator, *names: str) -> None:
    """Raise :class:`~mixedpixels.errors.BadInput` unless these parameters are whole numbers ≥ 1."""
    for name in names:
        value = getattr(estimator, name)
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise BadInput(f"{name}: expected a whole number, 1 or more, got {value!r}")


def draw_seed(random_state) -> int:
    """Return the seed that a ``random_state``, in scikit-learn's sense, stands for.

    Parameters
    ----------
    random_state
        A whole number, 0 or more, is the seed itself. A seed is drawn from a
        :class:`numpy.random.Generator`, from a :class:`numpy.random.RandomState`, or from NumPy's
        global state where it is None.

    Raises
    ------
    BadInput
        For anything else.
    """
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    whole = isinstance(random_state, int | np.integer) and not isinstance(random_state, bool)
    if whole and random_state >= 0:
        return int(random_state)
    if random_state is not None and not isinstance(random_state, np.random.RandomState):
        raise BadInput(
            "random_state: expected a whole number, 0 or more, a Generator, a RandomState or None; "
            f"got {random_state!r}"
        )
    return int(check_random_state(random_state).randint(2**31 - 1))
