"""The build: a key says what a notebook depends on; what is killed resumes, what fails says why."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import nbformat
import numpy as np
import pytest

import mixedpixels
from made import entry_of, files_under, mat5, place, toml
from made_notebook import add_notebook
from mixedpixels import paths
from mixedpixels.errors import BadInput
from mixedpixels.pipeline import build, execute, keys, run_build

ROOT = Path(__file__).resolve().parent.parent
FIRST = "print('first')"
# says that it runs, then waits to be told to end
SLOW = """
import os
import time
from pathlib import Path

here = Path(os.environ["MADE_UP_STATE"])
(here / "draft").write_text(str(os.getpid()))
(here / "draft").rename(here / "pid")
for _ in range(3000):
    if (here / "go").exists():
        break
    time.sleep(0.02)
print("second")
"""


@pytest.fixture
def skeleton(tmp_path, monkeypatch) -> Path:
    """A checkout without notebooks, with the package in it."""
    root = tmp_path / "checkout"
    no_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "mixedpixels", root / "src" / "mixedpixels", ignore=no_caches)
    shutil.copytree(ROOT / "data_registry", root / "data_registry")
    made = shutil.ignore_patterns("notebooks", "generated", "mathjax")
    shutil.copytree(ROOT / "book", root / "book", ignore=made)
    for name in ("_config.yml", "dodo.py", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    monkeypatch.setenv("MIXEDPIXELS_CACHE", str(tmp_path / "cache"))
    for name in ("MIXEDPIXELS_MIRROR", "MIXEDPIXELS_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return root


@pytest.fixture
def inside(skeleton, monkeypatch) -> Path:
    """The skeleton, taken for the checkout by this process."""
    package = skeleton / "src" / "mixedpixels"
    monkeypatch.setattr(paths, "_PACKAGE", package)
    monkeypatch.setattr(mixedpixels, "__file__", str(package / "__init__.py"))
    assert paths.checkout() == skeleton
    return skeleton


def environment(root: Path) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(root / "src"),
        "MADE_UP_STATE": str(root),
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "1000",
    }


def build_notebooks(root: Path, **popen) -> subprocess.Popen:
    """Start the build up to the executed notebooks; what it says goes to the file ``log``."""
    with (root / "log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "doit", "-f", "dodo.py", "notebook", "workers=2"],
            cwd=root,
            env=environment(root),
            stdout=log,
            stderr=log,
            **popen,
        )


def said(root: Path) -> str:
    return (root / "log").read_text()


def wait_for(path: Path, process: subprocess.Popen) -> None:
    for _ in range(3000):
        if path.exists():
            return
        assert process.poll() is None, f"the build ended before {path} came"
        time.sleep(0.01)
    raise AssertionError(f"{path} did not come within 30 s")


def test_a_killed_build_resumes_with_what_is_whole(skeleton):
    add_notebook(skeleton, "made/01-first", FIRST)
    add_notebook(skeleton, "made/02-slow", SLOW)
    copies, marks = skeleton / "book/notebooks/made", skeleton / ".mixedpixels/built/made"
    process = build_notebooks(skeleton, start_new_session=True)
    wait_for(skeleton / "pid", process)
    wait_for(marks / "01-first.json", process)  # doit starts them in any order
    os.killpg(process.pid, signal.SIGKILL)
    os.kill(int((skeleton / "pid").read_text()), signal.SIGKILL)  # kernels have their own group
    assert process.wait(timeout=10) == -signal.SIGKILL

    named = [name for name in files_under(copies) if not name.startswith(".")]
    assert named == ["01-first.ipynb"], "what stands under its own name is whole"
    nbformat.validate(nbformat.read(copies / "01-first.ipynb", as_version=4))
    assert files_under(marks) == ["01-first.json"]

    (skeleton / "go").touch()
    whole = [copies / "01-first.ipynb", marks / "01-first.json"]
    before = [p.stat().st_mtime_ns for p in whole]
    process = build_notebooks(skeleton)
    assert process.wait(timeout=60) == 0, said(skeleton)
    assert [p.stat().st_mtime_ns for p in whole] == before
    assert "notebook:made/01-first: unchanged" in said(skeleton)
    assert re.search(r"notebook:made/02-slow: \d+ s", said(skeleton))
    second = nbformat.read(copies / "02-slow.ipynb", as_version=4)
    assert second.cells[-1].outputs[0].text == "second\n"
    assert files_under(marks) == ["01-first.json", "02-slow.json"]


def test_a_failing_notebook_stops_the_build_and_says_why(skeleton):
    add_notebook(skeleton, "made/01-first", FIRST)
    add_notebook(skeleton, "made/02-fails", "print('so far')\nraise ValueError('the <cause>')")
    done = subprocess.run(
        [sys.executable, "-m", "mixedpixels.cli", "build", "--workers", "2"],
        cwd=skeleton,
        env=environment(skeleton),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "made/02-fails: cell 3 raised ValueError: the <cause>" in done.stderr
    assert "notebook:made/02-fails: FAILED" in done.stderr
    kept = skeleton / ".mixedpixels/failed/made/02-fails.ipynb"
    assert f"The copy up to there: {kept}\n" in done.stderr
    assert done.stderr.strip().endswith("Finished work is stored: fix it, run again")
    # a kernel that is shut down may complain of its own sockets; of ours there is no traceback
    assert str(Path(execute.__file__).parent) not in done.stderr
    half = nbformat.read(kept, as_version=4)
    assert any("so far" in o.get("text", "") for o in half.cells[-1].outputs)
    # what could be done is done, and nothing else
    assert files_under(skeleton / "book/notebooks") == ["made/01-first.ipynb"]
    assert files_under(skeleton / ".mixedpixels/built") == ["made/01-first.json"]
    assert not (skeleton / "_build").exists()


def test_streams_outlive_the_build(inside, monkeypatch):
    """doit's threads may leave a stream of theirs behind, and the last line would be lost."""
    before = sys.stdout, sys.stderr

    def leave_streams_behind(self, arguments):
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        return 1

    monkeypatch.setattr(run_build.DoitMain, "run", leave_streams_behind)
    with pytest.raises(run_build.BuildFailed, match="the build stopped"):
        run_build.run_build()
    assert (sys.stdout, sys.stderr) == before


