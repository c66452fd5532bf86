"""Several small networks of one shape, each with weights of its own, computed in one pass."""

import math
from itertools import pairwise

import torch
from torch import nn

from mixedpixels.errors import BadInput

_STEPS = 256  # one random byte decides about each value


class StackedLinear(nn.Module):
    """The dense layers of several networks, computed as one batched product.

    Weights are drawn from Glorot's uniform distribution; biases are zero.

    Parameters
    ----------
    networks
        The number of networks.
    inputs, outputs
        The widths of the layer, the same in each network.
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
    """Dropout that uses one random byte per value, where PyTorch's uses a whole random number.

    On a processor, PyTorch's random numbers for three dropouts would take a sixth of the time of all
    products of a SymAE in single precision.

    Parameters
    ----------
    rate
        The fraction of values that are set to zero, from 0 up to but not including 1. It is a multiple
        of 1/256, so that it holds exactly.

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
        """Return the values; in training, some are set to zero at the rate and the others scaled up."""
        if not self.training or not self.rate:
            return values
        words = torch.empty(-(-values.numel() // 8), dtype=torch.int64, device=values.device)
        words.random_(-(2**63), None)
        kept = words.view(torch.uint8)[: values.numel()].view(values.shape)
        kept = (kept >= int(self.rate * _STEPS)).to(values.dtype)
        return values * kept.mul_(1 / (1 - self.rate))


class StackedMLP(nn.Sequential):
    """Dense layers with leaky ReLUs between them, for several networks at once.

    Parameters
    ----------
    networks
        The number of networks.
    widths
        The inputs of the first layer, then the outputs of each layer.
    slope
        The slope of the leaky ReLU below zero.
    active_end
        Whether a leaky ReLU follows the last layer too.
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
                )  # nothing else reads the values that it overwrites
            if rate := (dropout or {}).get(k):
                layers.append(ByteDropout(rate))
        super().__init__(*layers)
