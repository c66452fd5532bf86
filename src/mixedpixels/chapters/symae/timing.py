"""Timing of SymAE's updates in a straightforward loop and in the loop of this package.

The plain loop trains one network of plain modules, with a DataLoader that collects datapoints,
PyTorch's own dropout, and ``loss.item()`` after every update. The loop of the package draws datapoints
on the device, encodes each pixel once where that is cheaper, uses one random byte per value of a
dropout, and does not wait for a loss. Both train the same architecture on the same pixels.
"""

import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from mixedpixels.device import choose_device
from mixedpixels.models.config import TrainingConfig
from mixedpixels.models.symae import Settings
from mixedpixels.training import Grouping, fit_symae

_WARM = 3  # warm-up calls, which are not timed
_SIDE = {"cpu": 1024, "cuda": 8192}  # of a matrix, so large that the product dominates the time


class Datapoints(Dataset):
    """Datapoints that are drawn once, as the authors do, and returned one by one."""

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
        self.reflectance = _dense(encoder, s.slope, active_end=True)
        self.nuisance = _dense(encoder, s.slope, active_end=True, dropout=s.inner_dropout)
        self.decoder = _dense((2 * s.code, *s.decoder, bands), s.slope)
        self.dropout = nn.Dropout(s.code_dropout)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the reconstruction of datapoints (datapoints, n_τ, bands), of the same shape."""
        shared = self.reflectance(pixels).mean(1, keepdim=True).expand(-1, pixels.shape[1], -1)
        return self.decoder(torch.cat([shared, self.dropout(self.nuisance(pixels))], dim=-1))


def product_rate(precision: str, *, seconds: float, device: str = "auto") -> float:
    """Return the floating-point operations per second of a product of large matrices.

    Parameters
    ----------
    precision
        ``fp32`` or ``bf16``.
    seconds, device
        As in :func:`plain_rate`.
    """
    device = choose_device(device)
    kind = {"fp32": torch.float32, "bf16": torch.bfloat16}[precision]
    side = _SIDE[device.type]
    a = torch.rand(side, side, device=device).to(kind)

    def once() -> None:
        a @ a
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return 2 * side**3 * _rate(once, seconds)


def plain_rate(
    pixels,
    labels,
    grouping: Grouping,
    precision: str,
    *,
    seconds: float,
    device: str = "auto",
) -> float:
    """Return the updates per second of the plain loop.

    Parameters
    ----------
    pixels
        float32, shape (n, bands).
    labels
        The group of each pixel, shape (n,).
    grouping
        The number of datapoints per update, and of pixels per datapoint.
    precision
        ``fp32``, or ``bf16`` with PyTorch's ``autocast``.
    seconds
        The least time to measure.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.
    """
    device = choose_device(device)
    network = PlainSymAE(pixels.shape[1]).to(device)
    optimiser = torch.optim.Adam(network.parameters(), 1e-4)
    drawn = Datapoints(pixels, labels, 40 * grouping.datapoints, grouping.n_tau)
    loader = DataLoader(drawn, grouping.datapoints)
    batches = iter(())

    def update() -> None:
        nonlocal batches
        batch = next(batches, None)
        if batch is None:  # an epoch has ended
            batches = iter(loader)
            batch = next(batches)
        batch = batch.to(device)
        optimiser.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = (network(batch) - batch).square().mean()
        loss.backward()
        optimiser.step()
        loss.item()

    return _rate(update, seconds)


def stack_rate(
    pixels,
    labels,
    networks: int,
    grouping: Grouping,
    precision: str,
    *,
    seconds: float,
    device: str = "auto",
) -> float:
    """Return the updates per second of the package's loop, where one update trains a whole stack.

    The rate is that of the difference between two trainings of different length, so that the time
    before the first update does not count. The longer training is doubled until the difference takes at
    least ``seconds``.

    Parameters
    ----------
    pixels, labels, grouping, seconds, device
        As in :func:`plain_rate`; all networks learn from the same pixels.
    networks
        The number of networks in the stack.
    precision
        See :class:`mixedpixels.models.config.TrainingConfig`.
    """

    def spent(updates: int) -> float:
        return fit_symae(
            np.stack([pixels] * networks),
            np.stack([labels] * networks),
            scale=1.0,
            settings=Settings(),
            grouping=grouping,
            config=TrainingConfig(updates, precision=precision, eval_every=updates),
            device=device,
        ).history.seconds

    spent(1)  # a warm-up, which loads what is loaded only once
    first, more = spent(1), 2
    while (took := spent(1 + more) - first) < seconds:
        more *= 2
    return more / took


def _rate(once: Callable[[], None], seconds: float) -> float:
    """Return the calls per second of a function, after a few warm-up calls that do not count."""
    for _ in range(_WARM):
        once()
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds or not done:
        once()
        done += 1
    return done / spent


def _dense(
    widths: tuple[int, ...], slope: float, *, active_end: bool = False, dropout: float = 0.0
) -> nn.Sequential:
    """Return dense layers, with dropout after the first and the third where its rate is above 0."""
    layers = []
    for number, (inputs, units) in enumerate(pairwise(widths), start=1):
        layers.append(nn.Linear(inputs, units))
        if active_end or number < len(widths) - 1:
            layers.append(nn.LeakyReLU(slope))
        if dropout and number in (1, 3):
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)