def test_executed_copy_tells_time_and_keeps_no_draft(inside):
    add_notebook(inside, "made/01-first", "seeds")
    target = inside / "out" / "here.ipynb"
    seconds = execute.execute("made/01-first", {"seeds": "4"}, target)
    assert 0 < seconds < 30
    assert files_under(inside / "out") == ["here.ipynb"]
    notebook = nbformat.read(target, as_version=4)
    assert notebook.cells[1].source.startswith("*This copy ran in ")
    assert "Parameters: `seeds=4`." in notebook.cells[1].source
    assert notebook.cells[-1].outputs[0]["data"]["text/plain"] == "4"
    assert oct(target.stat().st_mode & 0o777) == oct(0o666 & ~current_umask())


def test_a_copy_made_on_a_twin_says_so(keyed):
    shown = (
        "```{warning}\nThe data were not available when this copy ran: it shows **simulated twins**"
    )

    def told(name, **given):
        execute.execute(name, given, keyed / "out.ipynb")
        return nbformat.read(keyed / "out.ipynb", as_version=4).cells[1].source

    load = "import logging\nlogging.warning('small: the data could not be had; {}')"
    add_notebook(keyed, NAME, load.format(execute.TWIN))
    assert told(NAME).startswith(shown)
    assert execute.ran_on_twins(keyed / "out.ipynb")
    add_notebook(keyed, NAME, load.format("something else is the matter"))
    assert told(NAME).startswith("*This copy ran in ")
    assert not execute.ran_on_twins(keyed / "out.ipynb")


@pytest.mark.parametrize("code", [0, 1])
def test_the_book_is_unbuilt_while_sphinx_runs(inside, monkeypatch, code):
    page = place(inside / "_build", {"html/index.html": b"an older page"}) / "html/index.html"
    keys.remember("book", keys.Built("old", 1.0))
    seen = []

    def sphinx(words, **options):
        seen.append(keys.built("book"))
        seen.append(build.book_key("quick"))
        append("book/index.md")(inside)  # what changes meanwhile makes it build again
        return subprocess.CompletedProcess(words, code, "", "index.md:1: WARNING: the cause")

    monkeypatch.setattr(build.subprocess, "run", sphinx)
    if code:
        with pytest.raises(build.BookFailed, match="the cause"):
            build.build_book("quick")
        assert keys.built("book") is None
    else:
        build.build_book("quick")
        assert keys.built("book").key == seen[1] != build.book_key("quick")
    assert seen[0] is None
    assert page.read_bytes() == b"an older page"


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_failing_notebook_leaves_no_copy_and_keeps_the_old_one(inside):
    add_notebook(inside, "made/01-first", "raise KeyError('x')")
    target = inside / "out.ipynb"
    target.write_text("the old copy")
    with pytest.raises(execute.NotebookFailed, match=r"cell 2 raised KeyError: 'x'"):
        execute.execute("made/01-first", {}, target)
    assert target.read_text() == "the old copy"
    assert [p.name for p in inside.glob(".*.ipynb")] == [], "no draft is left"


