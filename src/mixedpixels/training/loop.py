"""The training loop, one for every chapter."""

import pickle
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress
from torch import nn

from mixedpixels import paths
from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.models.plan import Plan

_LOOK = 50  # epochs between two looks at the losses; a look waits for the device


class NotFinite(MixedPixelsError, ArithmeticError):
    """A loss became NaN or infinite, so the fit was stopped."""


class Trainable(Protocol):
    """What the loop asks of a network, besides being a :class:`torch.nn.Module`."""

    def losses(self, data) -> dict[str, torch.Tensor]:
        """Return the named terms of the loss, scalars that are added up."""

    def constrain(self) -> None:
        """Bring the parameters back to where they may be, after each step."""


@dataclass(frozen=True)
class Checkpoint:
    """Where a fit leaves its state every ``every`` epochs, and whose fit it is.

    ``key`` says what is being fitted (settings, data, code, seed); a state with another key is
    refused. The state is loaded as plain tensors; nothing in the file is executed.
    """

    path: Path
    key: str
    every: int = 50


@dataclass(frozen=True)
class Course:
    """What a fit went through: each term of the loss per epoch, and its seconds."""

    losses: dict[str, np.ndarray]
    seconds: float


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Draw PyTorch's random numbers from ``seed`` inside the block, and as before it afterwards.

    Raises
    ------
    BadInput
        When the seed is no whole number, or negative.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise BadInput(f"seed: expected a whole number, 0 or more; got {seed!r}")
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(int(seed))
        yield


def fit(
    model: nn.Module,
    data,
    plan: Plan,
    *,
    checkpoint: Checkpoint | None = None,
    title: str = "",
) -> Course:
    """Train a network in place.

    The loop does not wait for the device: the losses stay there and are looked at every 50 epochs. (A
    model may: PyTorch looks at the outcome of every singular value decomposition.)
    Random numbers are PyTorch's; see :func:`seeded`. With a checkpoint, a fit that was killed goes on
    where its last state was left, and ends as if it had not been; on a GPU only where PyTorch's kernels
    are deterministic.

    Parameters
    ----------
    model
        A :class:`Trainable` module, on its device.
    data
        What ``model.losses`` takes, on the same device.
    plan
        Epochs, learning rate and the rest.
    checkpoint
        Where to keep the state; None keeps nothing.
    title
        For the progress bar, which is drawn on a terminal only.

    Raises
    ------
    NotFinite
        When a loss becomes NaN or infinite; the message names the first epoch and term.
    BadInput
        When the checkpoint is of another fit, or damaged.
    """
    began = time.perf_counter()
    optimiser = torch.optim.Adam(
        model.parameters(), plan.learning_rate, weight_decay=plan.weight_decay
    )
    every, factor = plan.decay or (plan.epochs, 1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, every, factor)
    state = _State(model, optimiser, schedule)
    if checkpoint and checkpoint.path.is_file():
        state.load(checkpoint)
    model.train()
    console = Console(file=sys.stderr)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        line = bar.add_task(title, total=plan.epochs, completed=state.epoch)
        while state.epoch < plan.epochs:
            optimiser.zero_grad()
            try:
                terms = model.losses(data)
                sum(terms.values()).backward()
            except torch.linalg.LinAlgError as error:  # a decomposition of NaNs does not return
                state.check()
                raise NotFinite(
                    _advice(f"a decomposition failed in epoch {state.epoch + 1}")
                ) from error
            if plan.clip:
                nn.utils.clip_grad_norm_(model.parameters(), plan.clip, norm_type=1)
            optimiser.step()
            model.constrain()
            schedule.step()
            state.note(terms)
            last = state.epoch == plan.epochs
            if state.epoch % _LOOK == 0 or last:
                state.check()
                bar.update(line, completed=state.epoch)
            if checkpoint and (state.epoch % checkpoint.every == 0 or last):
                state.check()
                state.save(checkpoint, time.perf_counter() - began)
    curve = torch.stack(state.curve).cpu().double().numpy()
    return Course(
        dict(zip(state.names, curve.T, strict=True)), state.before + time.perf_counter() - began
    )


class _State:
    """All that a fit needs to go on: network, optimiser, schedule, random numbers, losses so far."""

    def __init__(self, model, optimiser, schedule):
        self.parts = {"model": model, "optimiser": optimiser, "schedule": schedule}
        self.device = next(model.parameters()).device
        self.names: list[str] = []
        self.curve: list[torch.Tensor] = []
        self.before = 0.0  # seconds spent before the last kill

    @property
    def epoch(self) -> int:
        return len(self.curve)

    def note(self, terms: dict[str, torch.Tensor]) -> None:
        self.names = list(terms)
        self.curve.append(torch.stack([t.detach() for t in terms.values()]))

    def check(self) -> None:
        if not self.curve:
            return
        finite = torch.stack(self.curve).isfinite().cpu()
        if finite.all():
            return
        epoch, term = (~finite).nonzero()[0].tolist()
        words = f"the loss {self.names[term]!r} became NaN or infinite in epoch {epoch + 1}"
        raise NotFinite(_advice(words))

    def save(self, checkpoint: Checkpoint, seconds: float) -> None:
        kept = {name: part.state_dict() for name, part in self.parts.items()}
        kept |= {
            "key": checkpoint.key,
            "names": self.names,
            "curve": torch.stack(self.curve),
            "seconds": self.before + seconds,
            "random": torch.get_rng_state(),
        }
        if self.device.type == "cuda":
            kept["random on the device"] = torch.cuda.get_rng_state(self.device)
        with paths.whole(checkpoint.path) as draft:
            torch.save(kept, draft)

    def load(self, checkpoint: Checkpoint) -> None:
        # on the CPU, where Adam counts its steps; the parts move what belongs on the device
        try:
            kept = torch.load(checkpoint.path, map_location="cpu", weights_only=True)
            key = kept["key"]
        except (
            RuntimeError,
            OSError,
            EOFError,
            LookupError,
            TypeError,
            pickle.PickleError,
        ) as error:
            raise BadInput(
                f"{checkpoint.path} is no state of a fit, or a damaged one; delete it and start anew"
            ) from error
        if key != checkpoint.key:
            raise BadInput(
                f"{checkpoint.path} is the state of another fit; delete it or choose another path"
            )
        for name, part in self.parts.items():
            part.load_state_dict(kept[name])
        self.names, self.before = kept["names"], kept["seconds"]
        self.curve = list(kept["curve"].to(self.device))
        torch.set_rng_state(kept["random"])
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(kept["random on the device"], self.device)


def _advice(what_happened: str) -> str:
    return (
        f"{what_happened}; check that the data are finite and of the expected scale, or lower the "
        "learning rate"
    )
