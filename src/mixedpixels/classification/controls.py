"""Standard classifiers of spectra or of other features of pixels, all from scikit-learn."""

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
    """Return a model whose settings are chosen by cross-validation on the training pixels only."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    return GridSearchCV(model, grid, cv=folds)


def _rbf(seed: int) -> GridSearchCV:
    grid = {"svc__C": [1, 10, 100, 1000, 10000], "svc__gamma": [0.0001, 0.001, 0.01, 0.1]}
    return _searched(make_pipeline(StandardScaler(), SVC()), grid, seed)


# Name → the classifier for a seed. The first three are those of the SymAE paper. It states K; it says
# nothing about the settings of the other two, so they are scikit-learn's defaults.
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
    """Train a classifier on some pixels and predict the classes of others.

    Where a method chooses its settings, it does so by cross-validation in five folds on the training
    pixels. The test pixels are not used.

    Parameters
    ----------
    method
        ``KNN``, ``random forest`` or ``linear SVM``, the three of the SymAE paper; or a control:
        ``linear SVM, C chosen``, ``RBF SVM`` or ``PCA and KNN``.
    train, test
        Spectra or codes, floats, shape (pixels, features).
    labels
        Whole numbers, shape (pixels of ``train``,).
    seed
        Seed of random forests, of PCA and of the folds.

    Returns
    -------
    numpy.ndarray
        The predicted labels of ``test``, shape (pixels of ``test``,).

    Raises
    ------
    UnknownName
        For an unknown method.
    BadInput
        When the shapes do not fit, a value is not finite, or there is only one class.
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
