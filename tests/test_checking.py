"""A check: the first seeds again, held against the full record, which notes that they agree."""

from types import SimpleNamespace

import numpy as np
import pytest

from made_ledger import cell, claim, record, use
from mixedpixels import ledger, provenance
from mixedpixels.errors import BadInput
from mixedpixels.ledger.checking import Differs, checked_at
from mixedpixels.ledger.records import Record, load_arrays, save
from mixedpixels.pipeline.budgets import Budget
from mixedpixels.pipeline.settings import complete

SCENE = SimpleNamespace(name="samson", origin="complete", hashes={"samson/a.mat": "ab" * 32})
STORED = {
    "data": SCENE.hashes,
    "parameters": {"profile": "full", "seeds": 3, "epochs": 500},
    "code": {"mixedpixels.metrics": "of another day"},
}


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "require_clean", lambda: "89abcdef01")
    tables = {"inss/table-1": [claim(0.2, "0.2000")], "inss/figure-1": []}
    return use(monkeypatch, tmp_path, tables)


def check(*cells, artifact="inss/table-1", arrays=None, scene=SCENE, epochs=500, metrics=None):
    given = {"profile": "check", "device": "cpu", "seeds": 0, "epochs": 0}
    full = {"seeds": 3, "epochs": epochs}
    run = complete("made/01-first", given, Budget(full, full, repeated=("seeds",)))
    words = {"rmse": "in words"} | (metrics or {})
    return ledger.record(artifact, scene=scene, run=run, cells=cells, metrics=words, arrays=arrays)


def test_a_check_notes_that_the_first_seeds_agree(results):
    kept = record(cell(0.21, 0.3, 0.4), cell(0.5, column="Constant", control=True), **STORED)
    path = save(kept, results)
    shown = check(cell(0.2105), cell(0.5, column="Constant", control=True))
    after = Record.read(path)
    assert after.cells == kept.cells and after.code == kept.code and after.made == kept.made
    assert after.checked["numbers"] == 2 and after.checked["seeds"] == {"seeds": 1}
    assert after.checked["largest"] == pytest.approx(0.0005 / 0.21)
    assert after.checked["commit"] == "89abcdef01"
    assert after.checked["code"] == shown.record.code
    assert [r.path for r in checked_at("made/01-first", "89abcdef01", results)] == [path]
    assert checked_at("made/01-first", "another", results) == []
    assert checked_at("made/02-second", "89abcdef01", results) == []


def test_the_page_says_what_was_checked(results):
    save(record(cell(0.2, 0.3), **STORED), results)
    assert "mixedpixels: metrics" in page()  # among those that changed
    check(cell(0.2))
    html = page()  # its notebook is made up and cannot be found unchanged
    assert "the code of commit <code>89abcdef01</code> reproduced 1 of its numbers" in html
    assert "mixedpixels: metrics" not in html


def page() -> str:
    return ledger.table.render(ledger.artifact("inss/table-1"))


def test_another_run_of_the_same_luck_is_told_apart(results):
    """One more run lies within −1.251 ± 4.604 · 0.348 · √(1 + 1/5) on the logarithmic scale of errors.

    In the unit of the error, this is 0.0496 to 1.652.
    """
    seeds = [0.3 + 0.1 * z for z in (-1, -1, 0, 1, 1)]
    path = save(record(cell(*seeds), cell(0.5, column="Constant", control=True), **STORED), results)
    for inside in (0.05, 1.65):
        check(cell(inside), cell(0.5, column="Constant", control=True))
    after = Record.read(path)
    assert (after.checked["numbers"], after.checked["lucky"], after.checked["largest"]) == (1, 1, 0)
    assert "1 others lie within the spread of the record's seeds" in page()
    for outside in (0.049, 1.66):
        with pytest.raises(Differs, match="RMSE / Ours"):
            check(cell(outside), cell(0.5, column="Constant", control=True))


def test_other_numbers_are_no_agreement(results):
    path = save(record(cell(0.2, 0.3), **STORED), results)
    before = path.read_bytes()
    with pytest.raises(Differs, match=r"RMSE / Ours differs from the record by 0.05 of its"):
        check(cell(0.21))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"scene": SimpleNamespace(name="samson", origin="complete", hashes={"b": "c"})}, "b"),
        ({"epochs": 100}, "epochs"),
    ],
)
def test_another_question_is_not_compared(results, changes, told):
    save(record(cell(0.2, 0.3), **STORED), results)
    with pytest.raises(
        BadInput, match=rf"of another .*{told} \(.* there, .* here\); make it again"
    ):
        check(cell(0.2), **changes)


