"""Where things live: the checkout (or what the wheel ships), the cache, the mirror."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    # pooch's progress bar asks for ipywidgets inside a notebook; plain bars are what we want there
    warnings.filterwarnings("ignore", message="IProgress not found")
    import pooch

_PACKAGE = Path(__file__).resolve().parent


def package() -> Path:
    """Return the folder of this package's code."""
    return _PACKAGE


def checkout() -> Path | None:
    """Return the root of the checkout this package runs from, or None when it is installed."""
    root = _PACKAGE.parent.parent
    return root if (root / "data_registry").is_dir() and (root / "book").is_dir() else None


def _room(in_checkout: str, shipped: str) -> Path:
    root = checkout()
    return root / in_checkout if root else _PACKAGE / "_shipped" / shipped


def registry() -> Path:
    """Return the folder with one TOML file per scene or library."""
    return _room("data_registry", "data_registry")


def claims() -> Path:
    """Return the folder with what the papers print."""
    return _room("book/claims", "claims")


def results() -> Path:
    """Return the folder with the recorded full runs."""
    return _room("book/results", "results")


def budgets() -> Path:
    """Return the folder with what each chapter's notebooks run, ``<chapter>/budgets.toml``."""
    return _room("notebooks", "budgets")


def cache() -> Path:
    """Return the user's cache: ``$MIXEDPIXELS_CACHE``, or the platform's usual place."""
    return Path(os.environ.get("MIXEDPIXELS_CACHE") or pooch.os_cache("mixedpixels"))


def mirror() -> Path | None:
    """Return the folder named by ``$MIXEDPIXELS_MIRROR``, laid out ``<dataset>/<file>``, or None."""
    place = os.environ.get("MIXEDPIXELS_MIRROR")
    return Path(place) if place else None


def workspace() -> Path:
    """Return the folder for what a build leaves between runs.

    ``$MIXEDPIXELS_WORKSPACE``, or ``.mixedpixels`` in a checkout.
    """
    if place := os.environ.get("MIXEDPIXELS_WORKSPACE"):
        return Path(place)
    root = checkout()
    return root / ".mixedpixels" if root else cache() / "work"


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Yield a draft beside ``target`` that takes its name only when the block ends without error.

    The draft keeps the target's extension, so writers that go by it work.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix
    )
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        umask = os.umask(0)
        os.umask(umask)
        draft.chmod(0o666 & ~umask)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
