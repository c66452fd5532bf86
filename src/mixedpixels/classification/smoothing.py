"""Spatial smoothing of a label map: each pixel takes the most frequent label of its neighbourhood."""

import numpy as np

from mixedpixels.errors import BadInput


def smooth_labels(labels, times: int = 3, present=None) -> np.ndarray:
    """Give each pixel the mode of its 3 × 3 neighbourhood, several times in succession.

    Where labels tie, a pixel keeps its own label if that is among them, and else takes the lowest; the
    paper says nothing about ties. At the edge, only the part of the neighbourhood inside the image
    counts.

    Parameters
    ----------
    labels
        Predicted labels, whole numbers from 0, shape (rows, columns).
    times
        The number of passes; 3 in the paper.
    present
        Which pixels have a label, bool, shape (rows, columns). The others have no vote and keep their
        number. None means all.

    Returns
    -------
    numpy.ndarray
        The smoothed labels, int64, shape (rows, columns).

    Raises
    ------
    BadInput
        When the labels are not whole numbers from 0 in a two-dimensional array, or ``present`` has
        another shape.

    Source: section IV-D of the SymAE paper.

    Examples
    --------
    >>> smooth_labels([[1, 1, 1], [1, 2, 1], [1, 1, 1]], times=1)[1, 1].item()
    1
    """
    labels = np.asarray(labels)
    if labels.ndim != 2 or labels.dtype.kind not in "iu" or (labels < 0).any():
        raise BadInput(
            f"labels: expected whole numbers from 0 in an array (rows, columns), got {labels.dtype} of "
            f"shape {labels.shape}"
        )
    present = np.ones(labels.shape, bool) if present is None else np.asarray(present, bool)
    if present.shape != labels.shape:
        raise BadInput(f"present: expected shape {labels.shape}, got {present.shape}")
    rows, columns = labels.shape
    current = labels.astype(np.int64)
    for _ in range(times):
        around = np.pad(np.where(present, current, -1), 1, constant_values=-1)
        most, chosen = np.zeros(current.shape, np.int64), current.copy()
        for label in np.unique(current[present]):
            here = around == label
            votes = sum(
                here[r : r + rows, c : c + columns].astype(np.int64)
                for r in range(3)
                for c in range(3)
            )
            # a tie goes to the pixel's own label, else to the lowest label, which was counted first
            better = (votes > most) | ((votes == most) & (current == label) & (votes > 0))
            most, chosen = np.where(better, votes, most), np.where(better, label, chosen)
        current = np.where(present, chosen, current)
    return current


def smooth_pixels(labels, positions, times: int = 3) -> np.ndarray:
    """Smooth the labels of a set of pixels over those of their neighbours that are in the set.

    Parameters
    ----------
    labels
        Predicted labels, whole numbers from 0, shape (n,).
    positions
        The row and the column of each pixel, whole numbers from 0, shape (n, 2), no two the same.
    times
        The number of passes; 3 in the paper.

    Returns
    -------
    numpy.ndarray
        The smoothed labels, int64, shape (n,).

    Raises
    ------
    BadInput
        When the labels are not whole numbers from 0, or there is not one position for each.

    Examples
    --------
    >>> smooth_pixels([1, 1, 2, 3], [[5, 5], [5, 6], [6, 5], [90, 7]], times=1).tolist()
    [1, 1, 1, 3]
    """
    labels, positions = np.asarray(labels), np.asarray(positions)
    if labels.ndim != 1 or positions.shape != (len(labels), 2):
        raise BadInput(
            f"expected labels (n,) and positions (n, 2), got {labels.shape} and {positions.shape}"
        )
    rows, columns = (positions - positions.min(axis=0)).T
    image = np.zeros((rows.max() + 1, columns.max() + 1), labels.dtype)
    present = np.zeros(image.shape, bool)
    image[rows, columns], present[rows, columns] = labels, True
    return smooth_labels(image, times, present)[rows, columns]
