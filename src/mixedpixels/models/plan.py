"""How a network is trained: what a paper says about its optimiser and its start."""

import math
from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints

from mixedpixels.errors import BadInput, UnknownName

Start = Literal["vca", "archetypes", "reference"]  # where the endmembers of a decoder come from
READINGS = ("paper", "best", "oracle")  # of a text that leaves things open


@dataclass(frozen=True)
class Plan:
    """A training with Adam.

    Parameters
    ----------
    epochs
        Steps, where a step sees all the data.
    learning_rate
        At the beginning.
    decay
        (epochs, factor): every so many epochs the learning rate is multiplied by the factor. None
        keeps it.
    clip
        The largest L1 norm of the gradient; a longer one is shortened to it. None lets it be.
    weight_decay
        How much of each parameter is added to its gradient, 0 or more.

    Raises
    ------
    BadInput
        When a value is out of its range, or a count no whole number.
    """

    epochs: int
    learning_rate: float
    decay: tuple[int, float] | None = None
    clip: float | None = None
    weight_decay: float = 0.0

    def __post_init__(self):
        values = {"epochs": self.epochs, "learning_rate": self.learning_rate}
        if self.decay is not None:
            values |= {"decay's epochs": self.decay[0], "decay's factor": self.decay[1]}
        if self.clip is not None:
            values["clip"] = self.clip
        for name, value in values.items():
            if not 0 < value < math.inf:
                raise BadInput(f"{name}: expected a positive number, got {value}")
            if "epochs" in name and not isinstance(value, int):
                raise BadInput(f"{name}: expected a whole number, got {value}")
        if not 0 <= self.weight_decay < math.inf:
            raise BadInput(f"weight_decay: expected 0 or more, got {self.weight_decay}")


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
