"""Every notebook runs top to bottom where nothing can be fetched, on the twin, and says so."""

import json
import os
import re
from pathlib import Path

import nbformat
import pytest

from markup import read
from mixedpixels import paths
from mixedpixels.pipeline import keys, pairs, parameters
from mixedpixels.pipeline.execute import TWIN, NotebookFailed, execute

# what makes a run small, for the notebooks that have such a parameter
SMALL = {
    "seeds": 1,
    "vca_starts": 3,
    "smacc_seeds": 2,
    "starts": 2,
    "restarts": 1,
    "epochs": 1,
    "cycle_epochs": 1,
    "sun_iterations": 1,
    "size": 16,
    "splits": 1,
    "updates": 10,
    "crop_updates": 10,
    "study_updates": 10,
    "block_updates": 10,
    "classifier_updates": 10,
    "transformer_epochs": 1,
    "judged": 60,
    "stacked": 1,
    "references": 2,
    "repeats": 1,
    "copies": 1,
    "device": "cpu",
}
# one seed, as in the profile check, but on one page that shows how seeds differ
SEVERAL = ("ssanu/05-jasper-ridge",)
NOWHERE = "http://127.0.0.1:9"  # a port that refuses: no address answers, on no machine


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Nothing at hand and nothing to be had; what a run leaves goes to a folder of its own."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MIXEDPIXELS_MIRROR", raising=False)
        patch.setenv("MIXEDPIXELS_CACHE", str(folder / "cache"))
        patch.setenv("MIXEDPIXELS_WORKSPACE", str(folder / "workspace"))
        patch.setenv("OMP_NUM_THREADS", "1")
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.setenv(name, NOWHERE)
        yield folder


