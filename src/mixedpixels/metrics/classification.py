"""Classification scores over the classes that are present in the reference."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import accuracy_score, cohen_kappa_score, recall_score

from mixedpixels.errors import BadInput


class ClassificationScores(NamedTuple):
    """Overall accuracy, average accuracy, Cohen's kappa, and the recall of each class.

    The accuracies and the recall lie between 0 and 1, and kappa between −1 and 1. ``recall`` is
    float64, shape (classes,), in the order of the labels in ``classes``.
    """

    overall: float
    average: float
    kappa: float
    classes: np.ndarray
    recall: np.ndarray


def classification_scores(estimate, reference) -> ClassificationScores:
    """Return the scores of predicted labels.

    Parameters
    ----------
    estimate, reference
        Labels, shape (pixels,): integers, or floating-point numbers that are all whole. A pixel whose
        reference is 0 is unlabelled and is left out.

    Returns
    -------
    ClassificationScores
        ``average`` is the mean recall over the classes that are present in the reference.

    Raises
    ------
    BadInput
        When the lengths differ, a label is not a whole number, or no pixel is labelled.

    Examples
    --------
    >>> classification_scores([1, 1, 2, 2], [1, 1, 2, 1]).overall
    0.75
    """
    estimate, reference = _labels(estimate, "estimate"), _labels(reference, "reference")
    if estimate.shape != reference.shape:
        raise BadInput(f"{estimate.size} predicted labels for {reference.size} pixels")
    labelled = reference != 0
    if not labelled.any():
        raise BadInput("no labelled pixel: every reference label is 0")
    estimate, reference = estimate[labelled], reference[labelled]
    present = np.unique(reference)
    recall = recall_score(reference, estimate, labels=present, average=None, zero_division=0)
    # One class, all correct: the chance agreement is 1 and kappa is 0/0. It is defined as 1 here.
    one = len(np.union1d(present, estimate)) == 1
    kappa = 1.0 if one else float(cohen_kappa_score(reference, estimate))
    overall = float(accuracy_score(reference, estimate))
    return ClassificationScores(overall, float(recall.mean()), kappa, present, recall)


def _labels(given, name: str) -> np.ndarray:
    labels = np.asarray(given).ravel()
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels % 1 == 0).all():
        return labels.astype(int)  # MATLAB files store labels so
    if labels.dtype.kind in "iub":
        return labels
    came = f"dtype {labels.dtype}"
    if labels.dtype.kind == "f":
        came = f"{next(x for x in labels if not x.is_integer())} among {labels.size} labels"
    raise BadInput(
        f"{name}: expected whole numbers as labels, got {came}; take the class with the largest score "
        "of each pixel, and leave out pixels without a label"
    )
