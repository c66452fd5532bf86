"""One update of a network or of a stack of networks, which the training loop repeats."""

import copy
import math
from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import nn

from mixedpixels.models.config import TrainingConfig

Draw = Callable[[], tuple]
_WARM = 3  # warm-up updates on a GPU, before one is recorded as a graph


class Step:
    """One update of one network by Adam.

    A subclass may have other losses, or several optimisers. The loop calls :meth:`prepared`,
    :meth:`steer`, :meth:`evaluate`, :meth:`state` and :meth:`restore`.

    Parameters
    ----------
    model
        The network, on its device. ``losses(*drawn)`` returns a dict of the terms of the loss, scalars
        that are added up. ``constrain()`` projects the parameters onto their allowed range after each
        update.
    draw
        Returns the arguments of ``losses``, on the device: the whole image each time, or a new batch.
    config
        See :class:`~mixedpixels.models.config.TrainingConfig`.

    Attributes
    ----------
    names : tuple of str
        The names of the numbers that an update returns, known after the first update.
    """

    def __init__(self, model: nn.Module, draw: Draw, config: TrainingConfig):
        self.model, self.draw, self.config = model, draw, config
        self.device = next(model.parameters()).device
        self.names: tuple[str, ...] = ()
        self.optimiser = self.adam()

    def adam(self) -> torch.optim.Adam:
        """Return a new Adam optimiser of the model's parameters."""
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
        """Set the learning rate of the next update, where ``done`` updates have been made."""
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
        if isinstance(group["lr"], torch.Tensor):  # a recorded graph reads this tensor in place
            group["lr"].fill_(value)
        else:
            group["lr"] = value

    def evaluate(self) -> torch.Tensor | None:
        """Return the losses on a fixed probe without dropout, or None where the step has no probe."""
        return None

    def autocast(self):
        """Return the context in which products have the configured precision."""
        if self.config.precision != "bf16":
            return nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def state(self) -> dict:
        """Return the state from which the step can be resumed, as tensors and plain values."""
        return {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict) -> None:
        """Restore a state that :meth:`state` returned."""
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])


class StackStep(Step):
    """One update of a stack of networks, each by its own loss; on a GPU, a recorded CUDA graph.

    Parameters
    ----------
    model
        The stack, on its device. ``losses(*drawn)`` returns the loss of each network, shape
        (networks,).
    draw, config
        As in :class:`Step`. The first draw is the probe.
    """

    def __init__(self, model: nn.Module, draw: Draw, config: TrainingConfig):
        super().__init__(model, draw, config)
        self.probe = draw()
        self.names = tuple(f"network {k}" for k in range(len(self.evaluate())))

    @property
    def graphed(self) -> bool:
        """Whether an update is recorded once as a CUDA graph and then replayed."""
        return self.device.type == "cuda"

    def adam(self) -> torch.optim.Adam:
        """Return a new fused Adam optimiser, which updates all parameters at once."""
        rate = self.config.learning_rate
        return torch.optim.Adam(
            self.model.parameters(),
            torch.tensor(rate, device=self.device) if self.graphed else rate,
            weight_decay=self.config.weight_decay,
            fused=True,
            capturable=self.graphed,
        )

    def update(self) -> torch.Tensor:
        """Make one update of each network and return their losses, shape (networks,)."""
        self.model.train()
        self.optimiser.zero_grad(set_to_none=not self.graphed)
        with self.autocast():
            losses = self.model.losses(*self.draw())
        losses.sum().backward()
        self.optimiser.step()
        return losses.detach()

    @torch.no_grad()
    def evaluate(self) -> torch.Tensor:
        """Return the loss of each network on the fixed probe, without dropout, shape (networks,)."""
        self.model.eval()
        losses = self.model.losses(*self.probe)
        self.model.train()
        return losses

    def prepared(self) -> Callable[[], torch.Tensor]:
        """Return the update; on a GPU as a recorded graph, which runs without the processor."""
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
        # Undo the warm-up. The graph refers to these tensors, so they are filled, not replaced.
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
        """Return the state from which the step can be resumed, including the probe."""
        return {**super().state(), "probe": list(self.probe)}

    def restore(self, state: dict) -> None:
        """Restore a state that :meth:`state` returned.

        A recorded graph reads the learning rate from one tensor, so this tensor is filled, not
        replaced.
        """
        rate = self.rate
        super().restore(state)
        if isinstance(rate, torch.Tensor):
            rate.fill_(float(self.rate))
            self.optimiser.param_groups[0]["lr"] = rate
        self.probe = tuple(part.to(self.device) for part in state["probe"])
