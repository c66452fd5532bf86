"""The budgets of a chapter: the parameters of each of its notebooks under each profile."""

import tomllib
from dataclasses import dataclass, field
from typing import Any

from mixedpixels import paths
from mixedpixels.errors import UnknownName


@dataclass(frozen=True)
class Budget:
    """The values of a notebook's parameters under each profile.

    Parameters
    ----------
    quick, full
        Parameter → its value under that profile.
    choices
        Parameter → its allowed values, where there are few; the first one is the default.
    repeated
        The parameters that count repetitions, such as seeds. The profile ``check`` makes one
        repetition.
    gpu
        Parameter → its value in a full run on a GPU, where it differs from ``full``.
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
        When the chapter has no such file, or the file does not list the notebook.
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
