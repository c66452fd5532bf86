"""The command line: an error is one line with what to do, never a traceback."""

import json
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from made import files_under, place
from made_ledger import record
from made_notebook import add_notebook
from mixedpixels import __version__, cli, paths, provenance
from mixedpixels.ledger.records import save
from mixedpixels.ledger.verdicts import ORDER


@pytest.fixture
def mixedpixels(monkeypatch, capsys):
    """The command as a function: words in; exit code, what it says and what it complains of out."""

    def command(*words: str) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["mixedpixels", *words])
        try:
            cli.app()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return command


def test_help_lists_the_commands(mixedpixels):
    done = mixedpixels("--help")
    assert done.code == 0
    for command in ("data", "run", "build", "scoreboard", "unmix"):
        assert f" {command} " in done.out
    for command in ("list", "fetch", "verify"):
        assert f" {command} " in mixedpixels("data", "--help").out


@pytest.mark.parametrize("command", ["run", "build", "scoreboard", "unmix", "data verify"])
def test_every_command_has_help(mixedpixels, command):
    assert mixedpixels(*command.split(), "--help").code == 0


def test_version(mixedpixels):
    assert mixedpixels("--version").out == f"mixedpixels {__version__}\n"


def test_runs_as_a_module():
    words = [sys.executable, "-m", "mixedpixels.cli", "data", "verify", "samsom"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == (
        "mixedpixels: no scene or library is called 'samsom'; did you mean samson or salinas-a?\n"
    )


def test_stopped_by_hand(mixedpixels, monkeypatch):
    def stop():
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_app", stop)
    done = mixedpixels("build")
    assert (done.code, done.err) == (130, "mixedpixels: stopped\n")


# The scoreboard


def test_scoreboard_for_programs(mixedpixels):
    done = mixedpixels("scoreboard", "--json")
    board = json.loads(done.out)
    assert (done.code, len(board)) == (0, 86)
    keys = "artifact paper kind title notebook scenes origins seconds stale verdict verdicts cells"
    fields = "row column metric printed ours n reading verdict reason"
    for line in board:
        assert list(line) == keys.split()
        assert line["verdict"] in ORDER and set(line["verdicts"]) <= set(ORDER)
        paper = [cell for cell in line["cells"] if cell["reading"] == "paper"]
        assert sum(line["verdicts"].values()) == max(len(paper), 1)
        for cell in line["cells"]:
            assert list(cell) == fields.split()
            assert cell["reading"] in ("paper", "best") and cell["verdict"] in ORDER
            assert (cell["ours"] is None) == (cell["n"] is None)
        assert isinstance(line["stale"], bool)
        assert (line["seconds"] is None) == (line["scenes"] == []) == (line["origins"] == [])
    tables = [line["cells"] for line in board if line["artifact"].startswith("ssanu/table")]
    printed = [sum(cell["reading"] == "paper" for cell in cells) for cells in tables]
    assert printed == [9, 5, 25, 30, 30, 10, 10, 8]


def test_scoreboard_of_one_paper(mixedpixels):
    board = json.loads(mixedpixels("scoreboard", "ssanu", "--json").out)
    assert len(board) == 22 and {line["artifact"].partition("/")[0] for line in board} == {"ssanu"}
    done = mixedpixels("scoreboard", "sanu")
    assert (done.code, done.err.startswith("mixedpixels: no paper 'sanu'; there are symae")) == (
        1,
        True,
    )


def test_scoreboard_for_people(mixedpixels):
    done = mixedpixels("scoreboard")
    assert done.code == 0
    assert "ssanu/table-3" in done.out
    said = " ".join(done.out.split())
    assert "of 86 tables and figures are begun" in said
    assert "hours, with fits that several artefacts share counted once" in said


# One line for what is wrong


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["data", "fetch", "samsom"],
            "no scene or library is called 'samsom'; did you mean samson",
        ),
        (
            ["data", "verify", "../samson"],
            "no scene or library is called '../samson'; did you mean",
        ),
        (
            ["run", "ssanu/04-samsom"],
            "no notebook is called 'ssanu/04-samsom'; near: ssanu/04-samson",
        ),
        (
            ["run", "ssanu/04-samson", "-p", "vca_start=3"],
            "04-samson has no parameter 'vca_start'; did you mean vca_starts? It has profile, ",
        ),
        (
            ["run", "ssanu/04-samson", "-p", "vca_starts=many"],
            "parameter vca_starts: expected int, got 'many'",
        ),
        (["run", "ssanu/04-samson", "-p", "vca_starts"], "-p wants name=value, got 'vca_starts'"),
        (
            ["run", "ssanu/04-samson", "-p", "profile=full"],
            "the profile has an option of its own: --profile",
        ),
        (
            ["run", "ssanu/04-samson", "--out", "mine"],
            "--out wants a folder that exists or a name in .ipynb, got mine",
        ),
        (
            ["unmix", "mine.hdr", "-e", "3", "--out", "out", "--search", "edda"],
            "search must be one of edaa, vca, got 'edda'",
        ),
        (["build", "--profile", "ful"], "a book is built with profile quick or full, got 'ful'"),
    ],
)
def test_one_line_and_exit_code_1(mixedpixels, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIXEDPIXELS_WORKSPACE", str(tmp_path / "workspace"))
    done = mixedpixels(*words)
    assert done.code == 1
    assert done.err.startswith(f"mixedpixels: {told}")
    assert done.err.count("\n") == 1
    assert not [f for f in files_under(tmp_path) if f.endswith(".ipynb")]


@pytest.mark.parametrize(
    "words",
    [["runn"], ["run"], ["build", "--workers", "0"], ["scoreboard", "--jsn"], ["data", "fetch"]],
)
def test_wrong_usage_is_exit_code_2(mixedpixels, words):
    done = mixedpixels(*words)
    assert done.code == 2
    assert "Usage: " in done.err and "Traceback" not in done.err


# Data


def row_of(text: str, name: str) -> list[str]:
    (line,) = [x for x in text.splitlines() if x.split()[:1] == [name]]
    return line.split()


def test_data_list(mixedpixels, empty_cache):
    done = mixedpixels("data", "list")
    assert done.code == 0
    samson = row_of(done.out, "samson")
    assert samson[1:3] == ["scene", "complete"] and samson[-1] == "no"
    assert row_of(done.out, "usgs-1995")[1] == "library"
    assert done.out.endswith(f"\ncache: {empty_cache}; mirror: none\n")


def test_data_list_sees_the_mirror(mixedpixels, small, tmp_path, monkeypatch):
    assert row_of(mixedpixels("data", "list").out, "small")[-1] == "no"
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(place(tmp_path / "mirror", small)))
    listed = mixedpixels("data", "list").out
    assert row_of(listed, "small")[-1] == "yes"
    assert listed.endswith(f"; mirror: {tmp_path / 'mirror'}\n")


