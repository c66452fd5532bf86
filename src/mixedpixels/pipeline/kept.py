"""What took long to make is kept in the user's cache, under a key of all that made it."""

import hashlib
import json
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock

from mixedpixels import paths
from mixedpixels.device import choose_device
from mixedpixels.ledger import provenance

_STALE = 7 * 24 * 3600  # seconds


def place(name: str, what: dict, code: dict[str, str], device: str) -> tuple[Path, str]:
    """Return the file that something is kept in, and the key of what made it.

    Parameters
    ----------
    name
        What the file's name begins with.
    what
        Settings, seeds and digests of data, as plain values.
    code
        Of the modules it runs through; see :func:`code`.
    device
        Its kind is part of the key, as are the versions of NumPy and PyTorch.
    """
    made_from = {
        **what,
        "code": code,
        "device": choose_device(device).type,
        "versions": [torch.__version__, np.__version__],
    }
    key = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    return paths.cache() / "fits" / f"{name}-{key[:16]}.npz", key


def digest(array: np.ndarray) -> str:
    """Return the sha256 of an array: its shape, its type and its values."""
    return hashlib.sha256(f"{array.shape} {array.dtype}".encode() + array.tobytes()).hexdigest()


def alone(path: Path) -> FileLock:
    """Return a lock that one process at a time can hold; a killed one lets go of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path.with_suffix(".lock"))


def keep(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays, and drop the states of fits that nobody went on with for a week."""
    with paths.whole(path) as draft:
        np.savez(draft, **arrays)
    for state in path.parent.glob("*.state"):
        with suppress(FileNotFoundError):  # another process may have dropped it
            if time.time() - state.stat().st_mtime > _STALE:
                state.unlink()


@cache
def code(imports: str) -> dict[str, str]:
    """Return the digests of the number-making modules that some imports run through."""
    used = provenance.modules_used(imports)
    return {name: digest for name, digest in used.items() if provenance.makes_numbers(name)}
