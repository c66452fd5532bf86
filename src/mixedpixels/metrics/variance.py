"""Variance of the spectra within classes and between them."""

import numpy as np

from mixedpixels.errors import BadInput


def class_variances(pixels, labels) -> np.ndarray:
    """Return the variance within each class, averaged over the bands.

    Parameters
    ----------
    pixels
        Shape (n, bands).
    labels
        Whole numbers from 1, shape (n,). Pixels with the label 0 are left out.

    Returns
    -------
    numpy.ndarray
        float64, shape (classes,), in the squared unit of the pixels. The sum of squares is divided by
        the number of pixels of the class.

    Raises
    ------
    BadInput
        When the lengths differ, or a class between 1 and the largest label has no pixel.

    Source: Table I of the SymAE paper.
    """
    pixels, labels = np.asarray(pixels, np.float64), np.asarray(labels).ravel()
    if len(pixels) != len(labels):
        raise BadInput(f"{len(labels)} labels for {len(pixels)} pixels")
    counts = np.bincount(labels)[1:]
    if not len(counts) or (counts == 0).any():
        raise BadInput("expected pixels of every class from 1 to the largest label")
    return np.array([pixels[labels == k].var(0).mean() for k in range(1, len(counts) + 1)])


def between_over_within(pixels, labels) -> float:
    """Return the variance between the means of the classes, divided by the mean variance within them.

    This is Fisher's ratio, with both variances averaged over the bands. Scaling all spectra by one
    factor does not change it.

    Parameters
    ----------
    pixels, labels
        As in :func:`class_variances`; class numbers without pixels are left out.

    Returns
    -------
    float
        0 or more.
    """
    pixels, labels = np.asarray(pixels, np.float64), np.asarray(labels).ravel()
    present = [k for k in np.unique(labels) if k > 0]
    renumbered = np.searchsorted(present, labels) + 1
    within = class_variances(pixels, np.where(np.isin(labels, present), renumbered, 0))
    means = [pixels[labels == k].mean(0) for k in present]
    return float(np.var(means, axis=0).mean() / within.mean())
