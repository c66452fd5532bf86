"""What made a record besides its code: versions, commit, device and memory."""

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
    """Return the versions of Python and of the packages that make numbers."""
    return {"python": platform.python_version(), **{name: version(name) for name in _STATED}}


def commit() -> str:
    """Return the checkout's commit, with ``+changes`` when the tree is dirty; "" when installed."""
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
    """Return the commit of a clean tree.

    Raises
    ------
    BadInput
        When the tree has uncommitted changes or is no checkout: a full record must say what made it.
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
    """Return the processor in words, as ``Intel Xeon …, 2 cores`` or ``NVIDIA H200``."""
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
    """Return the largest memory this process has held, in bytes; 0 where the system cannot tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _changes(root: Path) -> list[str]:
    """Return the files that are not as committed.

    Records are what a full run writes: a second one does not make the code dirty.
    """
    lines = _git(root, "status", "--porcelain", "--", ".", ":!book/results").splitlines()
    return [line.split(maxsplit=1)[1] for line in lines]


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()
