"""Strict parameters of notebooks: unknown names and values of the wrong type are errors."""

import difflib
from pathlib import Path
from typing import Any

import papermill

from mixedpixels.errors import BadInput
from mixedpixels.pipeline.settings import PROFILES

_TYPES = {"int": int, "float": float, "str": str, "bool": bool}
_BOOL = {"true": True, "false": False}


def declared(notebook: Path) -> dict[str, str]:
    """Return name → type of the parameters in an .ipynb file, from its cell tagged ``parameters``."""
    found = papermill.inspect_notebook(str(notebook))
    return {name: spec["inferred_type_name"] for name, spec in found.items()}


def check(notebook: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Return the given parameters, each converted to the type that its cell declares.

    Parameters
    ----------
    notebook
        The .ipynb file.
    given
        Name → value, or its text from a command line.

    Raises
    ------
    BadInput
        For a parameter that the notebook does not have, a text that is not a value of the declared
        type, or an unknown profile.
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
