"""How a network is trained: what a paper says about its optimiser and its start."""

from dataclasses import dataclass
from typing import Literal

from mixedpixels.errors import BadInput

Start = Literal["vca", "archetypes", "reference"]  # where the endmembers of a decoder come from


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

    Raises
    ------
    BadInput
        When a value is not positive.
    """

    epochs: int
    learning_rate: float
    decay: tuple[int, float] | None = None
    clip: float | None = None

    def __post_init__(self):
        values = {"epochs": self.epochs, "learning_rate": self.learning_rate}
        if self.decay is not None:
            values |= {"decay's epochs": self.decay[0], "decay's factor": self.decay[1]}
        if self.clip is not None:
            values["clip"] = self.clip
        for name, value in values.items():
            if not value > 0:
                raise BadInput(f"{name}: expected a positive number, got {value}")
