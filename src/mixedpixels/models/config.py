"""The configuration of a training, the possible starts of a decoder, and the names of the readings."""

import math
from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints

from mixedpixels.errors import BadInput, UnknownName

Start = Literal["vca", "archetypes", "reference"]  # where the endmembers of a decoder come from
Precision = Literal["fp32", "tf32", "bf16"]
READINGS = ("paper", "best", "oracle")  # ways to fill the gaps that a paper leaves


@dataclass(frozen=True)
class TrainingConfig:
    """The configuration of a training with Adam, counted in updates.

    Parameters
    ----------
    updates
        The number of updates, 1 or more. Where an update uses the whole image, one epoch of a paper is
        one update.
    learning_rate
        The learning rate of the first update, above 0.
    decay
        The learning-rate schedule. (updates, factor): the learning rate is multiplied by the factor
        after every so many updates. ``cosine``: it falls to zero along half a cosine. None: it is
        constant.
    clip
        The largest L1 norm of the gradient; a longer gradient is scaled down to it. None: no clipping.
    weight_decay
        The L2 penalty, 0 or more: this factor times each parameter is added to its gradient.
    precision
        The precision of products: ``fp32``; ``tf32``, the shortened single precision of a GPU; or
        ``bf16``, 16 bits, on processors too. Weights and their updates are always in single precision.
    eval_every
        The number of updates between two entries of the history. An entry holds the mean loss since the
        entry before and, where the step has a probe, the loss of the probe without dropout.
    snapshots
        The numbers of updates after which the weights are stored in the history. An entry of the
        history must be made after each of them.

    Raises
    ------
    BadInput
        When a value is out of its range, a count is not a whole number, or a word is not one of its
        choices.
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
        When the reading is not one of :data:`READINGS`.
    """
    if reading not in READINGS:
        raise UnknownName(f"reading must be one of {', '.join(READINGS)}, got {reading!r}")


def check_choices(settings) -> None:
    """Check the words in a dataclass of settings against the choices that its types name.

    Raises
    ------
    BadInput
        When a word is not one of its choices.
    """
    for name, kind in get_type_hints(type(settings)).items():
        value = getattr(settings, name)
        if get_origin(kind) is Literal and value not in get_args(kind):
            choices = ", ".join(map(repr, get_args(kind)))
            raise BadInput(f"{name} must be one of {choices}; got {value!r}")
