"""How often the interval of a verdict holds a run that was left out, by hand and in the records."""

import itertools

import numpy as np
import pytest

from made_ledger import cell, record
from mixedpixels.ledger.coverage import ASKED, SIZES, coverage, held, method_of
from mixedpixels.ledger.verdicts import ENOUGH, interval

TEN = (0.19, 0.21, 0.2, 0.18, 0.22, 0.2, 0.19, 0.21, 0.2, 0.5)


@pytest.mark.parametrize("size", SIZES)
def test_held_is_what_verdicts_would_have_held(size):
    """Subset by subset, through the interval a verdict takes."""
    hits = []
    for chosen in itertools.combinations(range(10), size):
        low, high = interval(cell(*[TEN[i] for i in chosen]))
        hits += [low <= TEN[i] <= high for i in range(10) if i not in chosen]
    assert held(cell(*TEN), size) == pytest.approx(np.mean(hits))


def test_one_outlier_of_ten_is_missed_when_it_is_the_run_left_out():
    assert held(cell(*TEN), 9) == 0.9


def test_many_subsets_are_drawn_with_a_fixed_seed():
    runs = cell(*np.random.default_rng(0).lognormal(-2, 0.3, 30))
    assert held(runs, 5) == held(runs, 5)
    assert 0.85 < held(runs, 5) < 1


def test_methods_are_told_apart_and_equal_runs_are_counted_not_scored():
    made = record(
        cell(*TEN),
        cell(*TEN, row="SAD"),
        cell(*[0.3] * 10, row="Soil"),
        cell(0.1, 0.2, column="few"),
        cell(*[0.1] * 10, column="fixed", deterministic=True),
        cell(*[0.1] * 10, column="equal"),
    )
    other = record(cell(*TEN), cell(*TEN, row="SVM", column="Code"), scene="urban", reading="best")
    first, second = sorted(coverage([made, other]), key=lambda c: c.method, reverse=True)
    assert (first.paper, first.method, first.scenes) == ("inss", "Ours", ("samson", "urban"))
    assert (first.cells, first.runs, first.equal) == (3, 30, 1)
    assert first.held[9] == pytest.approx(0.9) and first.lowest == pytest.approx(0.9)
    assert (second.method, second.cells) == ("Code", 1)


def test_a_method_is_a_column_unless_only_its_row_has_times():
    runs = cell(*TEN, row="without dropout", column="Residual variance")
    assert method_of(record(seconds={"without dropout": [1.0]}), runs) == "without dropout"
    assert method_of(record(seconds={"Residual variance": [1.0]}), runs) == "Residual variance"
    assert method_of(record(), runs) == "Residual variance"


def test_the_rule_holds_for_every_method_of_the_book_with_ten_runs():
    found = coverage()
    assert found and SIZES[-1] == ENOUGH - 1
    for each in found:
        assert each.held[SIZES[-1]] >= ASKED, each
        assert each.runs >= ENOUGH * each.cells
