"""Classifiers on spectra, or on whatever else describes pixels; all from scikit-learn."""

from collections.abc import Callable

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mixedpixels.errors import BadInput, UnknownName

_FOLDS = 5


def _searched(model, grid: dict, seed: int) -> GridSearchCV:
    """Choose settings by cross-validation on the pixels to learn from, and on nothing else."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    return GridSearchCV(model, grid, cv=folds)


def _rbf(seed: int) -> GridSearchCV:
    grid = {"svc__C": [1, 10, 100, 1000, 10000], "svc__gamma": [0.0001, 0.001, 0.01, 0.1]}
    return _searched(make_pipeline(StandardScaler(), SVC()), grid, seed)


# Name → the classifier for a seed. The first three are the paper's on SymAE; K is printed, the others'
# settings are scikit-learn's own, as nothing is said.
CONTROLS: dict[str, Callable[[int], ClassifierMixin]] = {
    "KNN": lambda seed: KNeighborsClassifier(5),
    "random forest": lambda seed: RandomForestClassifier(100, random_state=seed),
    "linear SVM": lambda seed: SVC(kernel="linear", C=1.0),
    "linear SVM, C chosen": lambda seed: _searched(
        SVC(kernel="linear"), {"C": [1, 10, 100, 1000, 10000]}, seed
    ),
    "RBF SVM": _rbf,
    "PCA and KNN": lambda seed: make_pipeline(PCA(64, random_state=seed), KNeighborsClassifier(5)),
}


def classify(method: str, train, labels, test, seed: int = 0) -> np.ndarray:
    """Learn classes from some pixels and name those of others.

    Where settings are chosen, cross-validation in five parts on the training pixels chooses them; the
    test is not looked at.

    Parameters
    ----------
    method
        One of :data:`CONTROLS`.
    train, test
        Floats, shape (pixels, features): spectra or codes.
    labels
        Whole numbers, shape (pixels of ``train``,).
    seed
        Of forests and of the parts.

    Returns
    -------
    numpy.ndarray
        The labels of ``test``.

    Raises
    ------
    UnknownName
        For another method.
    BadInput
        When features or labels do not fit, a value is not finite, or there is one class only.
    """
    if method not in CONTROLS:
        raise UnknownName(f"method must be one of {', '.join(CONTROLS)}; got {method!r}")
    train, test, labels = np.asarray(train), np.asarray(test), np.asarray(labels).ravel()
    if train.ndim != 2 or test.ndim != 2 or train.shape[1] != test.shape[1]:
        raise BadInput(
            f"expected pixels (n, features) alike in train and test, got {train.shape} and {test.shape}"
        )
    if len(labels) != len(train):
        raise BadInput(f"{len(labels)} labels for {len(train)} pixels")
    if not (np.isfinite(train).all() and np.isfinite(test).all()):
        raise BadInput("NaN or infinite values among the features; mask or fill them first")
    if len(np.unique(labels)) < 2:
        raise BadInput("one class only: there is nothing to tell apart")
    return CONTROLS[method](seed).fit(train, labels).predict(test)
