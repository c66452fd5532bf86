"""Stacks of small networks, trained once and kept in the user's cache."""

import dataclasses
from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import torch

from mixedpixels.device import choose_device
from mixedpixels.models import symae
from mixedpixels.pipeline import kept
from mixedpixels.training import Checkpoint, seeded
from mixedpixels.training.disentangler import Disentangler, Grouping, symae_and_draw
from mixedpixels.training.engine import Draw, Schedule, StackCourse, train

_LONG = 2000  # updates from which a killed training is worth going on with


def train_or_load(
    name: str,
    build: Callable[[torch.device], tuple[torch.nn.Module, Draw]],
    schedule: Schedule,
    *,
    what: dict,
    module: str,
    seed: int = 0,
    device: str = "auto",
) -> tuple[torch.nn.Module, StackCourse]:
    """Return a trained stack, trained now or found in the cache; a killed long one goes on.

    Parameters
    ----------
    name
        What its file's name begins with.
    build
        Makes the stack and its draw, on a device.
    schedule
        Of the training.
    what
        All else that the result depends on, as plain values: settings, digests of the data.
    module
        The stack's; its code and the engine's are part of the key.
    seed
        Of first weights and of all that is drawn.
    device
        ``auto``, ``cpu`` or ``cuda``.
    """
    chosen = choose_device(device)
    made_from = {**what, "schedule": dataclasses.asdict(schedule), "seed": seed}
    code = kept.code(f"import mixedpixels.training.disentangler, {module}")
    path, key = kept.place(name, made_from, code, device)
    with _current(chosen), seeded(seed, chosen), kept.alone(path):
        stack, draw = build(chosen)
        if not path.is_file():
            state = path.with_suffix(".state")
            # a state a look costs more than a short training does
            checkpoint = Checkpoint(state, key) if schedule.updates >= _LONG else None
            course = train(stack, draw, schedule, checkpoint=checkpoint, title=name)
            kept.keep(path, _flat(stack, course))
            state.unlink(missing_ok=True)
    with np.load(path, allow_pickle=False) as arrays:
        return _stack(stack, arrays, chosen)


def symae_or_load(
    name: str,
    pixels,
    groups,
    *,
    scale: float,
    settings: symae.Settings,
    grouping: Grouping,
    schedule: Schedule,
    seed: int = 0,
    device: str = "auto",
) -> Disentangler:
    """Return trained SymAEs; see :func:`mixedpixels.training.disentangler.fit_symae`."""
    pixels, groups = np.asarray(pixels, np.float32), np.asarray(groups, np.int64)
    how = {"scale": scale, "settings": settings, "grouping": grouping}

    def build(chosen: torch.device):
        return symae_and_draw(pixels, groups, **how, device=chosen)

    what = {
        "scale": scale,
        "settings": dataclasses.asdict(settings),
        "grouping": dataclasses.asdict(grouping),
        "pixels": kept.digest(pixels),
        "groups": kept.digest(groups),
    }
    stack, course = train_or_load(
        f"{name}-symae",
        build,
        schedule,
        what=what,
        module="mixedpixels.models.symae",
        seed=seed,
        device=device,
    )
    return Disentangler(stack, float(scale), course)


def _flat(stack: torch.nn.Module, course: StackCourse) -> dict[str, np.ndarray]:
    """Return a trained stack as plain arrays."""
    found = {f"end/{name}": value.cpu().numpy() for name, value in stack.state_dict().items()}
    for updates, weights in course.kept.items():
        found |= {f"{updates}/{name}": value.cpu().numpy() for name, value in weights.items()}
    names = ("updates", "training", "evaluation")
    return found | {n: getattr(course, n) for n in names} | {"seconds": np.array(course.seconds)}


def _current(device: torch.device):
    """Return a context in which a GPU is the current one: what is recorded there runs there."""
    return torch.cuda.device(device) if device.type == "cuda" else nullcontext()


def _stack(stack: torch.nn.Module, arrays, device: torch.device):
    weights: dict[str, dict[str, torch.Tensor]] = {}
    for entry in arrays.files:
        moment, slash, name = entry.partition("/")
        if slash:
            weights.setdefault(moment, {})[name] = torch.from_numpy(arrays[entry])
    stack.load_state_dict(weights.pop("end"))
    course = StackCourse(
        arrays["updates"],
        arrays["training"],
        arrays["evaluation"],
        float(arrays["seconds"]),
        {int(moment): found for moment, found in weights.items()},
    )
    return stack.to(device).eval(), course
