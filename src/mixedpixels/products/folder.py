"""A folder that appears only when it is complete."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from mixedpixels.errors import BadInput


@contextmanager
def whole_folder(
    target: Path, names: Collection[str], inputs: Collection[Path], overwrite: bool
) -> Iterator[Path]:
    """Yield a draft folder beside ``target``; it becomes ``target`` if the block ends without error.

    Parameters
    ----------
    target
        A new or empty folder; with ``overwrite``, also one that an earlier run filled.
    names
        The files that the block writes. A folder with other files is never replaced.
    inputs
        Files that must survive.
    overwrite
        Replace an earlier result. It stays until the new one is complete.

    Raises
    ------
    BadInput
        When the target may not be replaced, or no folder can be made there.
    """
    target = target.resolve()
    _check(target, names, inputs, overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    except OSError as error:
        raise BadInput(
            f"{target}: the folder cannot be made ({error.strerror}); choose another"
        ) from error
    try:
        yield draft
        umask = os.umask(0)
        os.umask(umask)
        draft.chmod(0o777 & ~umask)
        _check(target, names, inputs, overwrite)  # it may have changed while the block ran
        _replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _check(target: Path, names: Collection[str], inputs: Collection[Path], overwrite: bool) -> None:
    if target.exists() and not target.is_dir():
        raise BadInput(f"{target}: expected a folder for the results, got a file; choose another")
    if any(file.resolve().is_relative_to(target) for file in inputs):
        raise BadInput(f"{target} holds the image itself; choose another folder for the results")
    held = sorted(p.name for p in target.iterdir()) if target.is_dir() else []
    # a viewer may have put abundances.tif.aux.xml beside abundances.tif
    ours = {*names, *(f"{name}.aux.xml" for name in names)}
    foreign = [name for name in held if name not in ours]
    if foreign:
        few = ", ".join(foreign[:3]) + (" …" if len(foreign) > 3 else "")
        raise BadInput(f"{target} holds files of yours ({few}); choose a new or empty folder")
    if held and not overwrite:
        raise BadInput(f"{target} holds an earlier result; choose another folder, or --overwrite")


def _replace(draft: Path, target: Path) -> None:
    if not target.exists():
        draft.rename(target)
        return
    earlier = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-earlier-"))
    target.replace(earlier)  # onto an empty folder
    try:
        draft.rename(target)
    except OSError:
        earlier.rename(target)
        raise
    shutil.rmtree(earlier)
