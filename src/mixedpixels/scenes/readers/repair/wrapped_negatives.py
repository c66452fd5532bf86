"""Small negative numbers that were stored in 16 bits without a sign."""

import numpy as np

from mixedpixels.errors import BadInput

_WRAP = 65536  # −1 was stored as 65535
_HIGHEST = 32767  # of a number with a sign


def repair(cube: np.ndarray) -> np.ndarray:
    """Return the numbers with their signs: 65535 becomes −1.

    Parameters
    ----------
    cube
        Whole numbers from 0 to 65535, of any shape.

    Returns
    -------
    numpy.ndarray
        int64, of the same shape.

    Raises
    ------
    BadInput
        When the numbers are not whole or not from 0 to 65535.

    Examples
    --------
    >>> repair(np.array([12, 65535, 65525])).tolist()
    [12, -1, -11]
    """
    whole = cube.astype(np.int64)
    if not np.array_equal(whole, cube) or whole.min() < 0 or whole.max() >= _WRAP:
        raise BadInput(
            f"expected whole numbers from 0 to {_WRAP - 1}, got {cube.min()} to {cube.max()}; these "
            "were not stored in 16 bits without a sign"
        )
    return np.where(whole > _HIGHEST, whole - _WRAP, whole)
