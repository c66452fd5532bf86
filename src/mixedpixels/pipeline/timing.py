"""How fast SymAE's updates are: the loop one would first write, and the engine.

The plain loop is one network of plain modules, a DataLoader that collects datapoints, PyTorch's own
dropout, and ``loss.item()`` after every update. The engine draws on the device, encodes each pixel
once where that is cheaper, spends a byte on each dropout and never looks. Both train the same
architecture on the same pixels.
"""

import time
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from mixedpixels.device import choose_device
from mixedpixels.models.symae import Settings
from mixedpixels.training.disentangler import Grouping, fit_symae
from mixedpixels.training.engine import Schedule

_WARM = 3  # updates of the plain loop that are not counted


class Datapoints(Dataset):
    """Datapoints drawn once, as the authors do, and handed out one by one."""

    def __init__(self, pixels: np.ndarray, labels: np.ndarray, count: int, n_tau: int):
        rng = np.random.default_rng(0)
        groups = [np.flatnonzero(labels == k) for k in np.unique(labels)]
        self.pixels = torch.tensor(pixels)
        self.drawn = [rng.choice(groups[rng.integers(len(groups))], n_tau) for _ in range(count)]

    def __len__(self):
        return len(self.drawn)

    def __getitem__(self, k):
        return self.pixels[self.drawn[k]]


class PlainSymAE(nn.Module):
    """One SymAE of plain layers, which encodes every pixel of every datapoint."""

    def __init__(self, bands: int):
        super().__init__()
        s = Settings()
        encoder = (bands, *s.encoder, s.code)
        self.reflectance = _dense(encoder, True)
        self.nuisance = _dense(encoder, True, s.inner_dropout)
        self.decoder = _dense((2 * s.code, *s.decoder, bands), False)
        self.dropout = nn.Dropout(s.code_dropout)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return pixels (datapoints, n_τ, bands), rebuilt from shared and own codes."""
        shared = self.reflectance(pixels).mean(1, keepdim=True).expand(-1, pixels.shape[1], -1)
        return self.decoder(torch.cat([shared, self.dropout(self.nuisance(pixels))], dim=-1))


def plain_rate(
    pixels, labels, grouping: Grouping, *, seconds: float, device: str = "auto"
) -> float:
    """Return the updates a second of the plain loop.

    Parameters
    ----------
    pixels
        float32, shape (n, bands).
    labels
        Of each, the group it belongs to.
    grouping
        Datapoints of an update, and pixels of a datapoint.
    seconds
        How long to measure, about.
    device
        ``auto``, ``cpu`` or ``cuda``.
    """
    device = choose_device(device)
    network = PlainSymAE(pixels.shape[1]).to(device)
    optimiser = torch.optim.Adam(network.parameters(), 1e-4)
    drawn = Datapoints(pixels, labels, 40 * grouping.datapoints, grouping.n_tau)
    loader, done, began = DataLoader(drawn, grouping.datapoints), 0, 0.0
    while True:
        for batch in loader:
            batch = batch.to(device)
            optimiser.zero_grad()
            loss = (network(batch) - batch).square().mean()
            loss.backward()
            optimiser.step()
            loss.item()
            done += 1
            if done == _WARM:
                began = time.perf_counter()
            elif done > _WARM and (spent := time.perf_counter() - began) > seconds:
                return (done - _WARM) / spent


def engine_rate(
    pixels,
    labels,
    networks: int,
    grouping: Grouping,
    arithmetic: str,
    *,
    seconds: float,
    device: str = "auto",
) -> float:
    """Return the updates a second of the engine, each one of every network of a stack.

    Two trainings of different length tell it, so that what comes before the first update is not
    counted.

    Parameters
    ----------
    pixels, labels, grouping, device
        As in :func:`plain_rate`; each network learns from the same.
    networks
        In the stack.
    arithmetic
        See :class:`mixedpixels.training.engine.Schedule`.
    seconds
        How long to measure, about; three updates at least.
    """

    def spent(updates: int) -> float:
        return fit_symae(
            np.stack([pixels] * networks),
            np.stack([labels] * networks),
            scale=1.0,
            settings=Settings(),
            grouping=grouping,
            schedule=Schedule(updates, arithmetic=arithmetic, looks=1),
            device=device,
        ).course.seconds

    spent(1)  # what is loaded once is loaded now
    first = spent(1)
    more = max(3, round(seconds / first))
    return more / (spent(1 + more) - first)


def _dense(widths: tuple[int, ...], active_end: bool, dropout: float = 0.0) -> nn.Sequential:
    layers = []
    for number, (inputs, units) in enumerate(pairwise(widths), start=1):
        layers.append(nn.Linear(inputs, units))
        if active_end or number < len(widths) - 1:
            layers.append(nn.LeakyReLU(0.5))
        if dropout and number in (1, 3):
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)
