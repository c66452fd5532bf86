"""Clustering of two classes without labels, as a measure of how well a feature space separates them."""

from itertools import combinations

import numpy as np
from sklearn.cluster import KMeans

from mixedpixels.errors import BadInput


def pair_accuracy(first, second, seed: int = 0) -> float:
    """Return the accuracy with which K-means separates two classes.

    Parameters
    ----------
    first, second
        The pixels of each class, shape (pixels, features), with as many pixels in both.
    seed
        Seed of K-means, which runs from ten starts.

    Returns
    -------
    float
        The fraction of pixels in the right cluster, 0.5–1, under the better of the two assignments of
        clusters to classes.
    """
    pixels = np.concatenate([first, second])
    truth = np.repeat([0, 1], [len(first), len(second)])
    found = KMeans(2, n_init=10, random_state=seed).fit_predict(pixels)
    right = float((found == truth).mean())
    return max(right, 1 - right)


def pair_gains(
    spaces: dict[str, np.ndarray], labels, *, pixels: int = 100, repeats: int = 100, seed: int = 0
) -> dict[str, np.ndarray]:
    """Return the accuracy of K-means on every pair of classes in several spaces, on the same pixels.

    The gain of one space over another is the difference of their accuracies.

    Parameters
    ----------
    spaces
        Name → the features of the pixels, such as spectra or codes, shape (n, features).
    labels
        The classes of the pixels, whole numbers from 1, shape (n,). Pixels with the label 0 are left
        out.
    pixels
        The number of pixels that are drawn from each class without replacement. Where a class has
        fewer, all of them are taken, and as many of the other class.
    repeats
        The number of draws per pair.
    seed
        Seed of the draws.

    Returns
    -------
    dict of numpy.ndarray
        Name → float64, shape (classes, classes, repeats), accuracies 0.5–1; the diagonal is NaN.

    Raises
    ------
    BadInput
        When the number of pixels of a space is not that of the labels, or a class has fewer than two
        pixels.

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
