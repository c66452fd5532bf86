"""16-bit numbers in which bytes of 13 (carriage return) were turned into 10 (line feed)."""

import numpy as np

from mixedpixels.errors import BadInput

_LOST, _LEFT = 0x0D00, 0x0A00  # a high byte of 13 became 10
_SHAPES = 40  # principal components of the undamaged bands


def repair(cube: np.ndarray) -> np.ndarray:
    """Return 16-bit numbers with their damaged high bytes restored.

    The file was once handled as text. A number from 3328 to 3583 then reads 768 too low, as a number
    from 2560 to 2815. The bands without any number in that range predict every other band to within
    far less than 768, and this prediction tells which numbers are damaged. A damaged low byte reads 3
    too low and is left as it is, because no prediction is that precise.

    Parameters
    ----------
    cube
        Whole numbers, shape (rows, columns, bands).

    Returns
    -------
    numpy.ndarray
        int64, of the same shape.

    Raises
    ------
    BadInput
        When there is a number from 3328 to 3583, which this damage would have removed, or when every
        band holds doubtful numbers.
    """
    table = cube.reshape(-1, cube.shape[2]).astype(np.int64)
    if ((table >> 8) == _LOST >> 8).any():
        raise BadInput(
            f"no bytes of 13 are missing: there are numbers from {_LOST} to {_LOST + 255}; "
            "this file does not need the repair"
        )
    doubtful = (table >> 8) == _LEFT >> 8
    sure = ~doubtful.any(axis=0)
    if not sure.any():
        raise BadInput("every band has doubtful numbers, so none can tell which are damaged")
    centred = table[:, sure] - table[:, sure].mean(axis=0)
    shapes = np.linalg.svd(centred, full_matrices=False)[0][:, :_SHAPES]
    shapes = np.column_stack([np.ones(len(table)), shapes * np.sqrt(len(table))])
    for band in np.flatnonzero(~sure):
        doubt = doubtful[:, band]
        # The columns are nearly orthogonal, so the normal equations are accurate enough.
        known = shapes[~doubt]
        weights = np.linalg.solve(known.T @ known, known.T @ table[~doubt, band])
        above = shapes[doubt] @ weights - table[doubt, band]
        table[doubt, band] += np.where(above > (_LOST - _LEFT) / 2, _LOST - _LEFT, 0)
    return table.reshape(cube.shape)
