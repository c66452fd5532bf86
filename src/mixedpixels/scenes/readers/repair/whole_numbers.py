"""Whole numbers that were scaled band by band, from the smallest value to the largest."""

import numpy as np

from mixedpixels.errors import BadInput

_ROUNDING = 1e-6  # of a whole number


def repair(cube: np.ndarray) -> np.ndarray:
    """Return the whole numbers behind bands that were scaled to between 0 and 1.

    The spacing between the values of a scaled band is one over the number of its levels. The smallest
    value itself cannot be recovered: each band begins at 0.

    Parameters
    ----------
    cube
        float, shape (rows, columns, bands).

    Returns
    -------
    numpy.ndarray
        int64, of the same shape.

    Raises
    ------
    BadInput
        When the values of a band are not multiples of one step.

    Examples
    --------
    >>> repair(np.array([[[0.0], [0.4], [1.0], [0.8]]]))[0, :, 0].tolist()
    [0, 2, 5, 4]
    """
    found = np.zeros(cube.shape, np.int64)
    for band in range(cube.shape[2]):
        values = cube[..., band]
        levels = np.unique(values)
        if len(levels) == 1:
            continue
        steps = (values - levels[0]) / np.diff(levels).min()
        found[..., band] = np.round(steps)
        if (worst := np.abs(steps - found[..., band]).max()) > _ROUNDING:
            raise BadInput(
                f"band {band + 1}: expected multiples of one step, but a value lies {worst:.2g} steps "
                "from the nearest; are these whole numbers, scaled band by band?"
            )
    return found
