"""The training loop of all networks, which records a history and can resume from a checkpoint."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress

from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.training.checkpoint import Checkpoint, load_state, save_state
from mixedpixels.training.step import Step

_CHECK = 50  # the least updates between two checks for finite losses; a check waits for the device


class NotFinite(MixedPixelsError, ArithmeticError):
    """A loss became NaN or infinite, so the training was stopped."""


@dataclass(frozen=True)
class History:
    """The history of a training.

    Parameters
    ----------
    updates
        The number of updates after which each entry was made, int64, shape (entries,).
    losses
        Name of a term of the loss, or of a network of the stack → its mean since the entry before, with
        dropout, float64, shape (entries,).
    evaluation
        The same name → the loss on a fixed probe at each entry, without dropout, float64, shape
        (entries,). It is empty where the step has no probe.
    seconds
        The time of the whole training, including the time before an interruption.
    snapshots
        Number of updates → the weights after them, for the numbers that the configuration lists.
    """

    updates: np.ndarray
    losses: dict[str, np.ndarray]
    evaluation: dict[str, np.ndarray]
    seconds: float
    snapshots: dict[int, dict[str, torch.Tensor]]


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Seed PyTorch's random generators inside a ``with`` block, and restore their states after it.

    Parameters
    ----------
    seed
        A whole number, 0 or more.
    device
        Where random numbers are drawn besides the processor.

    Raises
    ------
    BadInput
        When the seed is not a whole number, or is negative.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise BadInput(f"seed: expected a whole number, 0 or more; got {seed!r}")
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(int(seed))
        yield


def train(step: Step, *, checkpoint: Checkpoint | None = None, title: str = "") -> History:
    """Train a network, or a stack of networks, in place, and leave it in evaluation mode.

    The loop does not wait for the device between two checks of the losses. A model may do so: PyTorch
    waits for the result of every singular value decomposition. Random numbers come from PyTorch's
    generators; see :func:`seeded`. With a checkpoint, an interrupted training resumes from its last
    state and gives the result of an uninterrupted one. On a GPU this holds only where PyTorch's kernels
    are deterministic.

    Parameters
    ----------
    step
        One update of the training; it holds the model and the configuration.
    checkpoint
        Where the state is stored; None stores nothing.
    title
        The title of the progress bar, which is drawn on a terminal only.

    Returns
    -------
    History
        The losses, the evaluations and the snapshots.

    Raises
    ------
    NotFinite
        When a loss becomes NaN or infinite; the message names the loss and the update.
    BadInput
        When the checkpoint is damaged or of another training, or the device does not support the
        precision.
    """
    config, began = step.config, time.perf_counter()
    progress = _Progress(step)
    if checkpoint and checkpoint.path.is_file():
        progress.restore(load_state(checkpoint, step.device))
    check_every = -(-_CHECK // config.eval_every) * config.eval_every
    stored = time.perf_counter()
    console = Console(file=sys.stderr)
    step.model.train()
    with (
        _precision(config.precision, step.device),
        Progress(console=console, disable=not console.is_terminal, transient=True) as bar,
    ):
        update = step.prepared()
        line = bar.add_task(title, total=config.updates, completed=progress.done)
        while progress.done < config.updates:
            step.steer(progress.done)
            try:
                progress.add(update())
            except torch.linalg.LinAlgError as error:  # raised by a decomposition of NaNs
                progress.check()
                words = f"a decomposition failed in update {progress.done + 1}"
                raise NotFinite(_advice(words)) from error
            last = progress.done == config.updates
            if progress.done % config.eval_every == 0 or last:
                progress.enter()
            if progress.done % check_every == 0 or last:
                progress.check()
                bar.update(line, completed=progress.done)
                now = time.perf_counter()
                if checkpoint and now - stored >= checkpoint.seconds and not last:
                    save_state(checkpoint, progress.state(now - began), step.device)
                    stored = now
    step.model.eval()
    return progress.history(time.perf_counter() - began)


class _Progress:
    """The progress of a training: its step, the losses so far, and the snapshots so far."""

    def __init__(self, step: Step):
        self.step, self.done, self.before = step, 0, 0.0
        self.updates: list[int] = []
        self.curves: dict[str, list[torch.Tensor]] = {"losses": [], "evaluation": []}
        self.snapshots: dict[int, dict[str, torch.Tensor]] = {}
        self.sum: torch.Tensor | None = None

    def add(self, losses: torch.Tensor) -> None:
        self.sum = losses.clone() if self.sum is None else self.sum + losses
        self.done += 1

    def enter(self) -> None:
        since = self.done - (self.updates[-1] if self.updates else 0)
        self.updates.append(self.done)
        self.curves["losses"].append(self.sum / since)
        self.sum = None
        evaluated = self.step.evaluate()
        if evaluated is not None:
            self.curves["evaluation"].append(evaluated)
        if self.done in self.step.config.snapshots:
            weights = self.step.model.state_dict()
            self.snapshots[self.done] = {
                name: value.cpu().clone() for name, value in weights.items()
            }

    def check(self) -> None:
        if not self.updates:
            return
        finite = torch.stack(self.curves["losses"]).isfinite().cpu()
        if not finite.all():
            entry, place = (~finite).nonzero()[0].tolist()
            name, when = self.step.names[place], self.updates[entry]
            raise NotFinite(
                _advice(f"the loss {name!r} became NaN or infinite in or before update {when}")
            )

    def state(self, seconds: float) -> dict:
        return {
            "step": self.step.state(),
            "names": list(self.step.names),
            "updates": self.updates,
            "curves": {name: torch.stack(c) for name, c in self.curves.items() if c},
            "snapshots": self.snapshots,
            "seconds": self.before + seconds,
        }

    def restore(self, state: dict) -> None:
        self.step.restore(state["step"])
        self.step.names = tuple(state["names"])
        self.updates, self.snapshots = state["updates"], state["snapshots"]
        self.done = self.updates[-1] if self.updates else 0
        for name, curve in state["curves"].items():
            self.curves[name] = list(curve.to(self.step.device))
        self.before = state["seconds"]

    def history(self, seconds: float) -> History:
        curves = {
            what: dict(zip(self.step.names, torch.stack(c).T.cpu().double().numpy(), strict=True))
            if c
            else {}
            for what, c in self.curves.items()
        }
        updates = np.array(self.updates)
        return History(updates, **curves, seconds=self.before + seconds, snapshots=self.snapshots)


@contextmanager
def _precision(precision: str, device: torch.device) -> Iterator[None]:
    """Set the precision of single-precision matrix products inside a ``with`` block."""
    if precision == "tf32" and device.type != "cuda":
        raise BadInput("precision tf32 is a GPU's; on a processor take fp32 or bf16")
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def _advice(what_happened: str) -> str:
    return (
        f"{what_happened}; check that the data are finite and of the expected scale, or lower the "
        "learning rate"
    )
