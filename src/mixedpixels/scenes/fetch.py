"""Get a registered file from the cache, the mirror, an installed package or its addresses.

Wherever a file comes from, its hash is checked.
"""

import hashlib
import importlib.metadata
import logging
import sys
from functools import lru_cache
from pathlib import Path

import pooch
import requests

from mixedpixels import paths
from mixedpixels.errors import BadInput, DataUnavailable, WrongHash
from mixedpixels.scenes.registry import File, Shipped

log = logging.getLogger("mixedpixels")
_SECONDS = 30  # an address that has not begun to answer by then is given up


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits; an unchanged file is read only once."""
    state = path.stat()
    return _sha256(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1024)
def _sha256(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def git_blob(path: Path) -> str:
    """Return git's id of a file's content, as ``git hash-object`` prints it."""
    content = path.read_bytes()
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def check(path: Path, file: File, remedy: str) -> Path:
    """Return ``path`` if the file has the registered hash.

    Raises
    ------
    WrongHash
        If it has not. The message gives both sizes and hashes, and ``remedy``: what to do.
    """
    if not file.sha256:
        if not (found := git_blob(path)).startswith(file.git_blob):
            raise WrongHash(
                f"{path} is not the registered {file.name}: expected {file.identity}, got "
                f"{path.stat().st_size} bytes with {found}. {remedy}"
            )
        return path
    found = sha256(path)
    if found != file.sha256:
        size = path.stat().st_size
        raise WrongHash(
            f"{path} is not the registered {file.name}: expected {file.bytes} bytes with sha256 "
            f"{file.sha256}, got {size} bytes with {found}. {remedy}"
        )
    return path


def local(file: File) -> Path | None:
    """Return the path of a file in the cache, the mirror or an installed package, or None.

    The hash is checked. A file in the mirror or in a package is read in place, without a copy.

    Raises
    ------
    WrongHash
        When a file of that name has other content.
    """
    cached = paths.cache() / file.name
    if cached.is_file():
        remedy = (
            "Delete it to download it again. If it is your own file, correct its registry entry"
        )
        return check(cached, file, remedy)
    mirror = paths.mirror()
    if mirror is not None and not mirror.is_dir():
        raise BadInput(f"MIXEDPIXELS_MIRROR names {mirror}, which is not a folder")
    if mirror is not None and (mirror / file.name).is_file():
        return check(mirror / file.name, file, "Replace it in the mirror, or unset the mirror")
    if file.shipped is not None and (path := _installed(file.shipped)) is not None:
        remedy = f"Install the version that ships it: pip install {file.shipped.requirement}"
        return check(path, file, remedy)
    return None


def _installed(shipped: Shipped) -> Path | None:
    """Return the path of a file in an installed package, without importing the package."""
    try:
        found = importlib.metadata.distribution(shipped.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(found.locate_file(shipped.path)))
    return path if path.is_file() else None


def _not_installed(shipped: Shipped) -> str:
    """Say why an installed package does not give the file, and what to install."""
    remedy = f"pip install {shipped.requirement}"
    try:
        version = importlib.metadata.version(shipped.package)
    except importlib.metadata.PackageNotFoundError:
        return f"the Python package {shipped.package}: not installed ({remedy})"
    return f"the Python package {shipped.package} {version}: without {shipped.path} ({remedy})"


def obtain(file: File, progress: bool | None = None) -> Path:
    """Return the path of a registered file; download it into the cache if it is not there yet.

    Parameters
    ----------
    progress
        Whether to draw a progress bar; by default only on a terminal.

    Raises
    ------
    WrongHash
        When a file of that name was found, but has other content than the registered file.
    DataUnavailable
        When no place has it; the message lists every place that was tried and what to do.
    BadInput
        When the cache cannot be written to.
    """
    found = local(file)
    if found is not None:
        return found
    mirror = paths.mirror()
    tried = [f"the cache ({paths.cache() / file.name}): not there"]
    tried.append(
        f"the mirror ({mirror / file.name}): not there"
        if mirror
        else "a mirror: MIXEDPIXELS_MIRROR is not set"
    )
    if file.shipped is not None:
        tried.append(_not_installed(file.shipped))
    progress = sys.stderr.isatty() if progress is None else progress
    downloader = pooch.HTTPDownloader(progressbar=progress, timeout=_SECONDS)
    target = paths.cache() / file.name
    wrong = False
    for address in file.addresses:
        try:
            with paths.whole(target) as draft:
                downloader(address, str(draft), None)
                check(draft, file, "The address no longer serves the registered file")
        except (requests.RequestException, WrongHash) as error:
            wrong |= isinstance(error, WrongHash)
            tried.append(f"{address}: {_plain(error)}")
            continue
        except OSError as error:
            # This machine is at fault, not the address, so a twin would hide the problem.
            raise BadInput(
                f"the cache cannot be written ({error}); name another in MIXEDPIXELS_CACHE"
            ) from error
        log.info("fetched %s from %s", file.name, address)
        return target
    kind = WrongHash if wrong else DataUnavailable
    raise kind(
        f"{file.name} could not be obtained. Tried:\n  - "
        + "\n  - ".join(tried)
        + f"\nPut the file ({file.identity}) at {target}, or set MIXEDPIXELS_MIRROR to a "
        f"folder that holds it as {file.name}"
    )


def _plain(error: Exception) -> str:
    """Return a network error in a few words that a reader can act on."""
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    if isinstance(error, requests.Timeout):
        return f"no answer within {_SECONDS} s"
    return str(error)