def test_data_verify(mixedpixels, small, tmp_path, monkeypatch):
    done = mixedpixels("data", "verify")
    assert (done.code, done.out) == (0, "small: small/cube.mat: not available\n")
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(place(tmp_path / "mirror", small)))
    done = mixedpixels("data", "verify", "small")
    assert done.code == 0
    assert done.out == (
        "small: small/cube.mat: right\nsmall: reads as <Scene small: 3×4 pixels, 5 bands, complete>\n"
    )


def test_data_verify_of_a_name_that_is_not_at_hand(
    mixedpixels, small, empty_cache, tmp_path, monkeypatch
):
    done = mixedpixels("data", "verify", "small")
    assert (done.code, done.out) == (1, "small: small/cube.mat: not available\n")
    told = f"mixedpixels: small: looked in the cache {empty_cache} and "
    assert done.err == told + "in no mirror, because none is set\n"
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(tmp_path))
    done = mixedpixels("data", "verify", "small")
    assert (done.code, done.err) == (1, f"{told}the mirror {tmp_path}\n")


def test_data_verify_finds_a_corrupted_file(mixedpixels, small, tmp_path, monkeypatch):
    content = bytearray(small["small/cube.mat"])
    content[-1] ^= 1
    mirror = place(tmp_path / "mirror", {"small/cube.mat": bytes(content)})
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(mirror))
    done = mixedpixels("data", "verify", "small")
    assert done.code == 1
    assert done.err.count("\n") == 1
    path = mirror / "small" / "cube.mat"
    assert done.err.startswith(
        f"mixedpixels: {path} is not the registered small/cube.mat: expected {len(content)} bytes "
    )
    assert done.err.endswith("Replace it in the mirror, or unset the mirror\n")


def test_data_fetch_takes_from_the_mirror_without_a_copy(mixedpixels, small, tmp_path, monkeypatch):
    mirror = place(tmp_path / "mirror", small)
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(mirror))
    done = mixedpixels("data", "fetch", "all")
    assert (done.code, done.out) == (0, f"small: {mirror / 'small' / 'cube.mat'}\n")
    assert not paths.cache().exists()


def test_data_fetch_says_what_was_tried(mixedpixels, small):
    done = mixedpixels("data", "fetch", "small")
    assert done.code == 1 and "Traceback" not in done.err
    assert done.err.startswith("mixedpixels: small/cube.mat could not be obtained. Tried:\n")
    assert "set MIXEDPIXELS_MIRROR" in done.err