def test_nothing_runs_with_a_wrong_parameter_or_an_unpaired_half(inside, monkeypatch):
    path = add_notebook(inside, "made/01-first", FIRST)
    monkeypatch.setattr(execute.papermill, "execute_notebook", None)  # it would be an error
    with pytest.raises(BadInput, match="did you mean seeds"):
        execute.execute("made/01-first", {"sedes": 1}, inside / "out.ipynb")
    path.write_text(path.read_text().replace("first", "changed"))
    with pytest.raises(BadInput, match="make sync"):
        execute.execute("made/01-first", {}, inside / "out.ipynb")
    assert not (inside / "out.ipynb").exists()


# Keys

USES = """
from mixedpixels import plotting, scenes

image = scenes.load("small")
"""
NAME = "ssanu/01-first"


@pytest.fixture
def keyed(inside) -> Path:
    """The skeleton with a notebook that draws and uses a made-up scene, which is not at hand."""
    cube = np.random.default_rng(0).random((3, 4, 5))
    entry = entry_of(cube)
    entry["read"]["cube"]["repair"] = "carriage-returns"
    add_scene(inside, mat5(inside, V=cube), entry)
    add_notebook(inside, NAME, USES)
    return inside


def add_scene(root: Path, content: bytes, entry: dict) -> None:
    (root / "small.mat").write_bytes(content)
    file = {"name": "small/cube.mat", "sha256": sha256(content).hexdigest()}
    known = {"title": "Small", "kind": "scene", "origin": "complete", "source": "made up"}
    known |= {"licence": "none needed", "citation": "nobody", **entry}
    known["file"] = [file | {"bytes": len(content), "addresses": []}]
    text = "\n".join(f"{key} = {toml(value)}" for key, value in known.items())
    (root / "data_registry" / "small.toml").write_text(text)


def key(**parameters) -> str:
    return keys.notebook_key(NAME, {"profile": "quick"} | parameters)


def append(path: str, text: str = "\n# another line\n"):
    def change(root: Path) -> None:
        with (root / path).open("a") as stream:
            stream.write(text)

    return change


def fetch_the_scene(root: Path) -> None:
    place(root.parent / "cache", {"small/cube.mat": (root / "small.mat").read_bytes()})


def record_a_run(root: Path) -> None:
    place(root / "book/results", {"ssanu/table-3--samson--paper--cpu.json": b"{}"})


CODE = "\nanother = 1\n"
CHANGES = {
    "words of a module": append("src/mixedpixels/plotting/maps.py"),  # a page may show them
    "source": append(f"notebooks/{NAME}.py"),
    "the half that runs": append(f"notebooks/{NAME}.ipynb", "\n"),
    "a template": append("src/mixedpixels/ledger/new.html"),
    "module imported": append("src/mixedpixels/plotting/__init__.py", CODE),
    "module imported by a module": append("src/mixedpixels/plotting/maps.py", CODE),
    "module that executes": append("src/mixedpixels/pipeline/execute.py", CODE),
    "reader of scenes": append("src/mixedpixels/scenes/readers/matlab.py", CODE),
    "a repair of the scene": append(
        "src/mixedpixels/scenes/readers/repair/carriage_returns.py", CODE
    ),
    "simulator of twins": append("src/mixedpixels/scenes/simulate/twins.py", CODE),
    "module of the simulator": append("src/mixedpixels/scenes/simulate/shapes.py", CODE),
    "pins": append("constraints.txt"),
    "claims": append("book/claims/ssanu/table-3.csv", "\n"),
    "checks": append("book/claims/ssanu/checks.toml"),
    "titles": append("book/claims/artifacts.csv", "\n"),
    "records": record_a_run,
    "registry entry": append("data_registry/small.toml"),
    "data at hand": fetch_the_scene,
}
NO_CHANGES = {
    "unused module": append("src/mixedpixels/products/unmix.py", CODE),
    "command line": append("src/mixedpixels/cli.py", CODE),
    "a repair of other scenes": append(
        "src/mixedpixels/scenes/readers/repair/whole_numbers.py", CODE
    ),
    "another scene": append("data_registry/samson.toml"),
    "another notebook": lambda root: add_notebook(root, "ssanu/02-second", FIRST),
    "prose": append("book/index.md"),
    "a cache of bytecode": lambda root: place(
        root,
        {"book/claims/ssanu/__pycache__/x.pyc": b"x", "src/mixedpixels/__pycache__/x.pyc": b"x"},
    ),
    "a second look": lambda root: None,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_key_changes_with(keyed, change):
    before = key()
    change(keyed)
    assert key() != before


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES.keys())
def test_key_does_not_change_with(keyed, change):
    before = key()
    change(keyed)
    assert key() == before