def test_without_a_record_there_is_nothing_to_check(results):
    with pytest.raises(BadInput, match="no full record to check"):
        check(cell(0.2))
    save(record(cell(0.2), **STORED), results)
    with pytest.raises(
        BadInput,
        match=r"another RMSE / Ours \(rmse there, none here\), RMSE / SVM \(none there, rmse",
    ):
        check(cell(0.2, column="SVM", control=True))


def test_a_row_or_a_file_that_only_the_record_has_is_missed(results):
    both = [cell(0.2, 0.3), cell(0.5, column="Constant", control=True)]
    save(record(*both, **STORED), results)
    with pytest.raises(
        BadInput, match=r"made by made/01-first, is of another RMSE / Constant \(rmse there, none"
    ):
        check(cell(0.2))
    more = STORED | {"data": SCENE.hashes | {"samson/b.mat": "cd" * 32}}
    save(record(*both, **more), results)
    with pytest.raises(BadInput, match=r"another samson/b.mat \(cdcdcdcdcdcd there, none here\)"):
        check(*both)


def test_what_has_no_random_part_is_compared_to_rounding(results):
    save(record(cell(0.2, deterministic=True), **STORED), results)
    check(cell(0.2 + 1e-9, deterministic=True))
    with pytest.raises(Differs, match="RMSE / Ours differs"):
        check(cell(0.2001, deterministic=True))


def test_nothing_measured_is_nothing_checked(results):
    save(record(artifact="inss/figure-1", **STORED), results)
    with pytest.raises(BadInput, match="neither cells nor arrays"):
        check(artifact="inss/figure-1")


def test_arrays_are_compared_where_both_have_seeds(results):
    drawn = {"map": np.arange(6, dtype=np.uint8), "runs": np.array([[1, 2, 4], [3, np.nan, 1]])}
    path = save(record(artifact="inss/figure-1", **STORED), results, drawn)
    check(artifact="inss/figure-1", arrays=drawn | {"runs": drawn["runs"][:, :1]})
    after = Record.read(path)
    assert (after.checked["numbers"], after.checked["largest"]) == (8, 0)
    np.testing.assert_array_equal(load_arrays(after)["runs"], drawn["runs"])
    with pytest.raises(Differs, match=r"map differs from the record by 0\.2 of"):
        check(artifact="inss/figure-1", arrays=drawn | {"map": drawn["map"] + np.uint8(1)})
    with pytest.raises(Differs, match="runs differs"):
        check(artifact="inss/figure-1", arrays=drawn | {"runs": np.ones((2, 1))})
    with pytest.raises(BadInput, match="the record has other arrays, map"):
        check(artifact="inss/figure-1", arrays={"runs": drawn["runs"]})


@pytest.mark.parametrize(
    ("theirs", "ours", "error"),
    [
        (np.ones((4, 6)), np.ones((1, 6)), BadInput),  # three runs stored, yet four rows
        (np.ones((3, 3)), np.ones((1, 1)), BadInput),  # two axes are shorter
        (np.ones(3), np.ones((1, 3)), BadInput),
        (np.array([499_584, 5]), np.array([499_584, 3]), Differs),  # counted, so exact
        (np.array([np.inf, 1.0]), np.array([np.inf, 5.0]), Differs),
        (np.array([1.0, 2.0]), np.array([1.0, np.nan]), Differs),
    ],
)
def test_arrays_that_are_not_the_same_are_found(results, theirs, ours, error):
    save(record(artifact="inss/figure-1", **STORED), results, {"a": theirs})
    with pytest.raises(error, match=r"figure-1.*\ba\b"):
        check(artifact="inss/figure-1", arrays={"a": ours})


def test_names_must_be_the_same(results):
    drawn = {"classes": np.array(["reed", "sand"]), "gain": np.ones((2, 2))}
    save(record(artifact="inss/figure-1", **STORED), results, drawn)
    check(artifact="inss/figure-1", arrays=drawn)
    other = drawn | {"classes": np.array(["reed", "mud."])}
    with pytest.raises(BadInput, match=r"classes are reed, sand in the record, reed, mud\. now"):
        check(artifact="inss/figure-1", arrays=other)


def test_times_are_of_a_moment_and_are_not_held_to(results):
    timed = {"column": "Speed", "metric": "time:updates", "control": True}
    path = save(record(cell(0.2), cell(5.0, **timed), **STORED), results)
    check(cell(0.2), cell(7.0, **timed), metrics={"time:updates": "in words"})
    assert Record.read(path).checked["numbers"] == 1
    save(record(cell(5.0, **timed), **STORED), results)
    with pytest.raises(BadInput, match="or only times, which no check compares"):
        check(cell(7.0, **timed), metrics={"time:updates": "in words"})