# A notebook


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A checkout with one notebook in the project's place, and an empty working directory."""
    root, here = tmp_path / "checkout", tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(paths, "checkout", lambda: root)
    monkeypatch.delenv("MIXEDPIXELS_WORKSPACE", raising=False)
    code = "if profile == 'full':\n    raise ValueError('too long')\nprint(profile, seeds + 1)"
    add_notebook(root, "made/01-first", code)
    return here


def test_run_leaves_a_notebook_and_a_page(mixedpixels, notebook):
    done = mixedpixels("run", "made/01-first.py", "-p", "seeds=4")
    assert done.code == 0
    first, copy, page = done.out.splitlines()
    assert first.startswith("made/01-first: ") and first.endswith(" s")
    assert copy.strip() == str(notebook / "runs/made/01-first.ipynb")
    assert page.strip() == str(notebook / "runs/made/01-first.html")
    assert files_under(notebook) == [
        "runs/made/01-first.html",
        "runs/made/01-first.ipynb",
        "runs/made/mathjax/tex-svg-full.js",  # formulas need no network
    ]
    executed = nbformat.read(notebook / "runs/made/01-first.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0].text == "quick 5\n"
    html = (notebook / "runs/made/01-first.html").read_text(encoding="utf-8")
    assert "quick 5" in html and "too long" not in html  # no code


def test_run_of_a_failing_notebook(mixedpixels, notebook):
    words = ["made/01-first", "--profile", "full", "--out", "mine.ipynb"]
    done = mixedpixels("run", *words)
    assert done.code == 1 and "Traceback" not in done.err
    assert done.err.startswith(
        "mixedpixels: made/01-first: cell 3 raised ValueError: too long\nThe copy up to there: "
    )
    assert files_under(notebook) == []


def test_run_into_a_folder(mixedpixels, notebook):
    (notebook / "mine").mkdir()
    assert mixedpixels("run", "made/01-first", "--out", "mine").code == 0
    assert files_under(notebook)[:2] == ["mine/01-first.html", "mine/01-first.ipynb"]


def test_run_never_writes_among_the_sources(mixedpixels, notebook):
    sources = paths.checkout() / "notebooks"
    before = {f: (sources / f).read_bytes() for f in files_under(sources)}
    for out in (sources, sources / "made", sources / "made/01-first.ipynb"):
        done = mixedpixels("run", "made/01-first", "--out", str(out))
        assert done.code == 1 and "is among the notebooks' sources" in done.err
    assert {f: (sources / f).read_bytes() for f in files_under(sources)} == before


def test_a_missing_extra_is_one_line(mixedpixels, monkeypatch):
    def lacking(name):
        def fail():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

        monkeypatch.setattr(cli, "_app", fail)

    lacking("papermill.iorw")
    done = mixedpixels("run", "x")
    assert done.code == 1 and done.err.count("\n") == 1
    assert "needs papermill.iorw; pip install 'mixedpixels[book]'" in done.err
    lacking("of_ours")
    with pytest.raises(ModuleNotFoundError):
        mixedpixels("run", "x")


@pytest.mark.parametrize("simulated", [True, False])
def test_build_ends_by_naming_the_twins(mixedpixels, notebook, monkeypatch, simulated):
    from mixedpixels.pipeline import execute, run_build

    monkeypatch.setattr(run_build, "run_build", lambda profile, workers: "page.html")
    monkeypatch.setattr(execute, "executed_copy", lambda name: name)
    monkeypatch.setattr(execute, "ran_on_twins", lambda copy: simulated and copy == "made/01-first")
    done = mixedpixels("build")
    twins = "run on simulated twins, because data are not available: made/01-first\n"
    assert (done.code, done.out) == (0, (twins if simulated else "") + "the book: page.html\n")


def test_run_of_a_check_says_what_it_found(mixedpixels, notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "require_clean", lambda: "0123abcd")
    monkeypatch.setattr(paths, "results", lambda: tmp_path / "results")
    done = mixedpixels("run", "made/01-first", "--profile", "check")
    assert (done.code, done.out.splitlines()[3]) == (
        0,
        "  it records nothing, so nothing was checked",
    )
    told = {"notebook": "made/01-first", "numbers": 7, "largest": 0.00012, "lucky": 2}
    for commit, name in (("0123abcd", "table-1"), ("older", "table-2")):
        checked = told | {"commit": commit}
        save(record(artifact=f"inss/{name}", checked=checked), tmp_path / "results")
    done = mixedpixels("run", "made/01-first", "--profile", "check")
    assert done.out.splitlines()[3:] == [
        "  table-1--samson--paper--cpu: 7 numbers, 0.0001 apart at most; 2 others within the seeds' "
        "spread"
    ]
