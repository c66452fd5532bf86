"""Checks on the arrays and numbers that a scene or a library is made from."""

from numbers import Real

import numpy as np

from mixedpixels.errors import BadInput


def read_only(name: str, value, ndim: int, dtype) -> np.ndarray:
    """Return a read-only, C-contiguous copy of ``value`` with ``ndim`` axes.

    Raises
    ------
    BadInput
        When the number of axes differs, the array is empty, a value is NaN or infinite, or an integer
        type cannot hold the values. ``name`` begins the message.
    """
    with np.errstate(invalid="ignore", over="ignore"):  # what does not fit is reported below
        array = np.array(value, dtype=dtype, order="C")
    if array.ndim != ndim:
        raise BadInput(f"{name}: expected {ndim} axes, got shape {array.shape}")
    if array.size == 0:
        raise BadInput(f"{name}: expected values, got an empty array of shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = int(array.size - np.isfinite(array).sum())
        raise BadInput(
            f"{name}: {bad} of {array.size} values are NaN or infinite; mask or fill them first"
        )
    if array.dtype.kind == "i" and not np.array_equal(array, value):
        raise BadInput(f"{name}: expected whole numbers that fit {array.dtype}")
    array.flags.writeable = False
    return array


def require_same(what: str, expected: int, came: int) -> None:
    """Raise BadInput when two counts differ."""
    if expected != came:
        raise BadInput(f"{what}: expected {expected}, got {came}")


def positive(name: str, value) -> float:
    """Return ``value`` as a float; raise BadInput unless it is a finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < np.inf:
        raise BadInput(f"{name}: expected a finite number above 0, got {value!r}")
    return float(value)
