"""Undoing what befell the numbers of a file on its way, where the numbers themselves tell how."""

import numpy as np

from mixedpixels.errors import BadInput

_ROUNDING = 1e-6  # of a whole number
_LOST, _LEFT = 0x0D00, 0x0A00  # a high byte of 13 became 10
_SHAPES = 40  # principal components of the untouched bands


def whole_numbers(cube: np.ndarray) -> np.ndarray:
    """Return the whole numbers behind bands that were scaled from their least to their largest value.

    The spacing of a scaled band is one over the number of its levels. The least value itself is lost:
    each band begins at 0.

    Parameters
    ----------
    cube
        float, shape (rows, columns, bands).

    Returns
    -------
    numpy.ndarray
        int64, as large.

    Raises
    ------
    BadInput
        When the values of a band are no multiples of one step.

    Examples
    --------
    >>> whole_numbers(np.array([[[0.0], [0.4], [1.0], [0.8]]]))[0, :, 0].tolist()
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


def carriage_returns(cube: np.ndarray) -> np.ndarray:
    """Return 16-bit numbers whose bytes of 13 had been turned into 10, the high ones mended.

    Somewhere the file was taken for text. A number of 3328 to 3583 then reads 768 too low, as one of
    2560 to 2815; which of those are damaged, the bands without any such number tell, as they predict
    each band to within far less than 768. A low byte reads 3 too low and is left: nothing can tell.

    Parameters
    ----------
    cube
        Whole numbers, shape (rows, columns, bands).

    Raises
    ------
    BadInput
        When there is a number of 3328 to 3583, so this is not what befell it; or no band without
        doubtful numbers.
    """
    table = cube.reshape(-1, cube.shape[2]).astype(np.int64)
    if ((table >> 8) == _LOST >> 8).any():
        raise BadInput(
            f"no bytes of 13 are missing: there are numbers from {_LOST} to {_LOST + 255}"
        )
    doubtful = (table >> 8) == _LEFT >> 8
    sure = ~doubtful.any(axis=0)
    if not sure.any():
        raise BadInput("every band has doubtful numbers, so nothing can tell which are damaged")
    centred = table[:, sure] - table[:, sure].mean(axis=0)
    shapes = np.linalg.svd(centred, full_matrices=False)[0][:, :_SHAPES]
    shapes = np.column_stack([np.ones(len(table)), shapes * np.sqrt(len(table))])
    for band in np.flatnonzero(~sure):
        ask = doubtful[:, band]
        known = shapes[
            ~ask
        ]  # columns nearly orthonormal, but for a factor: no need of a decomposition
        weights = np.linalg.solve(known.T @ known, known.T @ table[~ask, band])
        above = shapes[ask] @ weights - table[ask, band]
        table[ask, band] += np.where(above > (_LOST - _LEFT) / 2, _LOST - _LEFT, 0)
    return table.reshape(cube.shape)


MENDS = {"whole-numbers": whole_numbers, "carriage-returns": carriage_returns}
