"""Several small networks of one shape, computed as one: a seed each, and one pass for all."""

import math
from itertools import pairwise

import torch
from torch import nn

from mixedpixels.errors import BadInput

_STEPS = 256  # a byte decides about each value


class StackedLinear(nn.Module):
    """A dense layer of several networks, one product for all of them.

    Weights are uniform after Glorot, biases zero.

    Parameters
    ----------
    networks
        How many.
    inputs, outputs
        Of each.
    """

    def __init__(self, networks: int, inputs: int, outputs: int):
        super().__init__()
        bound = math.sqrt(6 / (inputs + outputs))
        self.weight = nn.Parameter(torch.empty(networks, inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(networks, 1, outputs))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the outputs of values (networks, rows, inputs), shape (networks, rows, outputs)."""
        return torch.baddbmm(self.bias, values, self.weight)


class ByteDropout(nn.Module):
    """Dropout that spends one random byte on a value, where PyTorch's spends a random number.

    On a processor the random numbers of three dropouts would take as long as a sixth of all products
    of a SymAE in single precision.

    Parameters
    ----------
    rate
        0 up to but not 1, a multiple of 1/256, so that it is kept exactly.

    Raises
    ------
    BadInput
        For any other rate.
    """

    def __init__(self, rate: float):
        super().__init__()
        if not 0 <= rate < 1 or rate * _STEPS != int(rate * _STEPS):
            raise BadInput(
                f"dropout: expected a rate from 0 up to but not 1 in steps of 1/{_STEPS}, got {rate}"
            )
        self.rate = rate

    def extra_repr(self) -> str:
        """Return the rate, for PyTorch's description of a network."""
        return f"rate={self.rate}"

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the values, in training with each set to zero at the rate and the others made up."""
        if not self.training or not self.rate:
            return values
        words = torch.empty(-(-values.numel() // 8), dtype=torch.int64, device=values.device)
        words.random_(-(2**63), None)
        kept = words.view(torch.uint8)[: values.numel()].view(values.shape)
        kept = (kept >= int(self.rate * _STEPS)).to(values.dtype)
        return values * kept.mul_(1 / (1 - self.rate))


class StackedMLP(nn.Sequential):
    """Dense layers with leaky ReLUs between them, of several networks at once.

    Parameters
    ----------
    networks
        How many.
    widths
        Inputs of the first layer, outputs of each.
    slope
        Of the leaky ReLU below zero.
    active_end
        Whether one stands after the last layer too.
    dropout
        Layer, counted from 1 → rate of the dropout after it; see :class:`ByteDropout`.
    """

    def __init__(
        self,
        networks: int,
        widths: tuple[int, ...],
        slope: float,
        *,
        active_end: bool = False,
        dropout: dict[int, float] | None = None,
    ):
        layers, last = [], len(widths) - 1
        for k, (inputs, outputs) in enumerate(pairwise(widths), start=1):
            layers.append(StackedLinear(networks, inputs, outputs))
            if k < last or active_end:
                layers.append(
                    nn.LeakyReLU(slope, inplace=True)
                )  # nobody else reads what it changes
            if rate := (dropout or {}).get(k):
                layers.append(ByteDropout(rate))
        super().__init__(*layers)
