"""One update of a network, or of a stack of them: the part of a training that differs."""

import copy
import math
from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import nn

from mixedpixels.models.config import TrainingConfig

Draw = Callable[[], tuple]
_WARM = 3  # updates before one is recorded on a GPU


class Step:
    """An update of one network by Adam.

    A subclass may have other losses, or several optimisers: the loop asks for :meth:`update`,
    :meth:`steer`, :meth:`evaluate` and the state.

    Parameters
    ----------
    model
        On its device. ``losses(*drawn)`` returns the named terms of the loss, scalars that are added
        up; ``constrain()`` brings the parameters back to where they may be, after each update.
    draw
        Returns what ``losses`` takes, on the device: the whole image each time, or a new batch.
    config
        See :class:`~mixedpixels.models.config.TrainingConfig`.

    Attributes
    ----------
    names : tuple of str
        Of the numbers that an update returns; known after the first one.
    """

    def __init__(self, model: nn.Module, draw: Draw, config: TrainingConfig):
        self.model, self.draw, self.config = model, draw, config
        self.device = next(model.parameters()).device
        self.names: tuple[str, ...] = ()
        self.optimiser = self.adam()

    def adam(self) -> torch.optim.Adam:
        """Return a new optimiser of the model's parameters."""
        return torch.optim.Adam(
            self.model.parameters(),
            self.config.learning_rate,
            weight_decay=self.config.weight_decay,
        )

    def update(self) -> torch.Tensor:
        """Make one update; return its losses, shape (len(names),), without waiting for the device."""
        self.optimiser.zero_grad()
        with self.autocast():
            terms = self.model.losses(*self.draw())
        sum(terms.values()).backward()
        if self.config.clip:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip, norm_type=1)
        self.optimiser.step()
        self.model.constrain()
        self.names = tuple(terms)
        return torch.stack([t.detach() for t in terms.values()])

    def prepared(self) -> Callable[[], torch.Tensor]:
        """Return the update in the form that the loop calls."""
        return self.update

    def steer(self, done: int) -> None:
        """Set the learning rate for the update after ``done`` updates."""
        config = self.config
        if config.decay == "cosine":
            self.rate = config.learning_rate * (1 + math.cos(math.pi * done / config.updates)) / 2
        elif config.decay and done and done % config.decay[0] == 0:
            self.rate = self.rate * config.decay[1]

    @property
    def rate(self):
        """The learning rate of the next update."""
        return self.optimiser.param_groups[0]["lr"]

    @rate.setter
    def rate(self, value: float) -> None:
        group = self.optimiser.param_groups[0]
        if isinstance(group["lr"], torch.Tensor):  # a recorded graph reads it where it lies
            group["lr"].fill_(value)
        else:
            group["lr"] = value

    def evaluate(self) -> torch.Tensor | None:
        """Return the losses of a fixed probe without dropout; None where the step has no probe."""
        return None

    def autocast(self):
        """Return the context in which products have the configured precision."""
        if self.config.precision != "bf16":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def state(self) -> dict:
        """Return all that the step needs to go on, as tensors and plain values."""
        return {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict) -> None:
        """Take up what :meth:`state` returned."""
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])


class StackStep(Step):
    """An update of a stack of networks, each by its own loss; on a GPU, one recorded graph.

    Parameters
    ----------
    model
        ``losses(*drawn)`` returns the loss of each network, shape (networks,).
    draw, config
        As in :class:`Step`. The first draw is the probe.
    """

    def __init__(self, model: nn.Module, draw: Draw, config: TrainingConfig):
        super().__init__(model, draw, config)
        self.probe = draw()
        self.names = tuple(f"network {k}" for k in range(len(self.evaluate())))

    @property
    def graphed(self) -> bool:
        """Whether an update is recorded once and replayed."""
        return self.device.type == "cuda"

    def adam(self) -> torch.optim.Adam:
        """Return a new optimiser that updates all parameters at once."""
        rate = self.config.learning_rate
        return torch.optim.Adam(
            self.model.parameters(),
            torch.tensor(rate, device=self.device) if self.graphed else rate,
            weight_decay=self.config.weight_decay,
            fused=True,
            capturable=self.graphed,
        )

    def update(self) -> torch.Tensor:
        """Make one update of each network; return their losses, shape (networks,)."""
        self.model.train()
        self.optimiser.zero_grad(set_to_none=not self.graphed)
        with self.autocast():
            losses = self.model.losses(*self.draw())
        losses.sum().backward()
        self.optimiser.step()
        return losses.detach()

    @torch.no_grad()
    def evaluate(self) -> torch.Tensor:
        """Return the loss of each network on the probe, without dropout, shape (networks,)."""
        self.model.eval()
        losses = self.model.losses(*self.probe)
        self.model.train()
        return losses

    def prepared(self) -> Callable[[], torch.Tensor]:
        """Return the update; on a GPU as a recorded graph, with no processor between its kernels."""
        if not self.graphed:
            return self.update
        before = copy.deepcopy([self.model.state_dict(), self.optimiser.state_dict()["state"]])
        random = torch.cuda.get_rng_state(self.device)
        side = torch.cuda.Stream(self.device)
        side.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(side):
            for _ in range(_WARM):
                self.update()
        torch.cuda.current_stream(self.device).wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            losses = self.update()
        # as if nothing had happened: the graph keeps the tensors, so they are filled, not replaced
        with torch.no_grad():
            weights, moments = before
            for name, value in self.model.state_dict().items():
                value.copy_(weights[name])
            for k, stored in self.optimiser.state_dict()["state"].items():
                for name, value in stored.items():
                    value.copy_(moments[k][name]) if moments else value.zero_()
        torch.cuda.set_rng_state(random, self.device)

        def replay() -> torch.Tensor:
            graph.replay()
            return losses

        return replay

    def state(self) -> dict:
        """Return all that the step needs to go on; the probe is part of it."""
        return {**super().state(), "probe": list(self.probe)}

    def restore(self, state: dict) -> None:
        """Take up what :meth:`state` returned."""
        super().restore(state)
        self.probe = tuple(part.to(self.device) for part in state["probe"])
