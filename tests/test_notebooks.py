"""A notebook of each chapter runs where nothing can be fetched, on the twin, and says so.

The others run in the book's build; ``test_pages.py`` checks the copies that it leaves.
"""

import os
import re
from pathlib import Path

import nbformat
import pytest

import page_checks
from mixedpixels import paths
from mixedpixels.pipeline import pairs
from mixedpixels.pipeline.execute import TWIN, NotebookFailed, execute

# One of each chapter that runs through much of the package, with what makes its run small.
SMALL = {
    "guide/01-metric-conventions": {},
    "ssanu/06-urban": {
        "seeds": 2,  # so that the spread over seeds is shown
        "slow_seeds": 1,
        "epochs": 1,
        "cycle_epochs": 1,
        "sun_iterations": 1,
        "restarts": 1,
        "vca_starts": 3,
        "smacc_seeds": 2,
    },
    "symae/05-virtual-images": {"splits": 1, "updates": 10, "references": 2},
}
NOWHERE = "http://127.0.0.1:9"  # a port that refuses: no address answers, on no machine


@pytest.fixture
def alone(tmp_path, monkeypatch) -> Path:
    """No files at hand and no network; what a run leaves goes to a folder of its own."""
    monkeypatch.delenv("MIXEDPIXELS_MIRROR", raising=False)
    monkeypatch.setenv("MIXEDPIXELS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MIXEDPIXELS_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, NOWHERE)
    return tmp_path


def state(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", SMALL)
def test_a_notebook_runs_on_the_twin_and_says_so(name, alone):
    committed = state(paths.results())
    target = alone / "executed.ipynb"
    execute(name, {"device": "cpu", **SMALL[name]}, target)
    assert state(paths.results()) == committed, "a quick run wrote to the committed records"

    notebook = nbformat.read(target, as_version=4)
    for check in page_checks.CHECKS:
        check(name, notebook)
    assert TWIN in "".join(o.get("text", "") for o in page_checks.outputs(notebook))
    for text in page_checks.of_kind(notebook, "text/plain"):
        if text.startswith("<Scene "):
            assert text.endswith(", twin>")
    for record in page_checks.quick_records():
        assert record["profile"] == "quick" and record["origin"] in ("twin", "synthetic")
    assert "threads per process: 1)" in notebook.cells[1].source
    assert "`device=cpu`" in notebook.cells[1].source


def test_no_chapter_is_forgotten():
    chapters = [name.partition("/")[0] for name in SMALL]
    assert sorted({name.partition("/")[0] for name in pairs.names()}) == sorted(chapters)


def test_the_full_profile_never_takes_a_twin(alone, tmp_path, monkeypatch):
    (tmp_path / "git").write_text('#!/bin/sh\ncase "$*" in *rev-parse*) echo 0123abcd;; esac\n')
    (tmp_path / "git").chmod(0o755)  # a clean tree, whatever this one is
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    target = alone / "full.ipynb"
    with pytest.raises(NotebookFailed) as error:
        execute("guide/01-metric-conventions", {"profile": "full", "device": "cpu"}, target)
    text = str(error.value)
    assert re.match(
        r"guide/01-metric-conventions: cell \d+ raised DataUnavailable: samson/\S+ ", text
    )
    assert "set MIXEDPIXELS_MIRROR" in text
    assert not target.exists()
    half = alone / "workspace" / "failed" / "guide" / "01-metric-conventions.ipynb"
    assert text.endswith(f"The copy up to there: {half}") and half.is_file()
