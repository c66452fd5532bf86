"""Records: whole or absent, plain data, and only from a commit that says what made them."""

import json
import pickle
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from made import files_under, place
from made_ledger import cell, claim, record, use
from mixedpixels import ledger, paths, provenance
from mixedpixels.errors import BadInput
from mixedpixels.ledger.records import Record, load_arrays, save
from mixedpixels.pipeline.budgets import Budget
from mixedpixels.pipeline.settings import complete

NAME = "table-1--samson--paper--cpu"


@pytest.fixture
def whole_record() -> Record:
    return record(
        cell(0.1, 0.2, 0.4, permutations=((0, 1, 2), (2, 0, 1), (1, 0, 2)), note="dépôt – ω"),
        cell(1 / 3, column="Constant", deterministic=True, control=True),
        seconds={"Ours": [0.5, 0.25, 1e-9]},
        code={"mixedpixels.metrics": "ab" * 32},
        parameters={"profile": "full", "rate": 0.1, "names": ["a", "b"], "flag": True},
        fits=(ledger.Fit("a network", 0.75, "cd" * 32),),
    )


def test_round_trip(tmp_path, whole_record):
    path = save(whole_record, tmp_path)
    assert path == tmp_path / "inss" / f"{NAME}.json"
    back = Record.read(path)
    assert back == whole_record
    assert back.path == path
    assert back.cells[0].permutations[1] == (2, 0, 1)
    assert back.cell("RMSE", "Constant").control and back.cell("RMSE", "Constant").deterministic
    assert back.cell("RMSE", "nobody") is None
    assert files_under(tmp_path) == [f"inss/{NAME}.json"]


