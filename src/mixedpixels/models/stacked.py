"""Several small networks of one shape, computed as one: a seed each, and one pass for all."""

import math
from itertools import pairwise

import torch
from torch import nn


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
        Layer, counted from 1 → rate of the dropout after it, 0–1.
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
                layers.append(nn.LeakyReLU(slope))
            if rate := (dropout or {}).get(k):
                layers.append(nn.Dropout(rate))
        super().__init__(*layers)