def test_key_changes_with_a_parameter(keyed):
    found = {key(), key(seeds=1), key(seeds=2), key(profile="full")}
    assert len(found) == 4


def test_records_do_not_age_the_full_run_that_wrote_them(keyed):
    before = key(profile="full")
    record_a_run(keyed)
    assert key(profile="full") == before
    append("book/claims/ssanu/checks.toml")(keyed)
    assert key(profile="full") != before


def test_a_forgotten_key_is_gone(keyed):
    keys.remember(NAME, keys.Built("abc", 1.0))
    keys.forget(NAME)
    keys.forget(NAME)
    assert keys.built(NAME) is None


def test_key_is_the_same_wherever_the_checkout_lies(keyed, monkeypatch):
    before = key()
    moved = keyed.parent / "elsewhere"
    keyed.rename(moved)
    monkeypatch.setattr(paths, "_PACKAGE", moved / "src" / "mixedpixels")
    monkeypatch.setattr(mixedpixels, "__file__", str(moved / "src" / "mixedpixels" / "__init__.py"))
    assert key() == before


def test_built_only_with_both_copy_and_key(keyed):
    copy = keyed / "book/notebooks" / f"{NAME}.ipynb"
    keys.remember(NAME, keys.Built(key(), 1.5))
    assert not execute.is_built(NAME, "quick")
    place(copy.parent, {copy.name: b"{}"})
    assert execute.is_built(NAME, "quick")
    assert not execute.is_built(NAME, "full")
    assert keys.built(NAME) == keys.Built(key(), 1.5)
    append("constraints.txt")(keyed)
    assert not execute.is_built(NAME, "quick")


def test_key_of_a_build_is_that_of_its_start(inside, monkeypatch):
    """What changes while a notebook runs makes it run again."""
    path = add_notebook(inside, "made/01-first", FIRST)

    def run_and_change(name, given, output):
        path.write_text(path.read_text() + "\n")
        place(output.parent, {output.name: b"{}"})
        return 1.0

    monkeypatch.setattr(execute, "execute", run_and_change)
    execute.build_one("made/01-first", "quick")
    assert not execute.is_built("made/01-first", "quick")


def test_workspace_can_be_put_elsewhere(inside, monkeypatch, tmp_path):
    assert paths.workspace() == inside / ".mixedpixels"
    monkeypatch.setenv("MIXEDPIXELS_WORKSPACE", str(tmp_path / "work"))
    keys.remember("made/01-first", keys.Built("abc", 1.0))
    assert files_under(tmp_path / "work") == ["built/made/01-first.json"]
    assert json.loads((tmp_path / "work/built/made/01-first.json").read_text())["key"] == "abc"


def test_whole_takes_its_name_only_at_the_end(tmp_path):
    target = tmp_path / "new" / "page.html"
    with paths.whole(target) as draft:
        draft.write_text("half")
        assert not target.exists() and draft.suffix == ".html" and draft.parent == target.parent
    assert target.read_text() == "half"
    with pytest.raises(RuntimeError), paths.whole(target) as draft:
        draft.write_text("worse")
        raise RuntimeError
    assert target.read_text() == "half"
    assert files_under(tmp_path) == ["new/page.html"]


def test_a_kernel_that_dies_once_is_started_again(monkeypatch, tmp_path):
    calls = []

    def dying(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(execute.papermill, "execute_notebook", dying)
    execute._run(tmp_path / "a.ipynb", tmp_path / "b.ipynb", {}, tmp_path)
    assert len(calls) == 2


def test_a_kernel_that_keeps_dying_is_an_error(monkeypatch, tmp_path):
    def dying(*args, **kwargs):
        raise RuntimeError("Kernel died")

    monkeypatch.setattr(execute.papermill, "execute_notebook", dying)
    with pytest.raises(RuntimeError, match="Kernel died"):
        execute._run(tmp_path / "a.ipynb", tmp_path / "b.ipynb", {}, tmp_path)
