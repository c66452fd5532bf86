"""Differences between runs: known effects, none, one run, against SciPy's intervals."""

import numpy as np
import pytest
from scipy import stats

from mixedpixels.errors import BadInput
from mixedpixels.metrics import against_start, effect


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
