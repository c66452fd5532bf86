"""The cache of fits: each result is stored once, under a key of everything that it depends on."""

import hashlib
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock

from mixedpixels import paths
from mixedpixels.device import choose_device
from mixedpixels.errors import BadInput
from mixedpixels.provenance import digest_of
from mixedpixels.training import Checkpoint

_STALE = 7 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Fit:
    """A fit that this process made or loaded.

    Parameters
    ----------
    name
        The scene and the kind of fit, for example ``samson-fit``.
    key
        The digest of everything that the fit depends on; two fits with the same key are the same.
    seconds
        The time that it took to compute, whether in this process or earlier.
    """

    name: str
    key: str
    seconds: float


_noted: list[dict[str, Fit]] = [{}]  # a fit is noted in each of these; the first lives on


def fits_used() -> tuple[Fit, ...]:
    """Return the fits that this process has made or loaded so far, each once."""
    return tuple(_noted[0].values())


@contextmanager
def noting_fits() -> Iterator[dict[str, Fit]]:
    """Give a dict that receives each fit made or loaded inside the ``with`` block, by its key."""
    found: dict[str, Fit] = {}
    _noted.append(found)
    try:
        yield found
    finally:
        _noted[:] = [each for each in _noted if each is not found]


def cached(
    name: str,
    make: Callable[[Checkpoint], dict[str, np.ndarray]],
    *,
    made_from: dict,
    code: dict[str, str],
    device: str = "auto",
) -> dict[str, np.ndarray]:
    """Return arrays, computed now or loaded from the user's cache.

    When two processes ask for the same arrays, only one computes them and the other waits. An
    interrupted computation can be resumed from its checkpoint.

    Parameters
    ----------
    name
        The beginning of the file's name.
    make
        Computes the arrays. It is given a checkpoint, which it may use or ignore.
    made_from
        Settings, seeds and digests of data, as plain values: everything besides code that the arrays
        depend on.
    code
        Name → digest of the definitions that ``make`` reaches; see
        :func:`mixedpixels.provenance.definitions_of`.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``. The kind of the device is part of the
        key, as are the versions of NumPy and PyTorch.

    Returns
    -------
    dict
        Name → array. The entry ``seconds`` is added where ``make`` does not return it.

    Raises
    ------
    BadInput
        When the stored file is damaged.
    """
    path, key = place(name, made_from, code, device)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file():
            checkpoint = Checkpoint(path.with_suffix(".state"), key)
            began = time.perf_counter()
            arrays = make(checkpoint)
            _store(path, {"seconds": np.array(time.perf_counter() - began), **arrays})
            checkpoint.path.unlink(missing_ok=True)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise BadInput(
            f"{path}: expected the arrays of a fit, but the file is damaged; delete it to compute them "
            "again"
        ) from error
    for noted in _noted:
        noted[key] = Fit(name, key, float(arrays["seconds"]))
    return arrays


def place(name: str, made_from: dict, code: dict[str, str], device: str) -> tuple[Path, str]:
    """Return the file in which :func:`cached` stores its arrays, and their key."""
    content = {
        **made_from,
        "code": digest_of(code),
        "device": choose_device(device).type,
        "versions": [torch.__version__, np.__version__],
    }
    key = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return paths.cache() / "fits" / f"{name}-{key[:16]}.npz", key


def digest(array: np.ndarray) -> str:
    """Return the sha256 digest of an array's shape, dtype and values."""
    return hashlib.sha256(f"{array.shape} {array.dtype}".encode() + array.tobytes()).hexdigest()


def _store(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays, and remove checkpoints that have not changed for a week."""
    with paths.whole(path) as draft:
        np.savez(draft, **arrays)
    for state in path.parent.glob("*.state"):
        with suppress(FileNotFoundError):  # another process may have removed it
            if time.time() - state.stat().st_mtime > _STALE:
                state.unlink()
