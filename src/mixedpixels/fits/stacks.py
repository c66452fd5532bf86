"""Stacks of small networks, trained once and cached with their weights."""

import dataclasses
from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import torch

from mixedpixels.device import choose_device
from mixedpixels.fits.cache import cached, digest
from mixedpixels.models import symae
from mixedpixels.models.config import TrainingConfig
from mixedpixels.provenance import code_of_function, definitions_of
from mixedpixels.training import Disentangler, Grouping, History, StackStep, seeded, train
from mixedpixels.training.disentangler import symae_and_draw
from mixedpixels.training.step import Draw


def train_or_load(
    name: str,
    build: Callable[[torch.device], tuple[torch.nn.Module, Draw]],
    config: TrainingConfig,
    *,
    made_from: dict,
    seed: int = 0,
    device: str = "auto",
) -> tuple[torch.nn.Module, History]:
    """Return a trained stack of networks, trained now or loaded from the cache.

    An interrupted training is resumed from its checkpoint.

    Parameters
    ----------
    name
        The beginning of the file's name.
    build
        Takes a device and returns the stack, and the function that draws its data, on that device. Its
        code, and the code that it reaches, are part of the key of the cache.
    config
        The configuration of the training.
    made_from
        Everything else that the result depends on, as plain values: settings and digests of the data.
    seed
        Seed of the first weights, of the drawn data and of the dropout.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Returns
    -------
    stack : torch.nn.Module
        The networks, in evaluation mode.
    history : History
        The history of their training.
    """
    chosen = choose_device(device)
    with _current(chosen), seeded(seed, chosen):
        stack, draw = build(chosen)

        def make(checkpoint) -> dict[str, np.ndarray]:
            history = train(StackStep(stack, draw, config), checkpoint=checkpoint, title=name)
            return _flat(stack, history)

        arrays = cached(
            name,
            make,
            made_from={**made_from, "training": dataclasses.asdict(config), "seed": seed},
            code=definitions_of("mixedpixels.training.train", "mixedpixels.training.StackStep")
            | code_of_function(build),
            device=device,
        )
    return _stack(stack, arrays, chosen)


def symae_or_load(
    name: str,
    pixels,
    groups,
    *,
    scale: float,
    settings: symae.Settings,
    grouping: Grouping,
    config: TrainingConfig,
    seed: int = 0,
    device: str = "auto",
) -> Disentangler:
    """Return SymAEs that are trained now or loaded from the cache.

    Parameters
    ----------
    name
        The beginning of the file's name.
    pixels, groups, scale, settings, grouping, config, seed, device
        As in :func:`mixedpixels.training.fit_symae`.
    """
    pixels, groups = np.asarray(pixels, np.float32), np.asarray(groups, np.int64)
    how = {"scale": scale, "settings": settings, "grouping": grouping}

    def build(chosen: torch.device):
        return symae_and_draw(pixels, groups, **how, device=chosen)

    made_from = {
        "scale": scale,
        "settings": dataclasses.asdict(settings),
        "grouping": dataclasses.asdict(grouping),
        "pixels": digest(pixels),
        "groups": digest(groups),
    }
    stack, history = train_or_load(
        f"{name}-symae",
        build,
        config,
        made_from=made_from,
        seed=seed,
        device=device,
    )
    return Disentangler(stack, float(scale), history)


def _flat(stack: torch.nn.Module, history: History) -> dict[str, np.ndarray]:
    """Return a trained stack as plain arrays."""
    found = {f"end/{name}": value.cpu().numpy() for name, value in stack.state_dict().items()}
    for updates, weights in history.snapshots.items():
        found |= {f"{updates}/{name}": value.cpu().numpy() for name, value in weights.items()}
    return found | {
        "updates": history.updates,
        "names": np.array(list(history.losses)),
        "losses": np.array(list(history.losses.values())),
        "evaluation": np.array(list(history.evaluation.values())),
        "seconds": np.array(history.seconds),
    }


def _current(device: torch.device):
    """Return a context in which the given GPU is PyTorch's current one, as recorded graphs require."""
    return torch.cuda.device(device) if device.type == "cuda" else nullcontext()


def _stack(stack: torch.nn.Module, arrays: dict[str, np.ndarray], device: torch.device):
    weights: dict[str, dict[str, torch.Tensor]] = {}
    for entry, values in arrays.items():
        moment, slash, name = entry.partition("/")
        if slash:
            weights.setdefault(moment, {})[name] = torch.from_numpy(values)
    stack.load_state_dict(weights.pop("end"))
    names = arrays["names"].tolist()
    history = History(
        arrays["updates"],
        dict(zip(names, arrays["losses"], strict=True)),
        dict(zip(names, arrays["evaluation"], strict=True)),
        float(arrays["seconds"]),
        {int(moment): found for moment, found in weights.items()},
    )
    return stack.to(device).eval(), history
