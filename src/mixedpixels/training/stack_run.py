"""One training of a stack of networks: its updates, its looks, and the state it leaves behind."""

import copy
import math
import pickle
from collections.abc import Callable

import torch

from mixedpixels import paths
from mixedpixels.errors import BadInput
from mixedpixels.training.loop import Checkpoint, NotFinite

_WARM = 3  # updates before one is recorded on a GPU


class StackRun:
    """All that a training needs to go on: weights, Adam's moments, random numbers, curves so far."""

    def __init__(self, stack, draw, schedule, device: torch.device):
        self.stack, self.draw, self.schedule, self.device = stack, draw, schedule, device
        self.graphed = device.type == "cuda"
        rate = schedule.learning_rate
        self.optimiser = torch.optim.Adam(
            stack.parameters(),
            torch.tensor(rate, device=device) if self.graphed else rate,
            fused=True,
            capturable=self.graphed,
        )
        self.probe = draw()
        self.sum = torch.zeros_like(self.evaluate())
        self.done, self.before = 0, 0.0
        self.looked: list[int] = []
        self.kept: dict[int, dict[str, torch.Tensor]] = {}
        self.curves: dict[str, list[torch.Tensor]] = {"training": [], "evaluation": []}

    def update(self) -> None:
        self.optimiser.zero_grad(set_to_none=not self.graphed)
        with self.autocast():
            losses = self.stack.losses(*self.draw())
        losses.sum().backward()
        self.optimiser.step()
        self.sum += losses.detach()

    def recorded(self) -> Callable[[], None]:
        """Return the update as a graph that a GPU replays, without a processor between its kernels."""
        before = copy.deepcopy([self.stack.state_dict(), self.optimiser.state_dict()["state"]])
        random = torch.cuda.get_rng_state(self.device)
        self.stack.train()
        side = torch.cuda.Stream(self.device)
        side.wait_stream(torch.cuda.current_stream(self.device))
        with Precision(self.schedule.arithmetic, self.device), torch.cuda.stream(side):
            for _ in range(_WARM):
                self.update()
        torch.cuda.current_stream(self.device).wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with Precision(self.schedule.arithmetic, self.device), torch.cuda.graph(graph):
            self.update()
        # as if nothing had happened: the graph keeps the tensors, so they are filled, not replaced
        with torch.no_grad():
            weights, moments = before
            for name, value in self.stack.state_dict().items():
                value.copy_(weights[name])
            for k, kept in self.optimiser.state_dict()["state"].items():
                for name, value in kept.items():
                    value.copy_(moments[k][name]) if moments else value.zero_()
        self.sum.zero_()
        torch.cuda.set_rng_state(random, self.device)
        return graph.replay

    def steer(self) -> None:
        """Set the rate of the next update."""
        self.stack.train()
        if self.schedule.falling:
            part = self.done / self.schedule.updates
            rate = self.schedule.learning_rate * (1 + math.cos(math.pi * part)) / 2
            group = self.optimiser.param_groups[0]
            if self.graphed:
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def autocast(self):
        on = self.schedule.arithmetic == "bf16"
        return torch.autocast(self.device.type, torch.bfloat16, enabled=on)

    @torch.no_grad()
    def evaluate(self) -> torch.Tensor:
        self.stack.eval()
        return self.stack.losses(*self.probe)

    def look(self) -> None:
        since = self.done - (self.looked[-1] if self.looked else 0)
        self.looked.append(self.done)
        self.curves["training"].append(self.sum / since)
        self.curves["evaluation"].append(self.evaluate())
        self.sum.zero_()
        if self.done in self.schedule.keep:
            weights = self.stack.state_dict()
            self.kept[self.done] = {name: value.cpu().clone() for name, value in weights.items()}
        mean = self.curves["training"][-1]
        if not bool(mean.isfinite().all()):
            bad = (~mean.isfinite()).nonzero().ravel().tolist()
            raise NotFinite(
                f"the loss of network {', '.join(map(str, bad))} became NaN or infinite before update "
                f"{self.done}; check that the data are finite and of the expected scale, or lower the "
                "learning rate"
            )

    def save(self, checkpoint: Checkpoint, seconds: float) -> None:
        kept = {
            "key": checkpoint.key,
            "stack": self.stack.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "probe": self.probe,
            "done": self.done,
            "looked": self.looked,
            "kept": self.kept,
            "curves": {name: torch.stack(curve) for name, curve in self.curves.items()},
            "seconds": self.before + seconds,
            "random": torch.get_rng_state(),
        }
        if self.graphed:
            kept["random on the device"] = torch.cuda.get_rng_state(self.device)
        with paths.whole(checkpoint.path) as draft:
            torch.save(kept, draft)

    def load(self, checkpoint: Checkpoint) -> None:
        try:
            kept = torch.load(checkpoint.path, map_location=self.device, weights_only=True)
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
                f"{checkpoint.path} is no state of a training, or a damaged one; delete it and start "
                "anew"
            ) from error
        if key != checkpoint.key:
            raise BadInput(
                f"{checkpoint.path} is the state of another training; delete it or choose another path"
            )
        self.stack.load_state_dict(kept["stack"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.probe, self.before = kept["probe"], kept["seconds"]
        self.done, self.looked, self.kept = kept["done"], kept["looked"], kept["kept"]
        self.curves = {name: list(curve) for name, curve in kept["curves"].items()}
        torch.set_rng_state(kept["random"].cpu())
        if self.graphed:
            torch.cuda.set_rng_state(kept["random on the device"].cpu(), self.device)


class Precision:
    """Products of single precision as asked for inside the block, as before it afterwards."""

    def __init__(self, arithmetic: str, device: torch.device):
        if arithmetic == "tf32" and device.type != "cuda":
            raise BadInput("arithmetic tf32 is a GPU's; on a processor take fp32 or bf16")
        self.wanted = "high" if arithmetic == "tf32" else "highest"

    def __enter__(self):
        self.before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision(self.wanted)

    def __exit__(self, *_):
        torch.set_float32_matmul_precision(self.before)
