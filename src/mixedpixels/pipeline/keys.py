"""The key of an executed notebook: a digest of everything that its content depends on.

A notebook whose key is unchanged is not run again. The key file is written after the executed copy, by
renaming, so a build that is killed at any moment resumes from the notebooks that were complete.
"""

import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import mixedpixels
from mixedpixels import paths, scenes
from mixedpixels.pipeline import pairs
from mixedpixels.pipeline.budgets import read_budget
from mixedpixels.provenance import files_used
from mixedpixels.scenes.load import SIMULATOR, available
from mixedpixels.scenes.registry import parts_of


@dataclass(frozen=True)
class Built:
    """The stored key of a finished notebook, and the seconds that it took."""

    key: str
    seconds: float


def digest(value: Any) -> str:
    """Return the sha256 of a JSON-like value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, or an empty string where there is no file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def tree_digest(folder: Path, pattern: str = "**/*") -> dict[str, str]:
    """Return {relative path: sha256} of the files under a folder."""
    return {
        str(p.relative_to(folder)): file_digest(p)
        for p in sorted(folder.glob(pattern))
        if p.is_file() and "__pycache__" not in p.parts
    }


def scenes_named(source: str) -> list[str]:
    """Return the registered scenes and libraries whose quoted names occur in a source text.

    A scene that has parts is left out unless it is available, because a notebook then uses a part.
    """
    named = [n for n in scenes.names() if f'"{n}"' in source or f"'{n}'" in source]
    return [n for n in named if not parts_of(n) or available(n)]


def notebook_key(name: str, parameters: dict[str, Any]) -> str:
    """Return the key of a notebook run with these parameters."""
    source = pairs.source(name)
    paper = name.partition("/")[0]
    root = paths.checkout()
    named = scenes_named(source)
    # loading these scenes imports modules by name, which no import statement shows
    by_name = [m for n in named for m in (SIMULATOR, *scenes.entry(n).readers())]
    shown = [paths.claims() / paper]
    if parameters.get("profile") != "full":  # the records that a full run writes must not age it
        shown.append(paths.results() / paper)
    return digest(
        {
            # both halves: the .ipynb is what runs
            "source": [source, file_digest(pairs.find(name).with_suffix(".ipynb"))],
            "budget": asdict(read_budget(name)),
            "modules": files_used(source) | files_used("import mixedpixels.pipeline.execute"),
            "modules by name": files_used("\n".join(f"import {m}" for m in by_name)),
            "templates": tree_digest(Path(mixedpixels.__file__).parent, "**/*.html"),
            "pins": [file_digest(root / "constraints.txt"), platform.python_version()],
            # whether the real data are available decides between the scene and its twin
            "data": {n: [file_digest(scenes.entry(n).path), available(n)] for n in named},
            "parameters": parameters,
            "ledger": [tree_digest(folder) for folder in shown if folder.is_dir()],
            "titles": file_digest(paths.claims() / "artifacts.csv"),  # a table's caption
        }
    )


def built(name: str) -> Built | None:
    """Return the stored key of a notebook and its seconds, or None."""
    path = _path(name)
    if not path.is_file():
        return None
    content = json.loads(path.read_text())
    return Built(content["key"], content["seconds"])


def remember(name: str, result: Built) -> None:
    """Write the key file."""
    with paths.whole(_path(name)) as draft:
        draft.write_text(json.dumps(asdict(result)))


def forget(name: str) -> None:
    """Remove the key file, because its result is about to be made again."""
    _path(name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    return paths.workspace() / "built" / f"{name}.json"
