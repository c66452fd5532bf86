"""Spatial smoothing of a label map: each pixel takes the most frequent label of its neighbourhood."""

import numpy as np

from mixedpixels.errors import BadInput


def smooth_labels(labels, times: int = 3) -> np.ndarray:
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

    Returns
    -------
    numpy.ndarray
        The smoothed labels, int64, shape (rows, columns).

    Raises
    ------
    BadInput
        When the labels are not whole numbers from 0 in a two-dimensional array.

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
    rows, columns = labels.shape
    current = labels.astype(np.int64)
    for _ in range(times):
        around = np.pad(current, 1, constant_values=-1)
        most, chosen = np.zeros(current.shape, np.int64), current.copy()
        for label in np.unique(current):
            here = around == label
            votes = sum(
                here[r : r + rows, c : c + columns].astype(np.int64)
                for r in range(3)
                for c in range(3)
            )
            # a tie goes to the pixel's own label, else to the lowest label, which was counted first
            better = (votes > most) | ((votes == most) & (current == label) & (votes > 0))
            most, chosen = np.where(better, votes, most), np.where(better, label, chosen)
        current = chosen
    return current
