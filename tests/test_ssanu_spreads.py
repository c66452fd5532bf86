"""Ratios of spreads: coverage, symmetry and refusals; and which orders the runs leave open."""

import numpy as np
import pytest

from mixedpixels.chapters.ssanu.spreads import overlapping, softmax_in_words, spread_ratio
from mixedpixels.errors import BadInput


def test_the_interval_holds_the_true_ratio_nearly_always():
    rng = np.random.default_rng(0)
    pairs = ((3 * rng.standard_normal(5), rng.standard_normal(7)) for _ in range(1000))
    held = [found.low <= 3 <= found.high for found in (spread_ratio(*pair) for pair in pairs)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_exchanged_sets_give_the_reciprocal():
    a, b = [0.1, 0.4, 0.2, 0.7], [0.3, 0.31, 0.33]
    one, other = spread_ratio(a, b), spread_ratio(b, a)
    assert one.ratio == pytest.approx(1 / other.ratio)
    assert (one.low, one.high) == pytest.approx((1 / other.high, 1 / other.low))


def test_like_spreads_are_not_distinguished_and_very_unlike_ones_are():
    a = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    assert not spread_ratio(a, 1.1 * a).distinguished
    assert spread_ratio(100 * a, a).distinguished


@pytest.mark.parametrize("runs", [[], [0.1], [0.1, 0.1]])
def test_runs_without_a_spread_are_refused(runs):
    with pytest.raises(BadInput, match="not all equal"):
        spread_ratio([0.1, 0.2], runs)


def test_neighbours_that_overlap_or_have_one_run_are_open():
    groups = {"c": [0.5, 0.6], "a": [0.1, 0.2], "b": [0.2, 0.3], "d": [0.9]}
    assert overlapping(groups) == [("a", "b"), ("c", "d")]


def test_runs_apart_are_in_order():
    assert overlapping({"a": [0.1, 0.2], "b": [0.3, 0.4]}) == []


def test_a_difference_is_called_larger_only_when_the_effect_is():
    loss = [0.10, 0.11, 0.12]
    clear = softmax_in_words("best", [0.30, 0.31, 0.32], loss, paired=False)
    assert "0.200 higher" in clear and "is larger than" in clear and "no verdict" in clear
    unclear = softmax_in_words("best", [0.05, 0.2, 0.05], loss, paired=False)
    assert "lower" in unclear and "is not larger than" in unclear


def test_ten_runs_need_no_warning_and_one_has_no_interval():
    runs = [0.1 + 0.01 * k for k in range(10)]
    assert "no verdict" not in softmax_in_words("best", [r + 1 for r in runs], runs, paired=True)
    assert "interval" not in softmax_in_words("best", [0.2], [0.1], paired=True)
