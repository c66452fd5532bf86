"""Differences between runs: known effects, none, one run, against SciPy's intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from mixedpixels.errors import BadInput
from mixedpixels.metrics import against_start, effect, variance_components


@pytest.mark.parametrize("paired", [True, False])
def test_the_interval_is_that_of_scipy(paired):
    rng = np.random.default_rng(0)
    a, b = 0.3 + 0.1 * rng.standard_normal(6), 0.2 + 0.05 * rng.standard_normal(6)
    test = stats.ttest_rel(a, b) if paired else stats.ttest_ind(a, b, equal_var=False)
    low, high = test.confidence_interval(0.95)
    found = effect(a, b, paired=paired)
    assert found.mean - found.half == pytest.approx(low)
    assert found.mean + found.half == pytest.approx(high)


def test_a_large_effect_is_named_and_its_sign_is_right():
    others = np.array([0.20, 0.21, 0.19, 0.2, 0.22])
    for paired in (True, False):
        assert (
            effect(others + np.array([0.3, 0.31, 0.29, 0.3, 0.3]), others, paired=paired).word
            == "rises"
        )
        assert effect(others - [0.1, 0.11, 0.09, 0.1, 0.1], others, paired=paired).word == "falls"


def test_no_effect_is_within_luck_nearly_always():
    rng = np.random.default_rng(1)
    words = [
        effect(*rng.standard_normal((2, 5)), paired=paired).word
        for _ in range(400)
        for paired in (True, False)
    ]
    assert np.mean([word != "within luck" for word in words]) < 0.06


def test_an_effect_that_many_runs_show_but_two_single_ones_cannot_is_within_luck():
    rng = np.random.default_rng(2)
    a, b = 0.02 + 0.05 * rng.standard_normal(200), 0.05 * rng.standard_normal(200)
    found = effect(a, b, paired=False)
    assert abs(found.mean) > found.half and found.word == "within luck"
    assert found.single == pytest.approx(0.05 * np.sqrt(2), rel=0.1)


def test_pairs_take_out_what_they_share():
    rng = np.random.default_rng(3)
    shared = rng.standard_normal(8)
    a, b = shared + 0.2 + 0.01 * rng.standard_normal(8), shared + 0.01 * rng.standard_normal(8)
    assert effect(a, b, paired=True).word == "rises"
    assert effect(a, b, paired=False).word == "within luck"


def test_one_run_says_nothing():
    found = effect([0.9], [0.1], paired=True)
    assert found.word == "within luck" and np.isinf(found.half)


@pytest.mark.parametrize("a, b, paired", [([], [1.0], False), ([1.0, 2.0], [1.0], True)])
def test_runs_that_cannot_be_compared_are_refused(a, b, paired):
    with pytest.raises(BadInput, match="expected runs"):
        effect(a, b, paired=paired)


def test_a_network_against_its_start():
    assert against_start([0.1, 0.2], 0.3) == "better than its start"
    assert against_start([0.4, 0.5], 0.3) == "worse than its start"
    assert against_start([0.1, 0.5, 0.3], 0.3) == (
        "not told apart from its start (1 of 3 runs are better)"
    )


# Variance components of a crossed design

PARTS = ("seed", "start", "interaction_and_rest", "total")


def crossed(rng, seed: float, start: float, rest: float, shape=(6, 6)) -> np.ndarray:
    """A score per seed and start, from normal parts with these standard deviations."""
    rows, columns = shape
    return (
        seed * rng.standard_normal((rows, 1))
        + start * rng.standard_normal(columns)
        + rest * rng.standard_normal(shape)
    )


def test_parts_that_only_add_up_leave_no_rest():
    seeds, starts = np.array([0.0, 4.0, 8.0]), np.array([1.0, 2.0])
    found = variance_components(10 + seeds[:, np.newaxis] + starts)
    assert found.mean == pytest.approx(15.5)
    assert found.seed.variance == pytest.approx(16)  # the variance of 0, 4, 8
    assert found.start.variance == pytest.approx(0.5)
    assert found.interaction_and_rest.variance == pytest.approx(0, abs=1e-12)
    assert found.total.variance == pytest.approx(16.5)
    assert found.seed.sd == pytest.approx(4)


def test_the_estimates_are_those_of_the_analysis_of_variance():
    """By hand: squares [[1, 0], [0, 1]] hold nothing but interaction; 3 × 2 by sums of squares."""
    found = variance_components([[1, 0], [0, 1]])
    assert found.interaction_and_rest.variance == pytest.approx(1)  # 4 · 0.25 on 1 degree
    assert (found.seed.variance, found.start.variance) == (0, 0)
    assert found.seed.clipped and found.start.clipped and not found.total.clipped
    y = np.array([[3.0, 5.0], [4.0, 9.0], [8.0, 7.0]])
    total = ((y - 6) ** 2).sum()  # 28
    between_seeds = 2 * ((y.mean(axis=1) - 6) ** 2).sum()  # means 4, 6.5, 7.5: 13
    between_starts = 3 * ((y.mean(axis=0) - 6) ** 2).sum()  # means 5, 7: 6
    assert (total, between_seeds, between_starts) == (28, 13, 6)
    found = variance_components(y)
    assert found.interaction_and_rest.variance == pytest.approx(9 / 2)
    assert found.seed.variance == pytest.approx((13 / 2 - 9 / 2) / 2)
    assert found.start.variance == pytest.approx((6 - 9 / 2) / 3)
    assert found.total.variance == pytest.approx(4.5 + 1 + 0.5)


def test_the_interval_of_the_rest_is_that_of_chi_squared():
    found = variance_components(crossed(np.random.default_rng(0), 1, 1, 0.5)).interaction_and_rest
    freedom = 25
    # 95 % points of chi-squared with 25 degrees of freedom, from a printed table
    assert found.low == pytest.approx(freedom * found.variance / 40.646, rel=1e-4)
    assert found.high == pytest.approx(freedom * found.variance / 13.120, rel=1e-4)


@pytest.mark.parametrize(
    "sds", [(1.0, 0.5, 0.3), (0.2, 0.1, 1.0), (0.0, 0.0, 1.0)], ids=["seeds", "rest", "rest only"]
)
def test_simulated_components_are_found_and_held(sds):
    rng = np.random.default_rng(0)
    found = [variance_components(crossed(rng, *sds)) for _ in range(300)]
    true = [sd**2 for sd in sds]
    for name, value in zip(PARTS, [*true, sum(true)], strict=True):
        parts = [getattr(each, name) for each in found]
        assert np.mean([p.low <= value <= p.high for p in parts]) > 0.92
        if not any(p.clipped for p in parts) and name != "total":
            assert np.mean([p.variance for p in parts]) == pytest.approx(value, rel=0.08)


@given(arrays(float, (3, 4), elements=st.floats(-10, 10, width=32)))
def test_components_do_not_depend_on_the_zero_and_follow_the_unit(table):
    found = variance_components(table)
    moved, turned = variance_components(2 * table + 3), variance_components(table.T)
    near = {"rel": 1e-6, "abs": 1e-9}
    for name in PARTS:
        here, there = getattr(found, name), getattr(moved, name)
        assert there.variance == pytest.approx(4 * here.variance, **near)
        assert 0 <= here.low <= here.high
        assert here.clipped or here.low - 1e-9 <= here.variance <= here.high + 1e-9
    assert turned.seed.variance == pytest.approx(found.start.variance, **near)
    assert turned.total.high == pytest.approx(found.total.high, **near)
    parts = [getattr(found, name).variance for name in PARTS]
    assert parts[3] == pytest.approx(sum(parts[:3]), **near)


@pytest.mark.parametrize("table", [[1.0, 2.0], [[1.0, 2.0]], [[1.0], [2.0]], [[1, 2], [3, np.nan]]])
def test_what_is_no_crossed_design_is_refused(table):
    with pytest.raises(BadInput, match=r"expected finite scores of shape \(seeds, starts\)"):
        variance_components(table)
