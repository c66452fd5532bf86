"""Time SymAE's updates: the plain loop, and ours, for stacks of several networks.

The plain loop is what one would first write: one network of plain modules, a DataLoader that
collects 256 datapoints of 8 pixels each, PyTorch's own dropout, ``loss.item()`` after every update.
Ours draws on the device, encodes each pixel once, spends a byte on each dropout and never looks. Both
run the same architecture on pixels of Kennedy Space Center's size, one after the other in one
process, so the ratio is what to read.

    OMP_NUM_THREADS=1 python benchmarks/engine.py [cpu|cuda] [fp32 bf16 …]
"""

import os
import platform
import sys
import time
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from mixedpixels.device import choose_device
from mixedpixels.models.symae import Settings
from mixedpixels.scenes.conditions import known_scene
from mixedpixels.scenes.splits import split_fraction
from mixedpixels.training.disentangler import Grouping, fit_symae
from mixedpixels.training.engine import Schedule

BANDS, CLASSES, EACH = 176, 10, 380
DATAPOINTS, N_TAU = 256, 8
STACKS = (1, 8, 32)
SECONDS = 8.0  # about, of each measurement


class Datapoints(Dataset):
    """Datapoints drawn once, as the authors do, and handed out one by one."""

    def __init__(self, pixels, labels, count):
        rng = np.random.default_rng(0)
        groups = [np.flatnonzero(labels == k) for k in np.unique(labels)]
        self.pixels = torch.tensor(pixels)
        self.drawn = [rng.choice(groups[rng.integers(len(groups))], N_TAU) for _ in range(count)]

    def __len__(self):
        return len(self.drawn)

    def __getitem__(self, k):
        return self.pixels[self.drawn[k]]


class Plain(nn.Module):
    """One SymAE of plain layers, which encodes every pixel of every datapoint."""

    def __init__(self):
        super().__init__()

        def dense(widths, active_end, dropout=()):
            layers = []
            for k, (i, o) in enumerate(pairwise(widths), start=1):
                layers.append(nn.Linear(i, o))
                if active_end or k < len(widths) - 1:
                    layers.append(nn.LeakyReLU(0.5))
                if k in dropout:
                    layers.append(nn.Dropout(0.25))
            return nn.Sequential(*layers)

        encoder = (BANDS, 300, 300, 300, 150, 64)
        self.reflectance = dense(encoder, True)
        self.nuisance = dense(encoder, True, (1, 3))
        self.fuse = dense((128, 150, 300, 300, 300, 300, 300, BANDS), False)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        shared = self.reflectance(x).mean(1, keepdim=True).expand(-1, N_TAU, -1)
        return self.fuse(torch.cat([shared, self.dropout(self.nuisance(x))], dim=-1))


def plain_rate(pixels, labels, device):
    """Updates a second of the plain loop."""
    network = Plain().to(device)
    optimiser = torch.optim.Adam(network.parameters(), 1e-4)
    loader = DataLoader(Datapoints(pixels, labels, 40 * DATAPOINTS), DATAPOINTS)
    done, began = 0, None
    while True:
        for batch in loader:
            batch = batch.to(device)
            optimiser.zero_grad()
            loss = (network(batch) - batch).square().mean()
            loss.backward()
            optimiser.step()
            loss.item()
            done += 1
            if done == 3:  # warm
                began = time.perf_counter()
            elif done > 3 and (spent := time.perf_counter() - began) > SECONDS:
                return (done - 3) / spent


def our_rate(pixels, labels, networks, arithmetic, device):
    """Updates of a stack a second; each is one of every network."""

    def seconds(updates):
        return fit_symae(
            np.stack([pixels] * networks),
            np.stack([labels] * networks),
            scale=1.0,
            settings=Settings(),
            grouping=Grouping(DATAPOINTS, N_TAU),
            schedule=Schedule(updates, arithmetic=arithmetic, looks=1),
            device=device,
        ).course.seconds

    few = 2
    first = seconds(few)
    more = few + max(3, int(SECONDS / (first / few)))
    return (more - few) / (seconds(more) - first)


def main():
    device = choose_device(sys.argv[1] if len(sys.argv) > 1 else "auto")
    arithmetics = sys.argv[2:] or ["fp32", "bf16"]
    labels = np.repeat(np.arange(1, CLASSES + 1), EACH)[:, None]
    names = tuple(map(str, range(CLASSES)))
    scene = known_scene(labels, names, BANDS, 0, spatial=False).scene
    split = split_fraction(scene, 0.1, 0)
    pixels, known = scene.pixels[split.train], scene.labels.ravel()[split.train].astype(np.int64)
    threads = f"{torch.get_num_threads()} of {os.cpu_count()} threads"
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    print(f"{name}, {threads}, PyTorch {torch.__version__}; {len(pixels)} training pixels")
    plain = plain_rate(pixels, known, device)
    print(f"plain loop, fp32: {plain:.2f} updates a second")
    print("arithmetic  networks  updates/s  network updates/s  times the plain loop")
    for arithmetic in arithmetics:
        for networks in STACKS:
            rate = our_rate(pixels, known, networks, arithmetic, str(device))
            each = rate * networks
            print(f"{arithmetic:10} {networks:9} {rate:10.2f} {each:18.2f} {each / plain:21.2f}")


if __name__ == "__main__":
    main()
