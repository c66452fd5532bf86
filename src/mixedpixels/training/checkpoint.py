"""Checkpoints, from which an interrupted training is resumed.

A checkpoint is written whole or not at all, and reading it executes nothing.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path

import torch

from mixedpixels import paths
from mixedpixels.errors import BadInput

# the errors that PyTorch raises for a truncated, damaged or foreign file, depending on where it breaks
_BROKEN = (RuntimeError, OSError, EOFError, LookupError, TypeError, pickle.PickleError)


@dataclass(frozen=True)
class Checkpoint:
    """The file in which a training stores its state, and the key of that training.

    Parameters
    ----------
    path
        The file.
    key
        A digest of what is trained (settings, data, code, seed). A state with another key is refused.
    seconds
        The least time between two writes, in seconds, so that writing takes little of the training's
        time.
    """

    path: Path
    key: str
    seconds: float = 20.0


def save_state(checkpoint: Checkpoint, state: dict, device: torch.device) -> None:
    """Write a state and that of PyTorch's random generators; the file appears only when it is whole."""
    content = {**state, "key": checkpoint.key, "random": torch.get_rng_state()}
    if device.type == "cuda":
        content["random on the device"] = torch.cuda.get_rng_state(device)
    with paths.whole(checkpoint.path) as draft:
        torch.save(content, draft)


def load_state(checkpoint: Checkpoint, device: torch.device) -> dict:
    """Return a stored state, and set PyTorch's random generators to the states stored with it.

    The tensors are loaded on the processor, where Adam counts its steps. Each part of the training
    moves its own tensors to the device.

    Raises
    ------
    BadInput
        When the file is not a state, is damaged, or is the state of another training.
    """
    try:
        state = torch.load(checkpoint.path, map_location="cpu", weights_only=True)
        key = state["key"]
    except _BROKEN as error:
        raise BadInput(
            f"{checkpoint.path}: expected the state of a training, but it is damaged or another file; "
            "delete it to start from the beginning"
        ) from error
    if key != checkpoint.key:
        raise BadInput(
            f"{checkpoint.path} is the state of another training; delete it or choose another path"
        )
    torch.set_rng_state(state["random"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state["random on the device"], device)
    return state
