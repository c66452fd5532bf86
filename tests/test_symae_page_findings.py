"""Grouping, pairs of classes and schedules: closed forms, simulation, and the ledger's own text."""

import numpy as np
import pytest

from mixedpixels import metrics
from mixedpixels.chapters.symae.cluster_findings import summarise_pairs
from mixedpixels.chapters.symae.grouping_findings import close_pairs, draws_per_pixel
from mixedpixels.chapters.symae.schedule_findings import last_stretch
from mixedpixels.errors import BadInput


def test_a_pair_is_close_where_fishers_ratio_is_below_one():
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(5, 4))
    labels = np.repeat(np.arange(1, 6), 50)
    pixels = centres[labels - 1] + rng.normal(size=(250, 4)) * 0.8
    means = np.stack([pixels[labels == k].mean(0) for k in range(1, 6)])
    expected = []
    for a in range(5):
        for b in range(a + 1, 5):
            two = np.isin(labels, (a + 1, b + 1))
            if metrics.between_over_within(pixels[two], labels[two]) < 1:
                expected.append((a, b))
    assert 0 < len(expected) < 10
    assert close_pairs(means, metrics.class_variances(pixels, labels)) == expected


def test_close_pairs_asks_for_a_variance_per_class():
    with pytest.raises(BadInput, match="a variance each"):
        close_pairs(np.ones((3, 4)), np.ones(2))


def test_draws_add_up_to_the_pixels_of_an_update():
    counts = np.array([11, 93, 40])
    draws = draws_per_pixel(counts, 256, 8)
    assert draws @ counts == pytest.approx(256 * 8)
    np.testing.assert_allclose(draws * counts, 256 * 8 / 3)  # each class alike
    with pytest.raises(BadInput, match="at least one pixel"):
        draws_per_pixel([3, 0], 256, 8)


def test_pairs_are_counted_above_the_diagonal_only():
    square = np.full((3, 3), np.nan)
    square[0, 1], square[0, 2], square[1, 2] = 12.0, 0.4, -3.0
    found = summarise_pairs(square)
    assert (found.most, found.highest) == ((0, 1), 12.0)
    assert (found.least, found.lowest) == ((1, 2), -3.0)
    assert (found.gained, found.lost, found.pairs) == (1, 1, 3)


@pytest.mark.parametrize("square", [np.ones((2, 3)), np.ones((1, 1)), np.full((2, 2), np.nan)])
def test_a_square_with_gaps_is_refused(square):
    with pytest.raises(BadInput):
        summarise_pairs(square)


def test_the_last_stretch_is_between_the_last_two_evaluations():
    found = last_stretch([10, 30, 60], [[50, 70], [80, 81], [82, 80]])
    assert (found.since, found.until) == (30, 60)
    assert (found.change, found.rising, found.networks) == (0.5, 1, 2)
    with pytest.raises(BadInput, match="two moments"):
        last_stretch([10], [[1.0]])
