"""What the pages on SymAE say of their numbers, against closed forms and cases worked by hand."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from mixedpixels import ledger
from mixedpixels.chapters.symae.loss_curves import low_point
from mixedpixels.chapters.symae.nearness_findings import orders, pair_spread
from mixedpixels.chapters.symae.printed_arithmetic import agreement, overall_accuracy
from mixedpixels.chapters.symae.run_comparisons import (
    code_against_raw,
    compare,
    compare_values,
    full_record,
)
from mixedpixels.chapters.symae.training_budget import Budget, paper_budget
from mixedpixels.errors import BadInput


def cell(*values):
    return ledger.Cell("row", "column", "accuracy:overall", values, control=True)


def test_few_runs_decide_nothing_however_far_apart_they_are():
    found = compare(cell(99.0, 98.9, 99.1), cell(50.0, 50.1, 49.9))
    assert found.word == "undecided"
    assert found.excludes_zero
    assert found.outcome == "undecided, higher in 3 of 3 runs"


def test_ten_runs_decide_in_either_direction():
    low = np.linspace(50, 51, 10)
    assert compare_values(low + 5, low).outcome == "higher"
    assert compare_values(low - 5, low, paired=False).outcome == "lower"
    assert compare_values(low + [0.1, -0.1] * 5, low).word == "undecided"


def test_the_interval_is_that_of_a_paired_t_test():
    ours, theirs = (91.0, 92.0, 93.0), (90.0, 92.5, 91.0)
    interval = ttest_rel(ours, theirs).confidence_interval(0.95)
    found = compare(cell(*ours), cell(*theirs))
    assert found.moved.mean - found.moved.half == pytest.approx(interval.low)
    assert not found.excludes_zero
    assert found.difference(2) == f"+0.83 ± {found.moved.half:.2f}"


def test_unpaired_runs_are_not_counted_in_pairs():
    found = compare(cell(1.0, 2.0, 3.0), cell(9.0, 10.0), paired=False)
    assert found.outcome == "undecided with 2 runs"


def test_one_run_has_no_interval():
    found = compare(cell(3.0), cell(1.0))
    assert not found.excludes_zero
    assert found.difference() == "+2.0 (one run)"
    assert found.outcome == "undecided with one run"


def test_pairs_need_equal_numbers():
    with pytest.raises(BadInput, match="in pairs"):
        compare(cell(1.0, 2.0), cell(1.0))


def test_the_budget_is_the_one_in_print():
    assert paper_budget() == Budget(3000 * 2048, 4000 * 2048, 256, 12.0)


def test_shares_and_times_of_a_budget():
    budget = Budget(1_000_000, 2_000_000, 256, 10.0)
    assert budget.percentage(20_000) == "1 to 2 %"
    assert budget.datapoint_percentage(20_000, 64) == "0.25 to 0.5 %"
    assert Budget(100, 100, 1, 1.0).percentage(7) == "7 %"
    assert budget.days(1_000_000 / 86400) == pytest.approx((1, 2))
    assert budget.rates(budget.hours) == pytest.approx((1e6 / 36000, 2e6 / 36000))


def test_a_loss_that_falls_has_its_low_point_at_the_end():
    found = low_point([1, 10, 100], [[4.0, 2.0], [2.0, 1.0], [0.5, 0.25]])
    assert (found.at, found.ratio, found.rises) == (100, 1.0, False)


def test_a_loss_rises_when_its_mean_ends_half_above_its_lowest_value():
    losses = np.array([[4.0, 4.0], [1.0, 3.0], [3.0, 3.2]])
    found = low_point([1, 10, 100], losses)
    assert (found.at, found.least, found.last) == (10, 2.0, pytest.approx(3.1))
    assert found.rises
    assert not low_point([1, 10, 100], np.minimum(losses, 2.9)).rises


@pytest.mark.parametrize("losses", [[1.0, 2.0], [[1.0], [0.0]], [[1.0]]])
def test_losses_of_another_shape_or_sign_are_refused(losses):
    with pytest.raises(BadInput, match="losses above 0"):
        low_point([1, 2], losses)


def test_pairs_are_counted_once_and_small_changes_not_at_all():
    square = np.full((4, 4), -50.0)  # the diagonal and what is below it do not count
    square[np.triu_indices(4, 1)] = [8.0, 0.4, -0.4, 1.0, -2.0, 0.0]
    found = pair_spread(square, ["a", "b", "c", "d"])
    assert (found.pairs, found.gained, found.lost) == (6, 2, 1)
    assert (found.median, found.low, found.high) == (0.2, -2.0, 8.0)
    assert found.top == ("a", "b")


def test_a_square_that_does_not_fit_its_names_is_refused():
    with pytest.raises(BadInput, match=r"shape \(3, 3\)"):
        pair_spread(np.zeros((2, 2)), ["a", "b", "c"])


def test_two_against_two_runs_have_six_orders():
    assert orders(2, 2) == 6


def test_overall_accuracy_weights_classes_by_their_pixels():
    counts, shares = {"a": 10, "b": 30}, {"a": 50.0, "b": 100.0}
    assert overall_accuracy(counts, shares) == 100 * 35 / 40
    assert overall_accuracy(counts, shares, {"a": 10}) == 100
    with pytest.raises(BadInput, match="missing"):
        overall_accuracy(counts, {"a": 50.0})


@pytest.mark.parametrize(
    ("value", "word"),
    [(99.476, "rounded"), (99.4849, "rounded"), (99.489, "cut off"), (99.6, "different")],
)
def test_agreement_with_a_printed_number(value, word):
    assert agreement(value, 99.48) == word


def test_the_full_record_of_an_artefact_or_none():
    found = full_record("table-2")
    assert (found.artifact, found.profile) == ("symae/table-2", "full")
    assert full_record("table-3") is None


def test_the_code_is_compared_with_each_control_of_the_recorded_table():
    table = full_record("table-2")
    found = code_against_raw(table)
    assert len(found) == 3 and all(way.endswith(", raw") for way in found)
    code = np.array(table.cell("Overall accuracy", "Single pixels").values)
    for way, comparison in found.items():
        control = np.array(table.cell("Overall accuracy", way).values)
        assert comparison.moved.mean == pytest.approx((code - control).mean())
        assert comparison.higher == (code > control).sum()
