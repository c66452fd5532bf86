"""The steps of the book's build: data, executed notebooks, generated pages and HTML."""

import re
import shutil
import subprocess
import sys
import time
from importlib.metadata import files as package_files
from pathlib import Path

from mixedpixels import paths, scenes
from mixedpixels.errors import BadInput, DataUnavailable, MixedPixelsError
from mixedpixels.pipeline import keys, pairs
from mixedpixels.scenes import fetch

_MATHJAX = "tex-svg-full.js"  # contains every extension, so nothing is loaded later


class BookFailed(MixedPixelsError, RuntimeError):
    """Sphinx failed or gave warnings; the message holds its warnings or the end of its output."""


def root() -> Path:
    """Return the checkout in which the book is built.

    Raises
    ------
    BadInput
        For an installed package without a checkout.
    """
    found = paths.checkout()
    if found is None:
        raise BadInput("the book is built in a checkout; clone the project and run there")
    return found


def fetch_data() -> None:
    """Try to fetch the data of every notebook before the first one starts.

    Data that are not available are skipped. The notebook's own ``load`` then raises an error or uses
    the twin, depending on the profile.
    """
    wanted = {n for name in pairs.names() for n in keys.scenes_named(pairs.source(name))}
    for name in sorted(wanted):
        for file in scenes.entry(name).files:
            try:
                fetch.obtain(file, progress=False)
            except DataUnavailable as error:
                # to the original stream, because doit captures what its tasks print
                print(f"{name}: {error}", file=sys.__stderr__)
                break


def book_key(profile: str) -> str:
    """Return the key of the built pages, a digest of everything that Sphinx reads."""
    base = root()
    return keys.digest(
        {
            "book": keys.tree_digest(base / "book"),
            "config": keys.file_digest(base / "_config.yml"),
            "package": keys.tree_digest(base / "src", "**/*.py"),
            "pins": keys.file_digest(base / "constraints.txt"),
            "profile": profile,
        }
    )


def book_is_built(profile: str) -> bool:
    """Return whether the HTML exists and was made from the present files."""
    known = keys.built("book")
    index = root() / "_build" / "html" / "index.html"
    return known is not None and index.is_file() and known.key == book_key(profile)


def build_book(profile: str) -> None:
    """Run Jupyter Book with warnings as errors.

    Raises
    ------
    BookFailed
        When it fails or warns; the message holds its warnings or the end of its output.
    """
    base = root()
    place_mathjax(base / "book" / "assets" / "mathjax")
    if keys.built("book") is None:
        # Sphinx warns only about pages that it reads again. After a build that failed or was killed,
        # warnings about pages that it had read already would be missed.
        shutil.rmtree(base / "_build" / ".doctrees", ignore_errors=True)
    keys.forget("book")
    key, started = book_key(profile), time.perf_counter()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from jupyter_book.cli.main import main; main()",
            "build",
            "book",
            "--config",
            "_config.yml",
            "--path-output",
            ".",
            "-W",
            "--keep-going",
        ],
        cwd=base,
        capture_output=True,
        text=True,
    )
    log = paths.workspace() / "book.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    told = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    log.write_text(told, encoding="utf-8")
    if done.returncode:
        lines = told.splitlines()
        wrong = [x for x in lines if re.search(r"\b(WARNING|ERROR|CRITICAL|Error)\b", x)]
        wrong = wrong or lines[-20:]
        raise BookFailed(
            "\n".join(
                [
                    "Jupyter Book stopped; warnings count as errors:",
                    *wrong[:40],
                    f"The whole output: {log}",
                ]
            )
        )
    keys.remember("book", keys.Built(key, time.perf_counter() - started))


def place_mathjax(folder: Path) -> Path:
    """Copy MathJax from its package, so that formulas need no network; return its path."""
    target = folder / _MATHJAX
    if not target.is_file():
        source = next(
            f for f in package_files("sphinx-mathjax-offline") or () if f.name == _MATHJAX
        )
        with paths.whole(target) as draft:
            draft.write_bytes(Path(source.locate()).read_bytes())
    return target