def state(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def executed(request, alone):
    """The name of a notebook and its executed copy."""
    name = request.param
    declared = parameters.declared(pairs.folder() / f"{name}.ipynb")
    given = {k: v for k, v in SMALL.items() if k in declared}
    if name in SEVERAL:
        given["seeds"] = 2
    kept = state(paths.results())
    target = alone / "executed" / f"{name}.ipynb"
    seconds = execute(name, given, target)
    assert seconds < 60
    assert state(paths.results()) == kept, "a quick run wrote to the committed records"
    return name, nbformat.read(target, as_version=4)


def outputs(notebook) -> list:
    return [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]


def of_kind(notebook, mime: str) -> list[str]:
    return [o["data"][mime] for o in outputs(notebook) if mime in o.get("data", {})]


class Notebooks:
    """What holds for each notebook of a chapter; a process takes a chapter."""

    chapter = ""

    def test_runs_top_to_bottom(self, executed):
        name, notebook = executed
        source = nbformat.read(pairs.folder() / f"{name}.ipynb", as_version=4)
        code = [c.source for c in notebook.cells if c.cell_type == "code"]
        for cell in source.cells:
            if cell.cell_type == "code":
                assert cell.source in code
        counts = [c.execution_count for c in notebook.cells if c.cell_type == "code" and c.source]
        assert counts == list(range(1, len(counts) + 1))
        assert not [o for o in outputs(notebook) if o.output_type == "error"]

    def test_announces_the_twin(self, executed):
        name, notebook = executed
        if not keys.scenes_named(pairs.source(name)):
            pytest.skip("uses no registered scene")
        told = "".join(o.get("text", "") for o in outputs(notebook))
        assert TWIN in told
        for html in of_kind(notebook, "text/html"):
            if 'class="mp-build"' in html:  # a table of printed numbers alone shows no twin
                assert 'class="mp-twin-banner"' in html
        for text in of_kind(notebook, "text/plain"):
            if text.startswith("<Scene "):
                assert text.endswith(", twin>")

    def test_every_record_of_a_twin_says_so(self, executed, alone):
        for path in (alone / "workspace" / "records").rglob("*.json"):
            content = json.loads(path.read_text(encoding="utf-8"))
            assert content["profile"] == "quick"
            assert content["origin"] in ("twin", "synthetic")  # some pages simulate by design

    def test_every_registered_artefact_is_shown(self, executed, alone):
        """What the notebook records is in its records, each under the artefact's id."""
        name, _ = executed
        asked = set(re.findall(r'(?:ledger\.record|Comparison)\(\s*"([^"]+)"', pairs.source(name)))
        kept = {
            json.loads(p.read_text(encoding="utf-8"))["artifact"]
            for p in (alone / "workspace" / "records").rglob("*.json")
        }
        assert asked <= kept

    def test_every_picture_has_alternative_text(self, executed):
        _, notebook = executed
        for html in of_kind(notebook, "text/html"):
            for image in read(html).all("img"):
                assert len(image.attributes.get("alt", "").split()) >= 4
        for text in of_kind(notebook, "text/markdown"):
            assert not re.search(r"!\[\s*\]\(", text)
        for o in outputs(notebook):
            bare = {m for m in o.get("data", {}) if m.startswith("image/")}
            assert not bare, "a figure shown without plotting.picture has no alternative text"

    def test_html_of_every_output_is_balanced(self, executed):
        for html in of_kind(executed[1], "text/html"):
            read(html)

    def test_time_and_hardware_are_measured_under_the_title(self, executed):
        name, notebook = executed
        assert notebook.cells[0].source.startswith("# ")
        said = notebook.cells[1].source
        if keys.scenes_named(pairs.source(name)):
            warning, said = said.split("\n```\n\n")
            assert warning.startswith("```{warning}\n") and "**simulated twins**" in warning
        assert re.match(r"\*This copy ran in \d+ s on \d+ processor cores ", said)
        assert "threads per process: 1)" in said and "`device=cpu`" in said

    def test_nothing_of_this_machine_is_printed(self, executed):
        """A page must not show where it was made; only the warning about missing data may."""
        for o in outputs(executed[1]):
            if o.output_type != "stream":
                text = json.dumps(o.get("data", {}))
                for place in (str(paths.checkout()), f"{Path.home()}/"):
                    assert place not in text

    def test_what_html_shows_is_not_spelt_out_again(self, executed):
        """A reader without HTML gets a line, not a picture's bytes."""
        for o in outputs(executed[1]):
            data = o.get("data", {})
            if "<img" in data.get("text/html", "") or "mp-table" in data.get("text/html", ""):
                assert len(data["text/plain"]) < 1500


class TestGuide(Notebooks):
    chapter = "guide"


class TestSsanu(Notebooks):
    chapter = "ssanu"


class TestSymae(Notebooks):
    chapter = "symae"


def pytest_generate_tests(metafunc):
    if "executed" in metafunc.fixturenames:
        named = [n for n in pairs.names() if n.startswith(f"{metafunc.cls.chapter}/")]
        metafunc.parametrize("executed", named, indirect=True, scope="module")


def test_no_chapter_is_forgotten():
    tested = {made.chapter for made in Notebooks.__subclasses__()}
    assert {name.partition("/")[0] for name in pairs.names()} == tested


def test_the_full_profile_never_takes_a_twin(alone, tmp_path, monkeypatch):
    (tmp_path / "git").write_text('#!/bin/sh\ncase "$*" in *rev-parse*) echo 0123abcd;; esac\n')
    (tmp_path / "git").chmod(0o755)  # a clean tree, whatever this one is
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    target = alone / "full.ipynb"
    with pytest.raises(NotebookFailed) as error:
        execute("guide/01-metric-conventions", {"profile": "full", "device": "cpu"}, target)
    text = str(error.value)
    assert re.match(
        r"guide/01-metric-conventions: cell \d+ raised DataUnavailable: samson/\S+ could not be ",
        text,
    )
    assert "set MIXEDPIXELS_MIRROR" in text
    assert not target.exists()
    kept = alone / "workspace" / "failed" / "guide" / "01-metric-conventions.ipynb"
    assert text.endswith(f"The copy up to there: {kept}") and kept.is_file()
