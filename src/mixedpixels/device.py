"""Choosing the device on which the computation runs."""

import re

import torch

from mixedpixels.errors import BadInput


def choose_device(device: str) -> torch.device:
    """Return the device named ``auto`` (a GPU when there is one), ``cpu``, ``cuda`` or ``cuda:1``.

    Raises
    ------
    BadInput
        When the device is unknown or not on this machine.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if not re.fullmatch(r"cpu|cuda(:\d+)?", device):
        raise BadInput(f"device must be auto, cpu, cuda or cuda:N, got {device!r}")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise BadInput(
            f"device {device!r} cannot be used on this machine "
            f"({str(error).splitlines()[0]}); try auto or cpu"
        ) from error
    return chosen
