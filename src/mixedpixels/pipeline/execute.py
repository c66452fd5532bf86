"""Execution of one notebook with strict parameters, to a complete copy or a clear error."""

import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from mixedpixels import paths
from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.pipeline import keys, pairs, parameters

TWIN = "using its simulated twin"  # what :func:`mixedpixels.scenes.load` says when it loads a twin


class NotebookFailed(MixedPixelsError, RuntimeError):
    """A cell raised an error; the message holds the error and the path of the partial copy."""


def execute(name: str, given: dict[str, Any], output: Path) -> float:
    """Run a notebook and write its executed copy.

    Parameters
    ----------
    name
        The name of the notebook, such as ``ssanu/04-samson``.
    given
        Its parameters; see :func:`mixedpixels.pipeline.parameters.check`.
    output
        The path of the executed ``.ipynb`` file, which appears only when it is complete.

    Returns
    -------
    float
        The seconds of the run.

    Raises
    ------
    UnknownName
        For an unknown notebook.
    BadInput
        For a pair of files that differ, or a wrong parameter.
    NotebookFailed
        When a cell raises an error, or the kernel dies twice.
    """
    path = pairs.find(name)
    pairs.agree(path)
    notebook = path.with_suffix(".ipynb")
    checked = parameters.check(notebook, given)
    scratch = paths.workspace() / "scratch"  # a notebook must not rely on its folder
    scratch.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with paths.whole(output) as draft:
        try:
            _run(notebook, draft, checked, scratch)
        except PapermillExecutionError as error:
            kept = paths.workspace() / "failed" / f"{name}.ipynb"
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(draft, kept)
            raise NotebookFailed(
                f"{name}: cell {error.exec_count} raised {error.ename}: {error.evalue}\n"
                f"The copy up to there: {kept}"
            ) from None
        except RuntimeError as error:  # nbclient and jupyter_client raise it for a dead kernel
            raise NotebookFailed(
                f"{name}: the kernel died twice ({error}); out of memory?"
            ) from error
        seconds = time.perf_counter() - started
        _say_what_it_took(draft, checked, seconds)
    return seconds


def _run(notebook: Path, draft: Path, values: dict[str, Any], scratch: Path) -> None:
    """Run a notebook, and run it a second time when its kernel dies.

    Two kernels that start at the same moment may get the same port, and then one of them dies.
    """
    for last in (False, True):
        try:
            papermill.execute_notebook(
                str(notebook),
                str(draft),
                values,
                kernel_name="python3",
                cwd=str(scratch),
                progress_bar=False,
                # ipykernel warns about a kernel without encryption otherwise
                config=Config({"KernelManager": {"transport_encryption": "auto"}}),
            )
            return
        except RuntimeError:
            if last:
                raise


def build_one(name: str, profile: str) -> None:
    """Execute a notebook for the book and store its key."""
    values = {"profile": profile}
    key = keys.notebook_key(name, values)  # before the run, from the files that it starts from
    seconds = execute(name, values, executed_copy(name))
    keys.remember(name, keys.Built(key, seconds))


def build_one_apart(name: str, profile: str, threads: int | None) -> None:
    """Run :func:`build_one` in a separate process.

    Parameters
    ----------
    name, profile
        As in :func:`build_one`.
    threads
        The number of computing threads of the process; None leaves the choice to the libraries.

    Raises
    ------
    NotebookFailed
        When the process fails; the message holds what it printed.
    """
    environment = dict(os.environ)
    if threads:
        environment |= {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [sys.executable, "-m", "mixedpixels.pipeline.execute", name, profile],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise NotebookFailed(f"{name} failed:\n{(done.stderr or done.stdout).strip()}")


def is_built(name: str, profile: str) -> bool:
    """Return whether the executed copy exists and was made from the present files."""
    known = keys.built(name)
    return (
        known is not None
        and executed_copy(name).is_file()
        and known.key == keys.notebook_key(name, {"profile": profile})
    )


def executed_copy(name: str) -> Path:
    """Return the path at which the book finds a notebook's executed copy."""
    root = paths.checkout()
    if root is None:
        raise BadInput("the book is built in a checkout; clone the project and run there")
    return root / "book" / "notebooks" / f"{name}.ipynb"


def ran_on_twins(copy: Path) -> bool:
    """Return whether an executed copy used a simulated twin, by the message of the load."""
    cells = nbformat.read(copy, as_version=4).cells
    said = (o.get("text", "") for c in cells for o in c.get("outputs", ()))
    return any(TWIN in text for text in said)


def _say_what_it_took(path: Path, values: dict[str, Any], seconds: float) -> None:
    """Insert the time and the hardware below the title, and a warning where twins were used."""
    notebook = nbformat.read(path, as_version=4)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    threads = os.environ.get("OMP_NUM_THREADS", "all")
    given = ", ".join(f"`{k}={v}`" for k, v in values.items()) or "none given"
    text = (
        f"*This copy ran in {seconds:.0f} s on {cores} processor cores ({platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, threads per process: "
        f"{threads}). Parameters: {given}.*"
    )
    if ran_on_twins(path):
        text = (
            "```{warning}\nThe data were not available when this copy ran: it shows **simulated "
            "twins** of the scenes. Its measurements say nothing about a paper. Recorded full runs, "
            "where it shows them, are real.\n```\n\n" + text
        )
    after_title = next(i for i, c in enumerate(notebook.cells) if c.source.startswith("# ")) + 1
    notebook.cells.insert(after_title, nbformat.v4.new_markdown_cell(text))
    nbformat.write(notebook, path)


if __name__ == "__main__":
    try:
        build_one(*sys.argv[1:])
    except MixedPixelsError as error:
        sys.exit(str(error))
