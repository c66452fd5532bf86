"""Intervals of one more run: closed forms, bounds that hold for all inputs, coverage by simulation."""

from math import exp, inf, log, pi, sqrt
from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixedpixels import ledger
from mixedpixels.errors import BadInput
from mixedpixels.ledger.records import Record
from mixedpixels.ledger.scales import Scale, scale_of
from mixedpixels.paths import results

# two-sided 95 % points of Student's t, from a printed table: {degrees of freedom: t}
T = {1: 12.7062, 2: 4.30265, 4: 2.77645, 9: 2.26216, 29: 2.04523}
ANGLE, PERCENT, PLAIN = Scale("log", 0, pi), Scale("logit", 0, 100), Scale("plain")
SIMULATED = 20_000  # draws; three standard errors of a coverage of 0.95 are 0.005


@pytest.mark.parametrize("values", [(0.2, 0.3), (1.0, 2.0, 2.5), (0.3, 0.1, 0.4, 0.2, 0.3)])
def test_the_plain_interval_is_students(values):
    n = len(values)
    half = T[n - 1] * stdev(values) * sqrt(1 + 1 / n)
    low, high = PLAIN.interval(values)
    assert low == pytest.approx(fmean(values) - half, rel=1e-5)
    assert high == pytest.approx(fmean(values) + half, rel=1e-5)


def test_the_interval_of_log_normal_runs_has_a_closed_form():
    z = (-1.2, -0.8, -0.5, -0.2, -0.1, 0.1, 0.3, 0.5, 0.7, 1.2)
    half = T[9] * stdev(z) * sqrt(1.1)
    low, high = ANGLE.interval([exp(-3 + 0.4 * x) for x in z])
    assert low == pytest.approx(exp(-3 + 0.4 * (fmean(z) - half)), rel=1e-5)
    assert high == pytest.approx(exp(-3 + 0.4 * (fmean(z) + half)), rel=1e-5)


def test_the_interval_of_accuracies_is_students_on_the_logit():
    values = [90.0, 92.0, 95.0, 91.0, 97.0]
    logits = [log(x / (100 - x)) for x in values]
    half = T[4] * stdev(logits) * sqrt(1.2)
    for end, side in zip(PERCENT.interval(values), (-1, 1), strict=True):
        assert log(end / (100 - end)) == pytest.approx(fmean(logits) + side * half, rel=1e-5)


def test_kappa_is_compared_by_fishers_z():
    values = [0.7, 0.75, 0.8]
    z = np.arctanh(values)
    ends = np.array(scale_of("kappa").interval([100 * x for x in values])) / 100
    half = T[2] * stdev(z) * sqrt(4 / 3)
    np.testing.assert_allclose(np.arctanh(ends), [z.mean() - half, z.mean() + half], rtol=1e-5)


def test_a_run_at_a_bound_takes_the_plain_scale_cut_off_there():
    values = [98.0, 99.0, 100.0]
    half = T[2] * 1.0 * sqrt(4 / 3)
    assert PERCENT.interval(values) == (pytest.approx(99 - half, rel=1e-5), 100)
    assert ANGLE.interval([0, 0.01, 0.02])[0] == 0
    assert PERCENT.interval([100.0, 100.0, 100.0]) == (100, 100)


def test_an_outlier_among_equal_runs_is_held():
    """Nine equal runs and another: Student's interval alone would leave what happened outside."""
    runs = [0.1] * 29 + [0.01]
    half = T[29] * stdev(runs) * sqrt(1 + 1 / 30)
    assert fmean(runs) - half > 0.01
    assert PLAIN.interval(runs)[0] == 0.01


def test_rows_have_intervals_of_their_own():
    runs = np.random.default_rng(0).beta(5, 2, (4, 3, 10)) * 100
    runs[0, 0, 0] = 100
    low, high = PERCENT.interval(runs)
    assert low.shape == high.shape == (4, 3)
    for index in np.ndindex(4, 3):
        assert (low[index], high[index]) == PERCENT.interval(runs[index])


scales = st.sampled_from([ANGLE, PERCENT, PLAIN, Scale("log", 0), Scale("plain", -100, 100)])


