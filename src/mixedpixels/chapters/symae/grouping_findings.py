"""What can be said of groups of pixels before anything is trained on them."""

import numpy as np

from mixedpixels.errors import BadInput


def close_pairs(means, variances) -> list[tuple[int, int]]:
    """Return the pairs of classes whose pixels vary more than their means differ.

    A pair is close when the variance between its two means, averaged over the bands, is smaller than
    the mean of the two variances within the classes: Fisher's ratio of the pair is below 1.

    Parameters
    ----------
    means
        The mean spectrum of each class, shape (classes, bands).
    variances
        The variance within each class, averaged over the bands, shape (classes,), in the squared unit
        of the means; see :func:`mixedpixels.metrics.class_variances`.

    Returns
    -------
    list of tuple of int
        Numbers of the classes from 0, the smaller one first.

    Raises
    ------
    BadInput
        When the shapes do not fit.
    """
    means, variances = np.asarray(means, dtype=float), np.asarray(variances, dtype=float)
    if means.ndim != 2 or variances.shape != means.shape[:1]:
        raise BadInput(
            f"expected means of shape (classes, bands) and a variance each, got {means.shape} and "
            f"{variances.shape}"
        )
    # the variance of two numbers is the square of half their difference
    between = np.square((means[:, None] - means[None]) / 2).mean(-1)
    within = (variances[:, None] + variances[None]) / 2
    first, second = np.nonzero(np.triu(between < within, 1))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def draws_per_pixel(counts, datapoints: int, n_tau: int) -> np.ndarray:
    """Return how often a pixel of each class is drawn in one update, on average.

    Every datapoint takes one class, each with the same chance, and then ``n_tau`` of its pixels with
    replacement.

    Parameters
    ----------
    counts
        The pixels of each class to draw from, shape (classes,), at least 1.
    datapoints
        In one update.
    n_tau
        Pixels of one datapoint.

    Raises
    ------
    BadInput
        When a class has no pixel.
    """
    counts = np.asarray(counts, dtype=float)
    if counts.ndim != 1 or not len(counts) or (counts < 1).any():
        raise BadInput(f"expected at least one pixel of each class to draw from, got {counts}")
    return datapoints * n_tau / len(counts) / counts
