"""A notebook's settings: the values of its parameters cell, completed from the profile and checked."""

import time
from dataclasses import dataclass
from typing import Any, Literal

from mixedpixels import provenance
from mixedpixels.errors import BadInput
from mixedpixels.ledger.records import Fit
from mixedpixels.pipeline import pairs
from mixedpixels.pipeline.budgets import Budget, read_budget

PROFILES = ("quick", "full", "check")
_STARTED = time.perf_counter()  # the notebook imports this package in its first cell


@dataclass(frozen=True)
class Run:
    """The settings of one run.

    Each resolved parameter in ``values`` is an attribute too, such as ``run.seeds``. ``code`` and
    ``commit`` are the provenance of the run, and ``repeated`` names the parameters that count
    repetitions.
    """

    notebook: str
    profile: Literal["quick", "full", "check"]
    device: str
    values: dict[str, Any]
    code: dict[str, str]
    commit: str
    repeated: tuple[str, ...] = ()

    def __getattr__(self, name: str):
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"no setting {name!r}; there are {', '.join(values)}")

    def __repr__(self) -> str:
        return "\n".join(f"{k} = {v!r}" for k, v in self.values.items())

    @property
    def twin(self) -> Literal["auto", "never"]:
        """The argument ``twin`` of ``scenes.load``. Only the profile ``quick`` allows a twin."""
        return "auto" if self.profile == "quick" else "never"

    @property
    def seconds(self) -> float:
        """Seconds since the notebook began."""
        return time.perf_counter() - _STARTED

    @property
    def fits(self) -> tuple[Fit, ...]:
        """The fits that this run has made or loaded so far, which are the cost of its records."""
        from mixedpixels.fits import (
            fits_used,
        )  # imports PyTorch, which a check of parameters avoids

        return tuple(Fit(fit.name, fit.seconds, fit.key) for fit in fits_used())


def resolve(notebook: str, given: dict[str, Any]) -> Run:
    """Complete a notebook's parameters from its chapter's budgets, and check them.

    A parameter that is 0 or an empty text takes the profile's value, or its first choice. The profile
    ``check`` uses the values of ``full``, but makes one of each repetition, or as many as are given.

    Parameters
    ----------
    notebook
        The name of the notebook, such as ``ssanu/04-samson``.
    given
        The variables of the notebook, ``globals()``. The parameters are taken from them: ``profile``,
        ``scene``, ``device``, and those that the budget names.

    Raises
    ------
    BadInput
        When a value is not one of its choices, is negative, or has another type than the profile's
        value; or when it differs from the profile's value in a full run or a check.
    UnknownName
        When the chapter has no budget for the notebook.
    """
    return complete(notebook, given, read_budget(notebook))


def complete(notebook: str, given: dict[str, Any], budget: Budget) -> Run:
    """Return the settings of a run for an explicit budget; see :func:`resolve`.

    Examples
    --------
    >>> budget = Budget(quick={"seeds": 3}, full={"seeds": 10})
    >>> complete("x/y", {"profile": "quick", "device": "cpu", "seeds": 0}, budget).seeds
    3
    """
    from mixedpixels.device import choose_device  # imports PyTorch, which takes time

    device = choose_device(given.get("device") or "auto")
    full = budget.full | (budget.gpu if device.type == "cuda" else {})
    named = ("profile", "scene", "device", *budget.quick, *full, *budget.choices)
    values = {name: given[name] for name in dict.fromkeys(named) if name in given}
    profile = values.setdefault("profile", "quick")
    if profile not in PROFILES:
        raise BadInput(f"profile must be one of {', '.join(PROFILES)}, got {profile!r}")
    free = budget.repeated if profile == "check" else ()
    defaults = budget.quick if profile == "quick" else full | dict.fromkeys(free, 1)
    for name, default in defaults.items():
        if name not in values:
            raise BadInput(f"{notebook}: the profile sets {name!r}, which is no parameter")
        truth = isinstance(values[name], bool)  # False is a given value, although it equals 0
        if values[name] in (0, "") and not truth:
            values[name] = default
        elif not isinstance(values[name], type(default)) or truth != isinstance(default, bool):
            raise BadInput(
                f"{name} must be {type(default).__name__}, got {values[name]!r}; "
                f"0 or an empty text means the profile's value, {default!r}"
            )
    fixed = {} if profile == "quick" else {n: v for n, v in full.items() if n not in free}
    if changed := [n for n, v in fixed.items() if values[n] != v]:
        raise BadInput(
            f"a full run is recorded and judged, so its settings are fixed; leave out "
            f"{', '.join(changed)}, or use profile quick"
        )
    for name in free:
        if values[name] > full[name]:
            raise BadInput(
                f"{name}: a check compares with a record of {full[name]}, so expected at most as many, "
                f"got {values[name]}"
            )
    for name, value in values.items():
        allowed = budget.choices.get(name)
        if allowed and value == "":
            value = values[name] = allowed[0]
        if allowed is not None and value not in allowed:
            raise BadInput(f"{name} must be one of {', '.join(map(str, allowed))}; got {value!r}")
        if isinstance(value, int | float) and value < 0:
            raise BadInput(f"{name} must not be negative, got {value}")
    values["device"] = str(device)
    # Taken now, not at the end: this is the code that is loaded, and a full run with uncommitted
    # changes is refused before it costs anything.
    commit = provenance.commit() if profile == "quick" else provenance.require_clean()
    code = provenance.code_of(notebook, pairs.source(notebook))
    return Run(notebook, profile, values["device"], values, code, commit, budget.repeated)
