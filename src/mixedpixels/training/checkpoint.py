"""The state that a killed training goes on from: written whole, read without executing anything."""

import pickle
from dataclasses import dataclass
from pathlib import Path

import torch

from mixedpixels import paths
from mixedpixels.errors import BadInput

# what PyTorch raises for a file that is truncated, damaged or foreign, by where it was cut
_BROKEN = (RuntimeError, OSError, EOFError, LookupError, TypeError, pickle.PickleError)


@dataclass(frozen=True)
class Checkpoint:
    """Where a training stores its state, and whose state it is.

    Parameters
    ----------
    path
        The file.
    key
        Says what is being trained (settings, data, code, seed); a state with another key is refused.
    seconds
        At least so many between two states: writing one must not cost more than it can save.
    """

    path: Path
    key: str
    seconds: float = 20.0


def save_state(checkpoint: Checkpoint, state: dict, device: torch.device) -> None:
    """Write a state, with PyTorch's random numbers; it takes its name only when it is whole."""
    content = {**state, "key": checkpoint.key, "random": torch.get_rng_state()}
    if device.type == "cuda":
        content["random on the device"] = torch.cuda.get_rng_state(device)
    with paths.whole(checkpoint.path) as draft:
        torch.save(content, draft)


def load_state(checkpoint: Checkpoint, device: torch.device) -> dict:
    """Return a state, and set PyTorch's random numbers to those stored with it.

    It is loaded on the processor, where Adam counts its steps; each part moves what belongs elsewhere.

    Raises
    ------
    BadInput
        When the file is no state, is damaged, or is the state of another training.
    """
    try:
        state = torch.load(checkpoint.path, map_location="cpu", weights_only=True)
        key = state["key"]
    except _BROKEN as error:
        raise BadInput(
            f"{checkpoint.path}: expected the state of a training, but it is damaged or another file; "
            "delete it and start anew"
        ) from error
    if key != checkpoint.key:
        raise BadInput(
            f"{checkpoint.path} is the state of another training; delete it or choose another path"
        )
    torch.set_rng_state(state["random"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state["random on the device"], device)
    return state
