"""SymAE's training loss, nearest neighbours and residual variance against core-seconds, by schedule.

``python benchmarks/symae_schedules.py [SECONDS [VARIANT …]] [--seeds N]`` trains one network per seed
for about SECONDS of one core in each variant, on all labelled pixels of Kennedy Space Center, and
prints a line of JSON for each. A variant is a comma-separated text, as
``muon,rate=1e-3,datapoints=64``.
"""

import argparse
import json
import time
from types import SimpleNamespace

import numpy as np
import torch
from muon import Muon

from mixedpixels import scenes
from mixedpixels.chapters.symae.study import Disentangling
from mixedpixels.device import choose_device
from mixedpixels.models.config import TrainingConfig
from mixedpixels.models.symae import Settings
from mixedpixels.training import Grouping, seeded, train
from mixedpixels.training.disentangler import Disentangler, symae_and_draw
from mixedpixels.training.step import StackStep

COMPARED = ["adam,rate=2e-4", "adam,rate=1e-3", "muon,rate=1e-3,datapoints=64"]  # unless named
DEFAULTS = {"optimiser": "adam", "rate": 1e-3, "datapoints": 8, "n_tau": 8, "precision": "bf16"}
DEFAULTS |= {"warm": 0, "average": 0.0, "clip": 0.0, "decay": "cosine"}


class Schedule(StackStep):
    """One update with Adam or Muon, a warm-up, clipped gradients and averaged weights."""

    def __init__(self, model, draw, config, about: dict):
        self.about = about
        super().__init__(model, draw, config)
        self.others = None
        if about["optimiser"] == "muon":
            matrices = [p for n, p in model.named_parameters() if n.endswith("weight")]
            rest = [p for n, p in model.named_parameters() if not n.endswith("weight")]
            self.others = torch.optim.Adam(rest, config.learning_rate, fused=True)
            self.optimiser = Muon(matrices, config.learning_rate)
        self.mean = None
        if about["average"]:
            self.mean = [p.detach().clone() for p in model.parameters()]

    def update(self):
        self.model.train()
        self.model.zero_grad(set_to_none=True)
        with self.autocast():
            losses = self.model.losses(*self.draw())
        losses.sum().backward()
        if self.about["clip"]:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.about["clip"])
        self.optimiser.step()
        if self.others is not None:
            self.others.step()
        if self.mean is not None:
            torch._foreach_lerp_(
                self.mean, list(self.model.parameters()), 1 - self.about["average"]
            )
        return losses.detach()

    def steer(self, done: int) -> None:
        super().steer(done)
        if done < self.about["warm"]:
            self.rate = self.config.learning_rate * (done + 1) / self.about["warm"]
        if self.others is not None:
            self.others.param_groups[0]["lr"] = self.rate


def parse(text: str) -> dict:
    """Return the settings of a variant."""
    about = dict(DEFAULTS)
    for word in text.split(","):
        name, _, value = word.partition("=")
        if not value:
            about["optimiser"] = name
        else:
            about[name] = type(DEFAULTS[name])(value)
    return about


def begun(study, about: dict, updates: int, seed: int):
    """Return a step on the first split."""
    split, device = study.splits[seed], choose_device("cpu")
    with seeded(seed, device):
        stack, draw = symae_and_draw(
            study.scene.pixels[split.train][None],
            study.labels[split.train][None],
            scale=study.scale,
            settings=Settings(),
            grouping=Grouping(about["datapoints"], about["n_tau"]),
            device=device,
        )
        config = TrainingConfig(
            updates,
            about["rate"],
            "cosine" if about["decay"] == "cosine" else None,
            precision=about["precision"],
            eval_every=max(1, updates // 50),
        )
        return Schedule(stack, draw, config, about)


def measure(study, text: str, seconds: float, seed: int) -> dict:
    """Train one network for about so many seconds and return its scores."""
    about = parse(text)
    trial = begun(study, about, 1000, seed)
    for _ in range(3):
        trial.update()
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < min(4.0, 0.1 * seconds):
        trial.update()
        count += 1
    each = (time.perf_counter() - began) / count
    updates = max(50, int(seconds / each))
    step = begun(study, about, updates, seed)
    with seeded(seed, step.device):
        history = train(step)
    last = np.array([c[-3:].mean() for c in history.losses.values()])
    if step.mean is not None:
        with torch.no_grad():
            for parameter, value in zip(step.model.parameters(), step.mean, strict=True):
                parameter.copy_(value)
        # the loss of the averaged weights, with dropout, over as many datapoints as two entries
        step.model.train()
        with torch.no_grad(), seeded(seed + 1, step.device):
            last = np.mean([step.model.losses(*step.draw()).numpy() for _ in range(200)], axis=0)
        step.model.eval()
    one = SimpleNamespace(splits=1, updates=1, precision="bf16", device="cpu")
    own = Disentangling(study.scene, one, [study.splits[seed]])
    knn, residual = own.quality(Disentangler(step.model, study.scale, history), 0)
    return {
        "variant": text,
        "seed": seed,
        "updates": updates,
        "seconds": round(history.seconds, 1),
        "loss": float(last[0]),
        "knn": round(float(knn), 2),
        "residual": round(float(residual), 3),
    }


def main() -> None:
    """Measure each variant with each seed and print the results as lines of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=20.0)
    parser.add_argument("variants", nargs="*", default=COMPARED)
    parser.add_argument("--seeds", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(1)
    run = SimpleNamespace(splits=10, updates=1, precision="bf16", device="cpu")
    study = Disentangling(scenes.load("ksc-labelled"), run)
    for seed in range(given.seeds):
        for text in given.variants:
            try:
                found = measure(study, text, given.seconds, seed)
            except ArithmeticError as error:
                found = {"variant": text, "seed": seed, "error": str(error)}
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
