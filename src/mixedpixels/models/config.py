"""How a network is trained: what a paper says about its optimiser and its start."""

import math
from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints

from mixedpixels.errors import BadInput, UnknownName

Start = Literal["vca", "archetypes", "reference"]  # where the endmembers of a decoder come from
Precision = Literal["fp32", "tf32", "bf16"]
READINGS = ("paper", "best", "oracle")  # of a text that leaves things open


@dataclass(frozen=True)
class TrainingConfig:
    """A training with Adam, counted in updates.

    Parameters
    ----------
    updates
        How many. Where an update sees the whole image, a paper's epoch is one update.
    learning_rate
        At the beginning.
    decay
        (updates, factor): every so many updates the learning rate is multiplied by the factor.
        ``cosine``: it falls to zero as half a cosine. None keeps it.
    clip
        The largest L1 norm of the gradient; a longer gradient is shortened to it. None does not clip.
    weight_decay
        How much of each parameter is added to its gradient, 0 or more.
    precision
        Of the products: ``fp32``; ``tf32``, a GPU's shortened single precision; ``bf16``, half as many
        bits, on processors too. Weights and their updates are always single precision.
    eval_every
        Updates between two entries of the history: the mean loss since the last entry and, where the
        step has a probe, its loss without dropout.
    snapshots
        Updates after which the weights are stored in the history too; each must be that of an entry.

    Raises
    ------
    BadInput
        When a value is out of its range, or a count is no whole number.
    """

    updates: int
    learning_rate: float = 1e-4
    decay: tuple[int, float] | Literal["cosine"] | None = None
    clip: float | None = None
    weight_decay: float = 0.0
    precision: Precision = "fp32"
    eval_every: int = 1
    snapshots: tuple[int, ...] = ()

    def __post_init__(self):
        check_choices(self)
        counts = {"updates": self.updates, "eval_every": self.eval_every}
        values = {**counts, "learning_rate": self.learning_rate}
        if isinstance(self.decay, str) and self.decay != "cosine":
            raise BadInput(
                f"decay: expected (updates, factor), 'cosine' or None, got {self.decay!r}"
            )
        if isinstance(self.decay, tuple):
            counts["decay's updates"] = values["decay's updates"] = self.decay[0]
            values["decay's factor"] = self.decay[1]
        if self.clip is not None:
            values["clip"] = self.clip
        for name, value in values.items():
            if not 0 < value < math.inf:
                raise BadInput(f"{name}: expected a positive number, got {value}")
        for name, value in counts.items():
            if not isinstance(value, int):
                raise BadInput(f"{name}: expected a whole number, got {value}")
        if not 0 <= self.weight_decay < math.inf:
            raise BadInput(f"weight_decay: expected 0 or more, got {self.weight_decay}")
        entries = (*range(self.eval_every, self.updates, self.eval_every), self.updates)
        if wrong := [k for k in self.snapshots if k not in entries]:
            raise BadInput(
                f"snapshots: no entry of the history is made after {wrong[0]} updates; expected a "
                f"multiple of {self.eval_every} below {self.updates}, or {self.updates}"
            )


def check_reading(reading: str) -> None:
    """Check the name of a reading.

    Raises
    ------
    UnknownName
        When it is none of :data:`READINGS`.
    """
    if reading not in READINGS:
        raise UnknownName(f"reading must be one of {', '.join(READINGS)}, got {reading!r}")


def check_choices(settings) -> None:
    """Check the words of a dataclass of settings against the choices its types name.

    Raises
    ------
    BadInput
        When a word is none of its choices.
    """
    for name, kind in get_type_hints(type(settings)).items():
        value = getattr(settings, name)
        if get_origin(kind) is Literal and value not in get_args(kind):
            choices = ", ".join(map(repr, get_args(kind)))
            raise BadInput(f"{name} must be one of {choices}; got {value!r}")
