"""Comparisons over splits: SciPy's interval, factors, and no verdict from a few runs."""

import numpy as np
import pytest
from scipy import stats

from mixedpixels.chapters.symae.split_findings import compare_splits
from mixedpixels.errors import BadInput

FEW = np.array([91.5, 90.3, 90.2]), np.array([83.6, 81.9, 82.5])


def test_differences_have_the_interval_of_a_paired_t_test():
    found = compare_splits(*FEW)
    low, high = stats.ttest_rel(*FEW).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.half == pytest.approx((high - low) / 2)
    assert found.mean == pytest.approx(np.mean(FEW[0] - FEW[1]))


def test_factors_are_compared_by_their_logarithms_and_never_reach_zero():
    a, b = np.array([4.0, 8.0, 2.0]), np.array([1.0, 1.0, 1.0])
    found = compare_splits(a, b, factors=True)
    assert found.mean == pytest.approx(4.0)  # the geometric mean
    assert found.low == pytest.approx(16 / found.high) and found.low > 0
    assert compare_splits(a, b).low < 0  # where plain differences would


def test_equal_methods_are_held_on_either_scale():
    a, b = np.array([4.0, 4.4, 3.8]), np.array([1.0, 1.0, 1.0])
    for factors in (True, False):
        assert not compare_splits(a, b, factors=factors).holds_equality
        assert compare_splits(a, a[::-1], factors=factors).holds_equality


def test_three_splits_are_undecided_however_clear():
    found = compare_splits(*FEW)
    assert (found.n, found.higher, found.verdict) == (3, 3, "undecided")


@pytest.mark.parametrize(("shift", "word"), [(5, "higher"), (-5, "lower"), (0, "undecided")])
def test_ten_splits_decide_where_the_interval_does(shift, word):
    noise = np.tile([-0.1, 0.1], 5)
    found = compare_splits(80 + shift + noise, np.full(10, 80.0))
    assert found.verdict == word


def test_bad_scores_are_refused():
    with pytest.raises(BadInput, match="positive"):
        compare_splits([1.0, 0.0], [1.0, 2.0], factors=True)
    with pytest.raises(BadInput, match="in pairs"):
        compare_splits([1.0, 2.0], [1.0])