@st.composite
def scale_and_runs(draw):
    scale = draw(scales)
    values = st.floats(max(scale.low, -1e6), min(scale.high, 1e6))
    return scale, draw(st.lists(values, min_size=2, max_size=12))


@given(scale_and_runs(), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_it_never_passes_a_bound_holds_the_runs_and_grows_with_the_level(given_, one, other):
    scale, runs = given_
    low, high = scale.interval(runs, min(one, other))
    assert scale.low <= low <= min(runs) and max(runs) <= high <= scale.high
    wider = scale.interval(runs, max(one, other))
    assert wider[0] <= low and high <= wider[1]
    assert low <= np.median(runs) <= high
    breath = 1e-9 * max(map(abs, runs))
    assert low - breath <= np.mean(runs) <= high + breath


@given(scale_and_runs(), st.randoms())
def test_the_order_of_the_runs_does_not_matter(given_, random):
    scale, runs = given_
    shuffled = random.sample(runs, len(runs))
    np.testing.assert_allclose(scale.interval(shuffled), scale.interval(runs), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("n", [3, 5, 10, 30])
@pytest.mark.parametrize(
    ("metric", "draw"),
    [
        ("rmse", lambda rng, size: rng.lognormal(-1, 0.5, size)),
        ("variance:class", lambda rng, size: rng.lognormal(2, 2.0, size)),
        ("accuracy:class", lambda rng, size: 100 * rng.beta(8, 2, size)),
        ("accuracy:class", lambda rng, size: 100 * rng.beta(30, 1, size)),
        ("gain:k-means", lambda rng, size: rng.normal(5, 2, size)),
    ],
)
def test_simulated_coverage(n, metric, draw):
    runs = draw(np.random.default_rng(n), (SIMULATED, n + 1))
    low, high = scale_of(metric).interval(runs[:, :n])
    held = np.mean((low <= runs[:, n]) & (runs[:, n] <= high))
    assert 0.93 < held < 0.975


@pytest.mark.parametrize("rate", [0.98, 0.995, 0.999])
def test_simulated_coverage_at_a_bound(rate):
    """Accuracies on 200 test pixels, where most or some runs have every pixel right."""
    runs = np.random.default_rng(0).binomial(200, rate, (SIMULATED, 11)) / 2
    low, high = PERCENT.interval(runs[:, :10])
    assert np.mean((low <= runs[:, 10]) & (runs[:, 10] <= high)) > 0.92


def test_simulated_coverage_of_two_outcomes_keeps_what_the_range_gives():
    """One run in five goes another way, as a search does that ends at another vertex."""
    rng = np.random.default_rng(0)
    runs = np.where(rng.random((SIMULATED, 11)) < 0.2, 0.03, 0.1)
    runs *= rng.lognormal(0, 0.01, runs.shape)
    low, high = ANGLE.interval(runs[:, :10])
    assert np.mean((low <= runs[:, 10]) & (runs[:, 10] <= high)) > 9 / 11


def test_every_metric_of_the_book_has_a_scale_and_lies_within_its_bounds():
    measured = {c.metric for a in ledger.artifacts() for c in ledger.claims(a.id)}
    for path in sorted(results().glob("*/*.json")):
        for cell in Record.read(path).cells:
            measured.add(cell.metric)
            scale = scale_of(cell.metric)
            assert scale.low <= min(cell.values) and max(cell.values) <= scale.high, cell
    for metric in measured:
        scale_of(metric)


def test_an_unknown_metric_is_one_clear_error():
    with pytest.raises(BadInput, match="metric 'sae:median' has no scale; say in"):
        scale_of("sae:median")


@pytest.mark.parametrize(("runs", "level"), [((0.1,), 0.95), ((), 0.95), ((1, 2), 1.0), (3.0, 0.9)])
def test_what_has_no_interval_is_refused(runs, level):
    with pytest.raises(BadInput, match="expected at least two runs and a level between 0 and 1"):
        PLAIN.interval(runs, level)


def test_bounds():
    assert (scale_of("sad:pure-pixels").low, scale_of("sad:pure-pixels").high) == (0, pi)
    assert (scale_of("rmse:pooled").low, scale_of("rmse:pooled").high) == (0, inf)
    assert (scale_of("accuracy:overall").low, scale_of("accuracy:overall").high) == (0, 100)
