"""``mixedpixels build``, which runs ``dodo.py`` with doit."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from doit.doit_cmd import DoitMain

from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.pipeline.build import root

BUILT = ("quick", "full")  # the profile ``check`` compares records and builds no book


class BuildFailed(MixedPixelsError, RuntimeError):
    """A task failed; its message has been printed."""


def run_build(profile: str = "quick", workers: int = 2) -> Path:
    """Build the book and return the path of its first page.

    Parameters
    ----------
    profile
        ``quick`` or ``full``.
    workers
        The number of notebooks that are executed at the same time.

    Raises
    ------
    BadInput
        For an unknown profile, or outside a checkout.
    BuildFailed
        When a notebook or the renderer failed. Finished notebooks are not run again.
    """
    if profile not in BUILT:
        raise BadInput(f"a book is built with profile {' or '.join(BUILT)}, got {profile!r}")
    base = root()
    # doit replaces both streams for each action and, with threads, may not restore them
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
        raise BuildFailed(
            "the build stopped; see above. Finished work is stored: fix it, run again"
        )
    return base / "_build" / "html" / "index.html"
