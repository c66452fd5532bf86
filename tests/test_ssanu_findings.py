"""Words and counts of the SSANU-Net chapter: edge cases, closed forms, known truth."""

import numpy as np
import pytest

from mixedpixels.chapters.ssanu import findings, references
from mixedpixels.errors import BadInput


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([0.5684], "a single run gives 0.568"),
        ([0.5681, 0.5682, 0.5684], "all 3 runs give the same answer, 0.568"),
        ([0.57, 0.53, 0.53], "3 runs give 2 different answers, from 0.530 to 0.570"),
        ([10.0, 9.0], "2 runs give 2 different answers, from 9.000 to 10.000"),
    ],
)
def test_answers_are_counted_after_rounding(runs, said):
    assert findings.answers_in_words(runs) == said


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (0.05, "none of 3 runs lies below it"),
        (0.15, "1 of 3 runs lies below it"),
        (0.25, "2 of 3 runs lie below it"),
        (0.3, "2 of 3 runs lie below it"),  # equal is not below
        (0.35, "all 3 runs lie below it"),
    ],
)
def test_runs_below_a_mark_are_counted(mark, said):
    assert findings.below_in_words([0.1, 0.2, 0.3], mark) == said


def test_a_single_run_is_called_so():
    assert findings.below_in_words([0.1], 0.2) == "its single run lies below it"
    assert findings.below_in_words([0.1], 0.1) == "its single run does not lie below it"


def test_a_difference_is_named_only_with_ten_runs_of_each():
    low, high = np.linspace(0.10, 0.11, 10), np.linspace(0.20, 0.21, 10)
    assert findings.difference_in_words(low, high) == "lower"
    assert findings.difference_in_words(high, low) == "higher"
    assert findings.difference_in_words(low, low + 0.001) == "within the spread of the runs"
    assert findings.difference_in_words(low[:9], high) == "undecided"
    assert findings.difference_in_words(low, high[:3]) == "undecided"


def test_every_two_methods_are_compared():
    low, high = np.linspace(0.10, 0.11, 10), np.linspace(0.20, 0.21, 10)
    said = findings.pairs_in_words({"a": low, "b": high, "c": low + 0.001, "d": [0.1]})
    assert said.split("; ") == [
        "a has a lower error than b",
        "the difference between a and c lies within the spread of the runs",
        "a against d is undecided",
        "b has a higher error than c",
        "b against d is undecided",
        "c against d is undecided",
    ]
    assert "can be ranked" in findings.pairs_in_words({"a": low[:9], "b": high})


def test_the_interval_of_a_standard_deviation_holds_it_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = np.array([findings.sd_interval(2 * rng.standard_normal(5)) for _ in range(2000)])
    held = ((intervals[:, 0] < 2) & (intervals[:, 1] > 2)).mean()
    assert held == pytest.approx(0.95, abs=0.015)
    # tables of the chi-squared distribution with 4 degrees of freedom: 0.4844 and 11.143
    low, high = findings.sd_interval([-2, -1, 0, 1, 2])
    assert low == pytest.approx(np.sqrt(10 / 11.143), rel=1e-4)
    assert high == pytest.approx(np.sqrt(10 / 0.4844), rel=1e-4)
    with pytest.raises(BadInput, match="at least two"):
        findings.sd_interval([1.0])


def test_spreads_measured_one_at_a_time_are_added_as_squares():
    unit = np.array([-1.0, 0.0, 1.0])  # its standard deviation is 1
    said = findings.one_at_a_time({"both": 10 * unit, "seed": 3 * unit, "start": 4 * unit})
    assert "add up to that of 5.0000, where both together have 10.0000" in said
    assert "3.0000 (seed, n = 3" in said
    single = findings.one_at_a_time({"both": unit, "seed": [1.0]})
    assert single == "A group with a single run shows no spread."


def test_scores_that_differ_by_rounding_agree():
    ours = np.array([0.1, 0.2])
    assert findings.agree(ours, ours + 4e-4)
    assert not findings.agree(ours, ours + np.array([0, 6e-4]))
    assert not findings.agree(ours, ours[:1])


@pytest.mark.parametrize("runs", [[], [np.nan], [[1.0]]])
def test_what_is_no_list_of_scores_is_refused(runs):
    with pytest.raises(BadInput, match="one per run"):
        findings.answers_in_words(runs)


def test_nouns_follow_their_number():
    assert [findings.count(n, "seed") for n in (0, 1, 2)] == ["0 seeds", "1 seed", "2 seeds"]
    assert findings.count(2, "draw of noise", "draws of noise") == "2 draws of noise"


def test_brightness_is_compared_among_pure_pixels_only():
    brightness = np.linspace(1, 3, 101)
    pixels = brightness[:, None] * np.array([[0.6, 0.8]])
    pixels = np.vstack([pixels, [[100.0, 0.0]]])
    pure = np.column_stack([np.ones(101), np.zeros(101)])
    ratios = references.brightness_ratios(pixels, np.vstack([pure, [[0.5, 0.5]]]))
    assert ratios[0] == pytest.approx(2.9 / 1.1)  # percentiles of a straight line
    assert np.isnan(ratios[1])


def test_the_nearest_pair_of_spectra_is_found():
    turned = np.radians([0, 50, 60])
    spectra = np.column_stack([np.cos(turned), np.sin(turned)]) * [[1], [5], [2]]
    first, second, angle = references.nearest_pair(spectra)
    assert (first, second) == (1, 2)
    assert angle == pytest.approx(np.radians(10))
    with pytest.raises(BadInput, match="two spectra"):
        references.nearest_pair(spectra[:1])


def test_the_material_with_the_largest_error_is_found():
    reference = np.zeros((4, 2))
    assert references.largest_error(reference + np.array([0.1, 0.3]), reference) == (
        1,
        pytest.approx(0.3),
    )


def test_a_unit_is_recognised():
    reference = np.array([[0.1, 0.9], [0.1, 0.9], [0.8, 0.2], [0.15, 0.85]])
    same = reference.copy()
    same[3] += [0.1, -0.1]
    gap = references.unit_gap(reference, same, 2 * reference, material=0)
    assert gap.agreeing == 0.75
    assert gap.farthest == pytest.approx(0.1)
    assert gap.reference == pytest.approx(0.35 / 3)
    assert gap.other == pytest.approx(0.7 / 3)
    with pytest.raises(BadInput, match="no pixel"):
        references.unit_gap(reference, same, same, material=0, between=(0.3, 0.4))


def test_rows_are_ordered_by_their_distance():
    rows = {"a": {"RMSE": 0.5}, "b": {"RMSE": 0.1, "SAD": 0.2}, "c": {"SAD": 0.3}}
    assert references.nearest_rows(rows, "RMSE", 0.2) == [
        ("b", pytest.approx(0.1)),
        ("a", pytest.approx(0.3)),
    ]


def test_methods_are_compared_with_the_informed_and_the_constant():
    runs = {
        "a": [0.1, 0.3, np.nan],
        "b": [0.6, 0.6, 0.6],
        "c": [0.25, np.nan, np.nan],
        "true spectra": [0.22],
        "smoothed": [0.01],
        "constant": [0.5],
    }
    level = references.at_level(runs, ("true spectra", "smoothed"), "constant")
    assert level.medians["a"] == pytest.approx(0.2)
    assert (level.lowest, level.below, level.worse) == ("a", ("a",), ("b",))
