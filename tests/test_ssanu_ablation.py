"""The ablation's findings: known effects, disagreement with more seeds, and missing runs."""

import pytest

import made_ledger
from mixedpixels.chapters.ssanu.ablation import (
    STREAMS,
    found_everywhere,
    recorded_effects,
    runs_outside,
    stream_effects,
    streams_by_finding,
)
from mixedpixels.errors import BadInput
from mixedpixels.metrics import effect

WHOLE = [0.20, 0.21, 0.19, 0.20, 0.22]


def test_a_large_effect_is_confirmed_by_more_runs_of_the_whole_network():
    without = {"linear": [v + 0.3 for v in WHOLE], "spatial": [v - 0.1 for v in WHOLE]}
    found = stream_effects(without, WHOLE, WHOLE * 2, paired=False)
    assert {s: e.confirmed for s, e in found.items()} == {"linear": "helps", "spatial": "hurts"}
    assert found["linear"].few == effect(without["linear"], WHOLE, paired=False)


def test_an_effect_that_a_wider_whole_network_hides_is_not_confirmed():
    without = {"nonlinear": [0.49, 0.49, 0.50, 0.49, 0.49]}
    narrow, wide = [0.51, 0.51, 0.52, 0.51, 0.51], [0.45, 0.55, 0.43, 0.52, 0.47, 0.5]
    found = stream_effects(without, narrow, wide, paired=True)["nonlinear"]
    assert (found.shown, found.confirmed) == ("hurts", "not shown")


def test_opposite_effects_are_not_confirmed():
    found = stream_effects(
        {"linear": [0.5, 0.51, 0.52]}, [0.1, 0.11, 0.12], [0.9, 0.91], paired=True
    )
    assert found["linear"].more.word == "falls" and found["linear"].confirmed == "not shown"


def test_without_more_runs_nothing_is_confirmed():
    found = stream_effects({"linear": [v + 0.3 for v in WHOLE]}, WHOLE, paired=True)["linear"]
    assert (found.shown, found.more, found.confirmed) == ("helps", None, "not shown")


def test_single_runs_show_nothing():
    found = stream_effects({"linear": [0.9]}, [0.1], [0.1, 0.2], paired=True)["linear"]
    assert found.shown == "not shown"


def test_pairs_of_unequal_length_are_refused():
    with pytest.raises(BadInput, match="pairs"):
        stream_effects({"linear": [0.9]}, [0.1, 0.2], paired=True)


def test_streams_are_grouped_in_a_fixed_order_without_empty_groups():
    found = {"spatial": "not shown", "linear": "helps", "spectral": "not shown"}
    assert list(streams_by_finding(found).items()) == [
        ("helps", ["linear"]),
        ("not shown", ["spatial", "spectral"]),
    ]


def test_what_one_table_lacks_is_not_found_everywhere():
    tables = [{"linear": "helps", "spatial": "hurts"}, {"linear": "helps", "spatial": "helps"}]
    assert found_everywhere(tables, "helps") == ["linear"]
    assert found_everywhere([*tables, {}], "helps") == []
    assert found_everywhere([], "helps") == []


def test_runs_at_the_ends_of_an_interval_are_inside():
    assert runs_outside([0.1, 0.2, 0.3, 0.4], 0.2, 0.3) == 2


def test_the_rows_of_a_record_are_found_and_paired_in_the_literal_reading_alone():
    whole, without = [0.2, 0.3, 0.4], [0.31, 0.42, 0.5]
    cells = [made_ledger.cell(*whole, row="+".join(STREAMS), column="RMSE")]
    cells += [
        made_ledger.cell(
            *[v + k for v in without],
            row="+".join(s for s in STREAMS if s != out),
            column="RMSE",
        )
        for k, out in enumerate(STREAMS)
    ]
    longer = made_ledger.record(made_ledger.cell(*whole, 0.1, column="SSANU-Net"))
    for reading in ("paper", "best"):
        record = made_ledger.record(*cells, reading=reading)
        found = recorded_effects(record, longer)
        assert found["spatial"].few == effect(without, whole, paired=reading == "paper")
        assert found["spatial"].more == effect(without, [*whole, 0.1], paired=False)
        assert [round(e.few.mean, 3) for e in found.values()] == [0.11, 1.11, 2.11, 3.11]
        assert recorded_effects(record, None)["linear"].more is None
