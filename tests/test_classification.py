"""Raw controls, smoothing and pairwise clustering against slow or closed forms."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mixedpixels import metrics
from mixedpixels.classification import (
    CONTROLS,
    classify,
    pair_accuracy,
    pair_gains,
    smooth_labels,
    smooth_pixels,
)
from mixedpixels.errors import BadInput, UnknownName


def blobs(apart=4.0, per_class=30, features=5):
    rng = np.random.default_rng(0)
    centres = apart * np.eye(3, features)
    labels = np.repeat([1, 2, 3], per_class)
    return centres[labels - 1] + rng.standard_normal((len(labels), features)), labels


@pytest.mark.parametrize("method", [m for m in CONTROLS if not m.startswith("PCA")])
def test_each_control_tells_blobs_apart_and_repeats_itself(method):
    pixels, labels = blobs()
    found = classify(method, pixels[::2], labels[::2], pixels[1::2], seed=1)
    assert (found == labels[1::2]).mean() > 0.9
    again = classify(method, pixels[::2], labels[::2], pixels[1::2], seed=1)
    np.testing.assert_array_equal(found, again)


def test_knn_is_the_vote_of_five():
    rng = np.random.default_rng(0)
    train, test, labels = rng.random((40, 3)), rng.random((20, 3)), rng.integers(1, 4, 40)
    found = classify("KNN", train, labels, test)
    for pixel, name in zip(test, found, strict=True):
        near = labels[np.argsort(((train - pixel) ** 2).sum(1))[:5]]
        votes = np.bincount(near)
        assert votes[name] == votes.max()


def test_pca_leaves_knn_what_varies():
    pixels, labels = blobs(features=70)
    found = classify("PCA and KNN", pixels, labels, pixels)
    np.testing.assert_array_equal(
        found, classify("KNN", pixels, labels, pixels)
    )  # nearly all of it


def test_what_does_not_fit_is_refused():
    pixels, labels = blobs()
    with pytest.raises(UnknownName, match="method must be one of KNN, random forest"):
        classify("SVM", pixels, labels, pixels)
    with pytest.raises(BadInput, match=r"alike in train and test, got \(90, 5\) and \(90, 4\)"):
        classify("KNN", pixels, labels, pixels[:, :4])
    with pytest.raises(BadInput, match="89 labels for 90 pixels"):
        classify("KNN", pixels, labels[1:], pixels)
    with pytest.raises(BadInput, match="NaN or infinite"):
        classify("KNN", pixels, labels, pixels * np.nan)
    with pytest.raises(BadInput, match="one class only"):
        classify("KNN", pixels, np.ones(90, int), pixels)


def slow_mode(labels, absent=None):
    """One pass, pixel by pixel; a number that is absent has no vote."""
    rows, columns = labels.shape
    found = labels.copy()
    for r in range(rows):
        for c in range(columns):
            around = labels[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2].ravel().tolist()
            votes = Counter(k for k in around if k != absent) or Counter([0])
            best = [k for k, n in votes.items() if n == max(votes.values())]
            found[r, c] = labels[r, c] if labels[r, c] in best else min(best)
    return found


@given(
    arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 3))
)
def test_smoothing_is_the_mode_three_times(labels):
    expected = labels
    for _ in range(3):
        expected = slow_mode(expected)
    np.testing.assert_array_equal(smooth_labels(labels), expected)


@given(
    arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 3)),
    st.integers(0, 2**36 - 1),
    st.integers(0, 5),
)
def test_a_set_of_pixels_is_smoothed_over_its_own_pixels(labels, chosen, by):
    present = np.array([chosen >> k & 1 for k in range(labels.size)], bool).reshape(labels.shape)
    if not present.any():
        present[0, 0] = True
    expected = np.where(present, labels, -1)
    for _ in range(2):
        voted = slow_mode(expected, absent=-1)
        expected = np.where(present, voted, -1)
    positions = np.argwhere(present)
    found = smooth_pixels(labels[present], positions + by, times=2)
    np.testing.assert_array_equal(found, expected[present])
    np.testing.assert_array_equal(smooth_labels(labels, 2, present)[~present], labels[~present])


def test_a_set_without_its_positions_is_refused():
    with pytest.raises(BadInput, match=r"expected labels \(n,\) and positions \(n, 2\)"):
        smooth_pixels([1, 2], [[0, 0]])
    with pytest.raises(BadInput, match=r"present: expected shape \(2, 2\), got \(2, 1\)"):
        smooth_labels([[1, 2], [1, 2]], present=[[True], [True]])


@pytest.mark.parametrize("labels", [np.ones(4, int), np.ones((2, 2)), -np.ones((2, 2), int)])
def test_labels_that_are_no_map_are_refused(labels):
    with pytest.raises(BadInput, match="labels: expected whole numbers from 0"):
        smooth_labels(labels)


def test_pairs_far_apart_are_found_and_the_same_class_is_not():
    pixels, labels = blobs(apart=20.0)
    assert pair_accuracy(pixels[labels == 1], pixels[labels == 2]) == 1.0
    rng = np.random.default_rng(0)
    assert pair_accuracy(rng.random((40, 3)), rng.random((40, 3))) < 0.75


def test_gains_are_on_the_same_draws_and_symmetric():
    pixels, labels = blobs(apart=20.0)
    rng = np.random.default_rng(0)
    spaces = {"good": pixels, "again": pixels, "bad": rng.random(pixels.shape)}
    found = pair_gains(spaces, labels, pixels=10, repeats=3)
    np.testing.assert_array_equal(found["good"], found["again"])
    assert found["good"].shape == (3, 3, 3) and np.isnan(found["good"][1, 1]).all()
    np.testing.assert_array_equal(found["bad"], found["bad"].transpose(1, 0, 2))
    assert np.nanmin(found["good"]) == 1.0 and np.nanmax(found["bad"]) < 0.95
    with pytest.raises(BadInput, match="good: 89 pixels for 90 labels"):
        pair_gains({"good": pixels[1:]}, labels)
    with pytest.raises(BadInput, match="a class has 1 pixels"):
        pair_gains({"good": pixels[:31]}, labels[:31])


def test_class_variances_are_those_of_the_bands():
    pixels, labels = blobs()
    found = metrics.class_variances(pixels, labels)
    by_hand = [np.mean([pixels[labels == k, b].var() for b in range(5)]) for k in (1, 2, 3)]
    np.testing.assert_allclose(found, by_hand)
    np.testing.assert_allclose(metrics.class_variances(2 * pixels, labels), 4 * found)
    with_more = metrics.class_variances(np.vstack([pixels, [[99.0] * 5]]), [*labels, 0])
    np.testing.assert_allclose(with_more, found)
    with pytest.raises(BadInput, match="expected pixels of every class"):
        metrics.class_variances(pixels[labels != 2], labels[labels != 2])
    with pytest.raises(BadInput, match="89 labels for 90"):
        metrics.class_variances(pixels, labels[1:])


def test_fishers_ratio_does_not_mind_a_shrinkage_but_a_parting():
    pixels, labels = blobs()
    found = metrics.between_over_within(pixels, labels)
    means = np.array([pixels[labels == k].mean(0) for k in (1, 2, 3)])
    within = np.mean([pixels[labels == k].var(0).mean() for k in (1, 2, 3)])
    assert found == pytest.approx(means.var(0).mean() / within)
    assert metrics.between_over_within(0.1 * pixels, labels) == pytest.approx(found)
    assert metrics.between_over_within(pixels + 10 * labels[:, None], labels) > 2 * found
    some = labels != 2
    assert metrics.between_over_within(pixels[some], labels[some]) > 0
