"""Costs: a fit that several artefacts share is counted once, and a record costs at least its fits."""

import pytest

from made_ledger import cell, record
from mixedpixels.ledger import Fit
from mixedpixels.ledger.costs import Cost, costs
from mixedpixels.ledger.records import all_records
from mixedpixels.pipeline import pages

A, B, C = (
    Fit(f"network {key}", seconds, key) for key, seconds in (("a", 100), ("b", 10), ("c", 1))
)


def made(name: str, total: float, *fits: Fit, **about):
    return record(cell(0.2), artifact=name, fits=fits, total_seconds=total, **about)


def test_a_shared_fit_is_counted_once():
    found = costs([made("inss/table-1", 115, A, B), made("inss/figure-1", 103, A, C)])
    assert found.each == {
        "inss/table-1": Cost(10, 100, ("inss/figure-1",)),
        "inss/figure-1": Cost(1, 100, ("inss/table-1",)),
    }
    assert found.total == 111
    assert found.each["inss/table-1"].total == 110
    assert (found.records, found.listed) == (2, 2)


def test_two_records_of_one_artefact_share_with_nobody_else():
    found = costs(
        [made("inss/table-1", 110, A, B), made("inss/table-1", 101, A, C, reading="best")]
    )
    assert found.each == {"inss/table-1": Cost(111)}
    assert found.total == 111


def test_three_share_two_fits():
    found = costs([made("inss/table-1", 110, A, B), made("b/1", 100, A), made("c/1", 10, B)])
    assert found.each["inss/table-1"] == Cost(0, 110, ("b/1", "c/1"))
    assert found.total == 110


def test_a_record_that_lists_no_fits_counts_with_what_it_has():
    found = costs([made("inss/table-1", 15.0), made("inss/table-1", 110, A, B)])
    assert found.each == {"inss/table-1": Cost(125, complete=False)}
    assert "1 do not list their fits" in str(found)
    assert "do not list" not in str(costs([made("inss/table-1", 110, A, B)]))


def test_a_fit_made_twice_counts_with_the_longer_time():
    again = Fit(A.name, 150.0, A.key)
    found = costs([made("inss/table-1", 100, A), made("inss/figure-1", 150, again)])
    assert found.total == 150
    assert found.each["inss/table-1"] == Cost(0, 150, ("inss/figure-1",))


def test_all_cost_no_more_than_each_by_itself():
    found = costs()
    assert found.records == len(all_records())
    assert 0 < found.total <= sum(cost.total for cost in found.each.values()) + 1e-6


@pytest.mark.parametrize("each", all_records(), ids=lambda r: r.artifact)
def test_no_record_costs_less_than_its_fits(each):
    assert each.total_seconds >= sum(fit.seconds for fit in each.fits) - 0.01  # it is rounded
    assert len({fit.key for fit in each.fits}) == len(each.fits)
    runs = [seconds for column in each.seconds.values() for seconds in column if seconds > 1]
    if each.fits:  # a run of a minute comes from fits that took a minute or more
        assert sum(fit.seconds for fit in each.fits) >= max(runs, default=0) - 0.1
    else:
        assert not costs([each]).each[each.artifact].complete, "its cost is called a lower bound"


def test_the_scoreboard_names_what_is_shared():
    shared = Cost(own=90, shared=3600, partners=("ssanu/figure-5", "ssanu/table-3"))
    assert pages.cost_words(shared) == "62 min (60 min in fits shared with Fig. 5, Table 3)"
    assert pages.cost_words(Cost(12.4, complete=False)) == "at least 12 s"
    assert pages.cost_words(Cost(36_000.0)) == "10.0 h"
    assert pages.cost_words(None) == ""
