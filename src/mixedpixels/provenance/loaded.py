"""Digests of the code that this process runs, for the keys of the cache of fits."""

import hashlib
import importlib.util
import inspect
import sys
import sysconfig
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType

from mixedpixels import paths
from mixedpixels.errors import BadInput
from mixedpixels.provenance.code import definitions_used
from mixedpixels.provenance.source import read_source
from mixedpixels.provenance.walk import Walk

_LOADED = time.time()  # the modules that compute are imported later


def definitions_of(*names: str, package: Path | None = None) -> dict[str, str]:
    """Return the named definitions and those they reach; see :func:`definitions_used`.

    Parameters
    ----------
    names
        Dotted names of modules or definitions, such as ``mixedpixels.training.fit_unmixer``.
    package
        The folder of the package. None takes the folder of this package.

    Returns
    -------
    dict
        Dotted name → digest, as in :func:`definitions_used`.

    Raises
    ------
    BadInput
        When a file that defines one of them was edited after this process imported it, so that the
        file and the code that runs differ.
    """
    walk = Walk(package or paths.package())
    for name in names:
        first, _, rest = name.partition(".")
        walk.resolve(first, rest)
    _refuse_edited(walk.files)
    return dict(sorted(walk.found.items()))


def code_of_class(kind: type) -> dict[str, str]:
    """Return the digests of a class's module and of what it reaches in this package.

    Parameters
    ----------
    kind
        A class of this package, or of any other file. For a file outside the package, the digests are
        those of the whole file and of the files that it imports, without installed libraries.

    Returns
    -------
    dict
        Dotted name → digest, as in :func:`definitions_used`.

    Raises
    ------
    BadInput
        When no file defines the class, or its file was edited after this process imported it. A change
        of the code would then go unnoticed.
    """
    if kind.__module__.partition(".")[0] == "mixedpixels":
        return definitions_of(kind.__module__)
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if not file or not Path(file).is_file():
        raise BadInput(
            f"{kind.__qualname__}: expected a class that a file defines, so that a change of its code "
            f"is noticed, but {kind.__module__} is no file; put it into a .py file and import it"
        )
    files = _own_files(kind.__module__)
    _refuse_edited(files)
    texts = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    found = {
        f"{name}, whole file": hashlib.sha256(text.encode()).hexdigest()[:16]
        for name, text in texts.items()
    }
    for text in texts.values():
        found |= definitions_used(text)
    return found


def code_of_function(function: Callable) -> dict[str, str]:
    """Return the digests of a function, of the plain values it holds, and of what it reaches.

    The function may be defined anywhere, also in a cell of a notebook. The functions, classes and
    modules that it mentions are followed. Values of other kinds, such as arrays, are not part of the
    digest: a key of the cache must name them otherwise.

    Parameters
    ----------
    function
        A function that is written in Python.

    Returns
    -------
    dict
        Dotted name → digest, as in :func:`definitions_used`.

    Raises
    ------
    BadInput
        When the source of the function cannot be read, or its file was edited after this process
        imported it.
    """
    try:
        source = read_source(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError) as error:
        raise BadInput(
            f"{getattr(function, '__qualname__', function)}: expected a function whose source can be "
            "read, so that a change of its code is noticed; define it in a file or in a notebook"
        ) from error
    text = "".join(part.digest for part in source.parts)
    bound = inspect.getclosurevars(function)
    mentions = {name for part in source.parts for name in part.mentions}
    found: dict[str, str] = {}
    for name, value in sorted({**bound.globals, **bound.nonlocals}.items()):
        if isinstance(value, bool | int | float | str | tuple | None):
            text += f"{name} = {value!r}"
        elif isinstance(value, ModuleType):
            rests = {m.partition(".")[2] for m in mentions if m.partition(".")[0] == name}
            found |= definitions_of(*(f"{value.__name__}.{rest}".rstrip(".") for rest in rests))
        elif isinstance(value, type | FunctionType):
            text += f"{name} = {value.__qualname__}"
            if value.__module__.partition(".")[0] == "mixedpixels":
                found |= definitions_of(
                    f"{value.__module__}.{value.__qualname__.partition('.')[0]}"
                )
            elif isinstance(value, FunctionType) and value.__module__ == function.__module__:
                found |= code_of_function(value)
            elif isinstance(value, type) and value.__module__ != "__main__":
                found |= code_of_class(value)
    name = f"{function.__module__}.{function.__qualname__}"
    return {name: hashlib.sha256(text.encode()).hexdigest()[:16], **found}


def _own_files(module: str) -> dict[str, Path]:
    """Return the files of a module and of all that it imports, without libraries and this package."""
    installed = {
        Path(sysconfig.get_path(p)) for p in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    installed.add(paths.package())
    found: dict[str, Path] = {}
    todo = [module]
    while todo:
        name = todo.pop()
        loaded = sys.modules.get(name)
        file = getattr(loaded, "__file__", None)
        if name in found or not file or installed & {*Path(file).parents}:
            continue
        found[name] = Path(file)
        package = getattr(loaded, "__package__", "") or ""
        for target in read_source(found[name].read_text(encoding="utf-8")).imported:
            if target.startswith("."):
                target = importlib.util.resolve_name(target, package)
            parts = target.split(".")  # the last of them may be a name in a module
            todo += [".".join(parts[:k]) for k in range(1, len(parts) + 1)]
    return found


def _refuse_edited(files: dict[str, Path]) -> None:
    """Raise where a file is newer than the code that this process imported from it."""
    for name, path in files.items():
        loaded = getattr(sys.modules.get(name), "__file__", None)
        if loaded and Path(loaded) == path and _edited(sys.modules[name], path):
            raise BadInput(
                f"{path} was edited after this process imported it, so a result could be stored under "
                "the digest of code that did not compute it; start the process again"
            )


def _edited(module: ModuleType, path: Path) -> bool:
    """Return whether a file was edited after its import, as far as this can be known."""
    modified = path.stat().st_mtime
    if module.__name__.partition(".")[0] == "mixedpixels":
        return modified > _LOADED
    cached = Path(
        getattr(module, "__cached__", None) or ""
    )  # holds the time of the imported source
    if not cached.is_file():
        return False
    return int.from_bytes(cached.read_bytes()[8:12], "little") != int(modified) & 0xFFFFFFFF
