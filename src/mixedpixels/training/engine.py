"""The engine for small networks: a stack of them trains in one pass and draws its own data.

What a small network costs is hardly its arithmetic but what surrounds it: a loader that collects
pixels one by one, a copy to the device, a look at the loss after every update. Here pixels lie on the
device, the draw is made there, nothing is looked at between two looks, and several networks, a seed
each, share every product. On a GPU an update is one recorded graph.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress

from mixedpixels.errors import BadInput
from mixedpixels.models.plan import check_choices
from mixedpixels.training.loop import Checkpoint
from mixedpixels.training.stack_run import Precision, StackRun

Arithmetic = Literal["fp32", "tf32", "bf16"]
Draw = Callable[[], tuple[torch.Tensor, ...]]


class Stack(Protocol):
    """What the engine asks of a stack of networks, besides being a :class:`torch.nn.Module`."""

    def losses(self, *drawn: torch.Tensor) -> torch.Tensor:
        """Return the loss of each network, shape (networks,)."""


@dataclass(frozen=True)
class Schedule:
    """A training with Adam, counted in updates.

    Parameters
    ----------
    updates
        How many.
    learning_rate
        At the beginning.
    falling
        Whether the rate falls to zero as half a cosine, or stays.
    arithmetic
        Of the products: ``fp32``; ``tf32``, a GPU's shortened single precision; ``bf16``, half as many
        bits, on processors too. Weights and their updates are always single precision.
    looks
        How often the losses are looked at, and a checkpoint is left.
    keep
        Updates after which the weights are kept too; each must be that of a look.

    Raises
    ------
    BadInput
        When a value is out of its range.
    """

    updates: int
    learning_rate: float = 1e-4
    falling: bool = False
    arithmetic: Arithmetic = "fp32"
    looks: int = 100
    keep: tuple[int, ...] = ()

    def __post_init__(self):
        check_choices(self)
        for name in ("updates", "looks"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise BadInput(
                    f"{name}: expected a whole number above 0, got {getattr(self, name)}"
                )
        if not 0 < self.learning_rate < float("inf"):
            raise BadInput(f"learning_rate: expected above 0, got {self.learning_rate}")
        for wanted in self.keep:
            if wanted not in (*range(self.every, self.updates, self.every), self.updates):
                raise BadInput(
                    f"keep: {wanted} is not the update of a look; those are the multiples of "
                    f"{self.every} up to {self.updates}, and that"
                )

    @property
    def every(self) -> int:
        """Updates between two looks."""
        return -(-self.updates // self.looks)


@dataclass(frozen=True)
class StackCourse:
    """What a stack went through.

    Parameters
    ----------
    updates
        After how many updates it was looked at, shape (looks,).
    training
        The mean loss since the look before, dropout and all, shape (looks, networks).
    evaluation
        The loss of the same probe at each look, without dropout, shape (looks, networks).
    seconds
        In all.
    kept
        Updates → the stack's weights after them, for those that the schedule keeps.
    """

    updates: np.ndarray
    training: np.ndarray
    evaluation: np.ndarray
    seconds: float
    kept: dict[int, dict[str, torch.Tensor]]


def train(
    stack: torch.nn.Module,
    draw: Draw,
    schedule: Schedule,
    *,
    checkpoint: Checkpoint | None = None,
    title: str = "",
) -> StackCourse:
    """Train a stack of networks in place.

    The networks do not know of each other: each follows its own loss. Random numbers are PyTorch's; see
    :func:`mixedpixels.training.seeded`. A training that was killed goes on at its last look.

    Parameters
    ----------
    stack
        A :class:`Stack`, on its device.
    draw
        Gives what ``stack.losses`` takes, drawn on that device.
    schedule
        See :class:`Schedule`.
    checkpoint
        Where to keep the state at each look; ``every`` is not used. None keeps nothing.
    title
        For the progress bar, which is drawn on a terminal only.

    Returns
    -------
    StackCourse

    Raises
    ------
    NotFinite
        When a loss became NaN or infinite.
    BadInput
        When the checkpoint is of another training, or damaged; or the device lacks the arithmetic.
    """
    began = time.perf_counter()
    device = next(stack.parameters()).device
    run = StackRun(stack, draw, schedule, device)
    if checkpoint and checkpoint.path.is_file():
        run.load(checkpoint)
    update = run.recorded() if device.type == "cuda" else run.update
    console = Console(file=sys.stderr)
    with (
        Precision(schedule.arithmetic, device),
        Progress(console=console, disable=not console.is_terminal, transient=True) as bar,
    ):
        line = bar.add_task(title, total=schedule.updates, completed=run.done)
        while run.done < schedule.updates:
            for _ in range(min(schedule.every, schedule.updates - run.done)):
                run.steer()
                update()
                run.done += 1
            run.look()
            bar.update(line, completed=run.done)
            if checkpoint:
                run.save(checkpoint, time.perf_counter() - began)
    stack.eval()
    training, evaluation = (torch.stack(c).cpu().double().numpy() for c in run.curves.values())
    seconds = run.before + time.perf_counter() - began
    return StackCourse(np.array(run.looked), training, evaluation, seconds, run.kept)
