"""A chapter's budgets: what each of its notebooks runs under a profile, in one file beside them."""

import tomllib
from dataclasses import dataclass, field
from typing import Any

from mixedpixels import paths
from mixedpixels.errors import UnknownName


@dataclass(frozen=True)
class Budget:
    """The values that a notebook's open parameters take.

    Parameters
    ----------
    quick, full
        Under that profile: parameter → value.
    choices
        The values a parameter may take, where it has few; the first is the default.
    repeated
        The parameters that count repetitions of one thing, as seeds: the profile ``check`` makes one.
    gpu
        What a full run on a GPU takes instead.
    """

    quick: dict[str, Any]
    full: dict[str, Any]
    choices: dict[str, list] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    gpu: dict[str, Any] = field(default_factory=dict)


def read_budget(notebook: str) -> Budget:
    """Return the budget of a notebook, from ``budgets.toml`` in its chapter's folder.

    Raises
    ------
    UnknownName
        When the chapter has no such file, or the file no such notebook.
    """
    chapter, _, name = notebook.partition("/")
    path = paths.budgets() / chapter / "budgets.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if name not in table:
        raise UnknownName(
            f'{notebook} has no budget; add a table ["{name}"] with quick and full to '
            f"notebooks/{chapter}/budgets.toml"
        )
    entry = table[name]
    return Budget(**{**entry, "repeated": tuple(entry.get("repeated", ()))})
