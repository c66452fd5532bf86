"""Checks and conversions that the metrics apply to their arguments."""

import numpy as np
from array_api_compat import array_namespace, device, is_torch_array

from mixedpixels.errors import BadInput


def as_pair(estimate, reference, names=("estimate", "reference")):
    """Return the array namespace, and both arguments as float64 on one device.

    When one argument is a torch tensor, the other becomes a tensor on the same device. Otherwise both
    become NumPy arrays.

    Parameters
    ----------
    estimate, reference
        Arrays of any shape.
    names
        What an error calls the two arguments.

    Raises
    ------
    BadInput
        When an array is empty, or a value is NaN or infinite.
    """
    import torch

    pair = [estimate, reference]
    tensors = [a for a in pair if is_torch_array(a)]
    if tensors:
        place = device(tensors[0])
        # the arrays of a scene are read-only, and torch warns about those unless it gets a copy
        pair = [a if is_torch_array(a) else np.array(a, dtype=np.float64) for a in pair]
        pair = [torch.as_tensor(a, dtype=torch.float64, device=place) for a in pair]
    else:
        pair = [np.asarray(a, dtype=np.float64) for a in pair]
    xp = array_namespace(*pair)
    for name, array in zip(names, pair, strict=True):
        if 0 in array.shape:
            raise BadInput(f"{name}: expected values, got an array of shape {tuple(array.shape)}")
        if not bool(xp.all(xp.isfinite(array))):
            raise BadInput(f"{name}: expected finite values, got NaN or infinity")
    return xp, *pair


def same_shape(estimate, reference) -> None:
    """Raise BadInput unless both arrays have the same shape."""
    if tuple(estimate.shape) != tuple(reference.shape):
        raise BadInput(
            f"estimate and reference must have one shape, got {tuple(estimate.shape)} "
            f"and {tuple(reference.shape)}"
        )


def to_numpy(array) -> np.ndarray:
    """Return an array, or a tensor on any device, as a NumPy array."""
    return np.asarray(array.detach().cpu() if is_torch_array(array) else array)
