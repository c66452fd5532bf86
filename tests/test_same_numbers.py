"""The comparison of two builds: it sees every number that differs, and says which may."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mixedpixels import ledger
from mixedpixels.ledger.records import carry

FILE = Path(__file__).resolve().parent.parent / "benchmarks" / "same_numbers.py"


@pytest.fixture(scope="module")
def same():
    spec = importlib.util.spec_from_file_location("same_numbers", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(folder: Path, value=0.5, seconds=1.0, curve=(1.0, np.nan), column="SSANU-Net") -> Path:
    folder.mkdir(exist_ok=True)
    cells = [
        {"row": "RMSE", "column": column, "metric": "rmse:pooled", "values": [value, 0.25]},
        {"row": "one", "column": "loop", "metric": "time:updates", "values": [seconds]},
    ]
    path = folder / "table-1.json"
    path.write_text(json.dumps({"cells": cells, "artifact": "made/table-1"}))
    np.savez(path.with_suffix(".npz"), curve=np.array(curve))
    return path


def test_equal_numbers_are_counted_and_times_are_not(same, tmp_path):
    before, after = written(tmp_path / "a"), written(tmp_path / "b", seconds=2.0)
    assert same.compare(before, after, []) == ("made/table-1", 4, [])


@pytest.mark.parametrize("change", [{"value": 0.5 + 1e-16 * 2}, {"curve": (1.0, 2.0)}])
def test_the_last_bit_counts(same, tmp_path, change):
    before, after = written(tmp_path / "a"), written(tmp_path / "b", **change)
    _, equal, wrong = same.compare(before, after, [])
    assert len(wrong) == 1 and equal == 2


def test_what_is_named_may_differ(same, tmp_path):
    before = written(tmp_path / "a", column="CyCU-net")
    after = written(tmp_path / "b", value=0.7, column="CyCU-net")
    assert same.compare(before, after, ["CyCU"])[2] == []
    assert same.compare(before, after, ["SUnCNN"])[2]


@pytest.mark.parametrize(
    ("changed", "definitions", "numbers", "carried"),
    [
        ([], [], 7, True),
        ([], [], 0, False),  # only times were measured, so nothing was compared
        (None, [], 7, False),  # the first checkout has no such record
        (["training.loop.train"], [], 7, False),
        (["models.a.A"], ["models.a.A", "models.b.B"], 7, True),
        (["models.a.A", "training.loop.train"], ["models.a.A"], 7, False),
    ],
)
def test_which_records_are_carried(same, changed, definitions, numbers, carried):
    assert same.may_carry(changed, definitions, numbers) == carried


def test_a_carried_record_is_as_old_as_its_note():
    bare = replace(ledger.records("ssanu/table-1")[0], checked={}, carried={})
    note = {"code": {"notebooks/made/01-first": "1"}, "since": "a", "commit": "b", "numbers": 4}
    carried = carry(bare, note)
    assert bare.code_now == bare.code
    assert carried.code_now == note["code"] and carried.code == bare.code
