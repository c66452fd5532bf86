"""``mixedpixels build``: hand ``dodo.py`` to doit."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from doit.doit_cmd import DoitMain

from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.pipeline.build import root

BUILT = ("quick", "full")  # a check compares records and is no book


class BuildFailed(MixedPixelsError, RuntimeError):
    """A task failed; what it said has been printed."""


def run_build(profile: str = "quick", workers: int = 2) -> Path:
    """Build the book; return its first page.

    Raises
    ------
    BadInput
        For an unknown profile, or outside a checkout.
    BuildFailed
        When a notebook or the renderer failed; finished notebooks are kept.
    """
    if profile not in BUILT:
        raise BadInput(f"a book is built with profile {' or '.join(BUILT)}, got {profile!r}")
    base = root()
    # doit swaps both streams for each action and, with threads, may leave a swapped one behind
    with redirect_stdout(sys.stdout), redirect_stderr(sys.stderr):
        code = DoitMain().run(
            [
                "run",
                "-f",
                str(base / "dodo.py"),
                "--dir",
                str(base),
                "--continue",
                f"profile={profile}",
                f"workers={workers}",
            ]
        )
    if code:
        raise BuildFailed("the build stopped; see above. What is done is kept: mend and run again")
    return base / "_build" / "html" / "index.html"
