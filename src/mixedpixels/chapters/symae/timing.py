"""How fast SymAE's updates are: the loop one would first write, and the loop of this package.

The plain loop is one network of plain modules, a DataLoader that collects datapoints, PyTorch's own
dropout, and ``loss.item()`` after every update. The package's loop draws on the device, encodes each
pixel once where that is cheaper, spends a byte on each dropout and does not wait for a loss. Both train
the same architecture on the same pixels.
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

_WARM = 3  # times that are not counted
_SIDE = {"cpu": 1024, "cuda": 8192}  # of a matrix, large enough that the product is all


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
        self.reflectance = _dense(encoder, s.slope, active_end=True)
        self.nuisance = _dense(encoder, s.slope, active_end=True, dropout=s.inner_dropout)
        self.decoder = _dense((2 * s.code, *s.decoder, bands), s.slope)
        self.dropout = nn.Dropout(s.code_dropout)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return pixels (datapoints, n_τ, bands), rebuilt from shared and own codes."""
        shared = self.reflectance(pixels).mean(1, keepdim=True).expand(-1, pixels.shape[1], -1)
        return self.decoder(torch.cat([shared, self.dropout(self.nuisance(pixels))], dim=-1))


def product_rate(precision: str, *, seconds: float, device: str = "auto") -> float:
    """Return the floating-point operations a second of a product of large matrices.

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
    """Return the updates a second of the plain loop.

    Parameters
    ----------
    pixels
        float32, shape (n, bands).
    labels
        Of each, the group it belongs to.
    grouping
        Datapoints of an update, and pixels of a datapoint.
    precision
        ``fp32``, or ``bf16`` as PyTorch's ``autocast`` does it.
    seconds
        How long to measure, at least.
    device
        ``auto``, ``cpu`` or ``cuda``.
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
    """Return the updates a second of the stacked loop, each one of every network of a stack.

    Two trainings of different length tell it, so that what comes before the first update is not
    counted; the longer is made longer until its further updates take the time asked for.

    Parameters
    ----------
    pixels, labels, grouping, seconds, device
        As in :func:`plain_rate`; each network learns from the same.
    networks
        In the stack.
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

    spent(1)  # what is loaded once is loaded now
    first, more = spent(1), 2
    while (took := spent(1 + more) - first) < seconds:
        more *= 2
    return more / took


def _rate(once: Callable[[], None], seconds: float) -> float:
    """Return how often a second something can be done, after a few times that do not count."""
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
    """Return dense layers; dropout, where there is some, after the first and the third."""
    layers = []
    for number, (inputs, units) in enumerate(pairwise(widths), start=1):
        layers.append(nn.Linear(inputs, units))
        if active_end or number < len(widths) - 1:
            layers.append(nn.LeakyReLU(slope))
        if dropout and number in (1, 3):
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)