def test_a_record_of_before_fits_were_listed_is_read(tmp_path, whole_record):
    path = save(whole_record, tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["fits"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert Record.read(path) == replace(whole_record, fits=())


@pytest.mark.parametrize(
    "about", [("", 1.0, "key"), ("name", 1.0, ""), ("name", -1.0, "key"), ("name", np.nan, "key")]
)
def test_a_fit_has_a_name_a_key_and_its_seconds(about):
    with pytest.raises(BadInput, match="a fit needs a name, a key and seconds"):
        ledger.Fit(*about)


def test_file_says_mean_sd_and_n_for_readers(tmp_path, whole_record):
    content = json.loads(save(whole_record, tmp_path).read_text(encoding="utf-8"))
    first, second = content["cells"]
    assert (first["n"], second["n"]) == (3, 1)
    assert first["mean"] == pytest.approx(0.7 / 3)
    assert first["sd"] == pytest.approx(np.sqrt(0.07 / 3))  # Σ(x − x̄)² = 0.21 − 0.49/3, over n − 1
    assert second["sd"] == 0
    assert "path" not in content


@pytest.mark.parametrize("values", [(), (float("nan"),), (0.1, float("inf"))])
def test_a_cell_holds_finite_values(values):
    with pytest.raises(BadInput, match="cell RMSE / Ours: expected finite values"):
        cell(*values)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"cells": [{"row": "a"}]}'])
def test_what_is_no_record_is_refused(tmp_path, text):
    path = tmp_path / "table-1--x.json"
    path.write_text(text)
    with pytest.raises(BadInput, match="not a record of this version"):
        Record.read(path)


def test_records_are_those_of_one_artefact(tmp_path, whole_record):
    save(whole_record, tmp_path)
    save(replace(whole_record, device_class="cuda"), tmp_path)
    save(replace(whole_record, artifact="inss/table-10"), tmp_path)
    save(replace(whole_record, artifact="other/table-1"), tmp_path)
    found = ledger.records("inss/table-1", tmp_path)
    assert [(r.artifact, r.device_class) for r in found] == [
        ("inss/table-1", "cpu"),
        ("inss/table-1", "cuda"),
    ]


# Whole or absent


def test_what_cannot_be_written_leaves_nothing(tmp_path, whole_record):
    broken = replace(whole_record, parameters={"x": object()})
    with pytest.raises(TypeError):
        save(broken, tmp_path, {"map": np.ones(3)})
    assert files_under(tmp_path) == []


def test_an_error_keeps_what_was_there(tmp_path, whole_record, monkeypatch):
    path = save(whole_record, tmp_path, {"map": np.ones(3)})
    before = path.read_bytes()

    def full_disk(self, *args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(OSError, match="no space left"):
        save(replace(whole_record, total_seconds=9.0), tmp_path)
    assert path.read_bytes() == before
    assert [f for f in files_under(tmp_path) if f.endswith(".json")] == [f"inss/{NAME}.json"]


def test_arrays_of_an_older_record_do_not_stay_beside_a_new_one(tmp_path, whole_record):
    save(whole_record, tmp_path, {"map": np.ones(3)})
    made = Record.read(save(whole_record, tmp_path))
    assert load_arrays(made) == {}


# Arrays


def test_arrays_round_trip(tmp_path, whole_record):
    arrays = {"map": np.arange(6, dtype=np.float16).reshape(2, 3), "a name, with spaces": [1, 2]}
    back = load_arrays(Record.read(save(whole_record, tmp_path, arrays)))
    assert back.keys() == arrays.keys()
    assert back["map"].dtype == np.float16
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)


def test_a_record_without_arrays_has_none(tmp_path, whole_record):
    assert load_arrays(whole_record) == {}
    assert load_arrays(Record.read(save(whole_record, tmp_path))) == {}


def test_arrays_of_objects_are_refused(tmp_path, whole_record):
    with pytest.raises(BadInput, match="array odd holds objects; use plain numbers"):
        save(whole_record, tmp_path, {"map": np.ones(3), "odd": np.array([{}, 1], dtype=object)})
    assert files_under(tmp_path) == []


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_nothing_on_disk_is_unpickled(tmp_path, whole_record):
    path, went_off = save(whole_record, tmp_path), tmp_path / "went-off"
    bad = np.empty(1, dtype=object)
    bad[0] = Bomb(went_off)
    np.savez(path.with_suffix(".npz"), map=bad)
    with pytest.raises(ValueError, match="allow_pickle"):
        load_arrays(Record.read(path))
    path.with_suffix(".npz").write_bytes(pickle.dumps(bad))
    with pytest.raises(ValueError, match="pickle"):
        load_arrays(Record.read(path))
    assert not went_off.exists()


def test_at_most_300_kilobytes(tmp_path, whole_record):
    noise = np.random.default_rng(0).integers(0, 256, 310_000, dtype=np.uint8)
    with pytest.raises(BadInput, match=r"take 3\d{5} bytes, at most 300000 are stored"):
        save(whole_record, tmp_path, {"map": noise})
    assert files_under(tmp_path) == []
    save(whole_record, tmp_path, {"map": noise[:290_000], "zeros": np.zeros(1_000_000)})


# The one call of a notebook

SCENE = SimpleNamespace(name="samson", origin="complete", hashes={"samson/a.mat": "ab" * 32})
METRICS = {"rmse": "in words"}


def settings(profile: str):
    given = {"profile": profile, "device": "cpu", "seeds": 0}
    return complete("made/01-first", given, Budget(quick={"seeds": 2}, full={"seeds": 10}))


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Made-up claims, a results folder, a workspace."""
    monkeypatch.setenv("MIXEDPIXELS_WORKSPACE", str(tmp_path / "workspace"))
    tables = {"inss/table-1": [claim(0.2, "0.2000")], "inss/figure-1": []}
    use(monkeypatch, tmp_path, tables)
    return tmp_path


def test_quick_record_stays_out_of_the_results(places):
    shown = ledger.record(
        "inss/table-1", scene=SCENE, run=settings("quick"), cells=[cell(0.2)], metrics=METRICS
    )
    assert files_under(places / "workspace") == [f"records/inss/{NAME}.json"]
    assert not (places / "results").exists()
    made = shown.record
    assert (made.scene, made.origin, made.data) == ("samson", "complete", SCENE.hashes)
    assert made.parameters == {"profile": "quick", "device": "cpu", "seeds": 2}
    assert (made.profile, made.notebook, made.reading) == ("quick", "made/01-first", "paper")
    assert made.versions.keys() >= {"python", "torch", "numpy", "mixedpixels"}
    assert made.peak_memory > 2**20 and made.total_seconds >= 0
    assert "not run" in shown.html and "build" in shown.html
    assert shown._repr_html_() == shown.html


def test_a_cell_nobody_printed_must_be_a_control(places):
    def made(**about):
        cells = [cell(0.2, column="SVM", **about)]
        return ledger.record(
            "inss/table-1", scene=SCENE, run=settings("quick"), cells=cells, metrics=METRICS
        )

    with pytest.raises(BadInput, match="prints no cell RMSE / SVM; mark it as a control"):
        made()
    assert made(control=True).record.cells[0].control


def test_a_metric_needs_words(places):
    with pytest.raises(BadInput, match="metric 'rmse' has no definition in words"):
        ledger.record(
            "inss/table-1",
            scene=SCENE,
            run=settings("quick"),
            cells=[cell(0.2)],
            metrics={"sad": "x"},
        )
    assert files_under(places / "workspace") == []


def made_of(fits, **about):
    return ledger.record(
        "inss/table-1",
        scene=SCENE,
        run=settings("quick"),
        cells=[cell(0.2)],
        metrics=METRICS,
        fits=fits,
        **about,
    ).record


def test_a_record_costs_what_its_fits_cost(places):
    first, second = ledger.Fit("one", 1000.0, "a"), ledger.Fit("two", 500.0, "b")
    made = made_of([first, second, first], seconds={"Ours": [1000.0], "The same fit": [1000.0]})
    assert made.fits == (first, second)
    assert made.total_seconds == 1500
    assert made_of([], seconds={"Ours": [700.0]}).total_seconds == 700
    quick = made_of([ledger.Fit("none at all", 0.0, "c")])
    assert 0 <= quick.total_seconds < 100


def test_one_key_is_one_fit(places):
    with pytest.raises(BadInput, match="one key for two fits"):
        made_of([ledger.Fit("one", 1.0, "a"), ledger.Fit("one", 2.0, "a")])
    assert files_under(places / "workspace") == []


def test_a_metric_without_a_scale_is_refused(places):
    with pytest.raises(BadInput, match="metric 'odd' has no scale"):
        ledger.record(
            "inss/table-1",
            scene=SCENE,
            run=settings("quick"),
            cells=[cell(0.2, metric="odd")],
            metrics={"odd": "in words"},
        )


def test_an_unknown_reading_is_refused(places):
    with pytest.raises(BadInput, match=r"reading must be one of .* got 'kind'"):
        ledger.record("inss/table-1", scene=SCENE, run=settings("quick"), reading="kind")


def test_a_full_record_of_a_twin_is_refused(places, repository):
    twin = SimpleNamespace(name="samson", origin="twin", hashes={})
    with pytest.raises(BadInput, match=r"full record of inss/table-1 .* samson is a twin"):
        ledger.record("inss/table-1", scene=twin, run=settings("full"))
    assert not (places / "results").exists()


def test_figure_is_drawn_from_this_build_until_a_full_run_is_kept(places):
    arrays = {"map": np.arange(4)}
    quick = ledger.record("inss/figure-1", scene=SCENE, run=settings("quick"), arrays=arrays)
    assert [label for label, _ in quick.drawings] == ["this build, samson"]
    save(record(artifact="inss/figure-1"), places / "results", {"map": np.arange(5)})
    quick = ledger.record("inss/figure-1", scene=SCENE, run=settings("quick"), arrays=arrays)
    ((label, stored),) = quick.drawings
    assert label == "recorded full run, samson"
    np.testing.assert_array_equal(stored["map"], np.arange(5))


def test_a_twin_is_drawn_beside_the_full_run_and_never_hides_it(places):
    save(record(artifact="inss/figure-1"), places / "results", {"map": np.arange(5)})
    twin = SimpleNamespace(name="samson", origin="twin", hashes={})
    shown = ledger.record(
        "inss/figure-1", scene=twin, run=settings("quick"), arrays={"map": np.arange(4)}
    )
    labels = [label for label, _ in shown.drawings]
    assert labels == ["recorded full run, samson", "this build, samson (simulated twin)"]


# What made it


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A git checkout with one commit in the project's place."""
    root = tmp_path / "checkout"
    (root / "book" / "results").mkdir(parents=True)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (root / "code.py").write_text("x = 1\n")

    def git(*words):
        about = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        done = subprocess.run(
            ["git", "-C", root, *about, *words], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit():
        git("add", ".")
        git("commit", "--quiet", "-m", "all of it")

    git("init", "--quiet")
    commit()
    monkeypatch.setattr(paths, "checkout", lambda: root)
    return SimpleNamespace(root=root, head=git("rev-parse", "HEAD"), commit=commit)


def full_record():
    return ledger.record(
        "inss/table-1", scene=SCENE, run=settings("full"), cells=[cell(0.2)], metrics=METRICS
    )


def test_full_record_of_a_clean_commit_names_it(places, repository):
    made = full_record().record
    assert made.commit == repository.head and len(made.commit) == 40
    assert files_under(places / "results") == [f"inss/{NAME}.json"]
    assert made.parameters["seeds"] == 10


@pytest.mark.parametrize("file", ["code.py", "new.py", "book/page.md"])
def test_full_record_of_a_dirty_tree_is_refused(places, repository, file):
    (repository.root / file).write_text("x = 2\n")
    with pytest.raises(BadInput, match=rf"tree has changes \({file.partition('/')[0]}"):
        settings("full")
    assert provenance.commit() == f"{repository.head}+changes"
    assert settings("quick").commit == f"{repository.head}+changes"


def test_a_tree_may_change_once_a_full_run_has_begun(places, repository):
    """The record names the code that was loaded, not what lies there when the work is done."""
    place(repository.root, {"notebooks/made/01-first.py": b"x = 1\n"})
    repository.commit()
    run = settings("full")
    place(repository.root, {"notebooks/made/01-first.py": b"x = 2\n"})
    made = ledger.record(
        "inss/table-1", scene=SCENE, run=run, cells=[cell(0.2)], metrics=METRICS
    ).record
    assert made.commit == run.commit and "+" not in made.commit
    assert provenance.changed_since(made.code) == ["notebooks/made/01-first"]


def test_records_themselves_do_not_make_a_tree_dirty(places, repository):
    (repository.root / "book" / "results" / "one.json").write_text("{}")
    assert full_record().record.commit == repository.head


def test_full_record_outside_git_is_refused(places, repository):
    shutil.rmtree(repository.root / ".git")
    with pytest.raises(BadInput, match="but this is no git checkout"):
        settings("full")
