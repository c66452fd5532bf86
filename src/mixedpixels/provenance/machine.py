"""Provenance of a record besides its code: versions, commit, device and memory."""

import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from mixedpixels import paths
from mixedpixels.errors import BadInput

_STATED = ("mixedpixels", "torch", "numpy", "scipy", "scikit-learn", "spectral")


def versions() -> dict[str, str]:
    """Return name → version, of Python and of the packages that compute numbers."""
    return {"python": platform.python_version(), **{name: version(name) for name in _STATED}}


def commit() -> str:
    """Return the commit of the checkout.

    Returns
    -------
    str
        The commit's hash, followed by ``+changes`` when the working tree has uncommitted changes. It is
        empty for an installed package, or when git fails.
    """
    root = paths.checkout()
    if root is None:
        return ""
    try:
        head = _git(root, "rev-parse", "HEAD")
        dirty = _changes(root)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}+changes" if dirty else head


def require_clean() -> str:
    """Return the commit of a working tree that has no changes.

    Raises
    ------
    BadInput
        When the tree has uncommitted changes or is not a git checkout. A full record must name the
        commit that made it.
    """
    head = commit()
    if not head or head.endswith("+changes"):
        if head:
            changed = ", ".join(_changes(paths.checkout())[:3])
            state = f"the working tree has changes ({changed}); commit, ignore or remove them"
        else:
            state = "this is no git checkout; clone the project"
        raise BadInput(
            f"a full record, and a check of one, needs a clean commit, but {state}, or run with "
            "profile quick, whose records are not kept"
        )
    return head


@cache
def device_name(device_class: str) -> str:
    """Return the name of the processor or GPU.

    Parameters
    ----------
    device_class
        ``cuda`` for the GPU; anything else for the processor.

    Returns
    -------
    str
        For example ``Intel Xeon …, 2 cores, 1 thread`` or ``NVIDIA H200``.
    """
    import os

    import torch

    if device_class == "cuda":
        return torch.cuda.get_device_name()
    info = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if info.is_file():
        lines = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    threads = torch.get_num_threads()
    return f"{model}, {os.cpu_count()} cores, {threads} thread{'s' if threads > 1 else ''}"


def peak_memory() -> int:
    """Return the peak resident memory of this process, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _changes(root: Path) -> list[str]:
    """Return the files that differ from the commit.

    The folder of records is left out, because a full run writes there: writing a record does not change
    the code.
    """
    lines = _git(root, "status", "--porcelain", "--", ".", ":!book/results").splitlines()
    return [line.split(maxsplit=1)[1] for line in lines]


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()
