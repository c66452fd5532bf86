"""Clustering two classes without labels: does a space keep them apart by itself?"""

from itertools import combinations

import numpy as np
from sklearn.cluster import KMeans

from mixedpixels.errors import BadInput


def pair_accuracy(first, second, seed: int = 0) -> float:
    """Return how well two clusters found by K-means are two classes, 0.5–1.

    Parameters
    ----------
    first, second
        Pixels of each class, as many of both, shape (pixels, features).
    seed
        Of K-means, which starts ten times.

    Returns
    -------
    float
        The share of pixels in the right cluster, the clusters named in the better of both ways.
    """
    pixels = np.concatenate([first, second])
    truth = np.repeat([0, 1], [len(first), len(second)])
    found = KMeans(2, n_init=10, random_state=seed).fit_predict(pixels)
    right = float((found == truth).mean())
    return max(right, 1 - right)


def pair_gains(
    spaces: dict[str, np.ndarray], labels, *, pixels: int = 100, repeats: int = 100, seed: int = 0
) -> dict[str, np.ndarray]:
    """Cluster every pair of classes in several spaces, each time on the same pixels.

    Parameters
    ----------
    spaces
        Name → what describes the pixels there, shape (n, features).
    labels
        Of the pixels, whole numbers from 1, shape (n,); 0 is left out.
    pixels
        Drawn of each class without replacement; all of a class that has fewer, and of the other as
        many.
    repeats
        Draws per pair.
    seed
        Of the draws.

    Returns
    -------
    dict of numpy.ndarray
        Space → float64, shape (classes, classes, repeats), accuracies 0.5–1; the diagonal is NaN.

    Raises
    ------
    BadInput
        When a space has another number of pixels than there are labels, or a class fewer than two.

    Source: section IV-C of the SymAE paper.
    """
    labels = np.asarray(labels).ravel()
    for name, space in spaces.items():
        if len(space) != len(labels):
            raise BadInput(f"{name}: {len(space)} pixels for {len(labels)} labels")
    classes = int(labels.max())
    members = [np.flatnonzero(labels == k) for k in range(1, classes + 1)]
    if (fewest := min(map(len, members))) < 2:
        raise BadInput(f"a class has {fewest} pixels; two are needed to draw from")
    found = {name: np.full((classes, classes, repeats), np.nan) for name in spaces}
    rng = np.random.default_rng(seed)
    for a, b in combinations(range(classes), 2):
        count = min(pixels, len(members[a]), len(members[b]))
        for repeat in range(repeats):
            first, second = (rng.choice(members[k], count, replace=False) for k in (a, b))
            for name, space in spaces.items():
                score = pair_accuracy(space[first], space[second], seed=repeat)
                found[name][a, b, repeat] = found[name][b, a, repeat] = score
    return found
