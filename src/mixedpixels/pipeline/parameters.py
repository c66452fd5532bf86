"""Strict parameters: an unknown or misspelt one is an error, and so is one of the wrong type."""

import difflib
from pathlib import Path
from typing import Any

import papermill

from mixedpixels.errors import BadInput
from mixedpixels.pipeline.settings import PROFILES

_TYPES = {"int": int, "float": float, "str": str, "bool": bool}
_BOOL = {"true": True, "false": False}


def declared(notebook: Path) -> dict[str, str]:
    """Return the parameters of an .ipynb's cell tagged ``parameters``: {name: type}."""
    found = papermill.inspect_notebook(str(notebook))
    return {name: spec["inferred_type_name"] for name, spec in found.items()}


def check(notebook: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters, each as the type its cell declares.

    Parameters
    ----------
    given
        Values or, from a command line, their text.

    Raises
    ------
    BadInput
        For a parameter the notebook does not have, a text that is no value of its type, or an
        unknown profile.
    """
    known = declared(notebook)
    checked = {}
    if given.get("profile", "quick") not in PROFILES:
        raise BadInput(f"profile must be one of {', '.join(PROFILES)}, got {given['profile']!r}")
    for name, value in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise BadInput(
                f"{notebook.stem} has no parameter {name!r}; {hint}It has {', '.join(known)}"
            )
        checked[name] = _convert(name, value, known[name])
    return checked


def _convert(name: str, value: Any, type_name: str) -> Any:
    if type_name not in _TYPES:
        raise BadInput(
            f"parameter {name}: its cell must give it a type, one of {', '.join(_TYPES)}"
        )
    kind = _TYPES[type_name]
    if kind is bool and isinstance(value, str) and value.lower() in _BOOL:
        return _BOOL[value.lower()]
    if isinstance(value, str) and kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            pass
    if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
        return value
    raise BadInput(f"parameter {name}: expected {type_name}, got {value!r}")
