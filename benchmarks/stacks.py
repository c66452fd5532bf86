"""Time SymAE's updates: the plain loop, and ours, for stacks of several networks.

Both run the same architecture on pixels of Kennedy Space Center's size, one after the other in one
process, so the ratio is what to read; see :mod:`mixedpixels.chapters.symae.timing`.

    OMP_NUM_THREADS=1 python benchmarks/stacks.py [cpu|cuda] [fp32 bf16 …]
"""

import os
import platform
import sys

import numpy as np
import torch

from mixedpixels.chapters.symae.timing import plain_rate, stack_rate
from mixedpixels.device import choose_device
from mixedpixels.scenes.simulate.known import known_scene
from mixedpixels.scenes.splits import split_fraction
from mixedpixels.training import Grouping

BANDS, CLASSES, EACH = 176, 10, 380
PAPERS = Grouping(256, 8)
STACKS = (1, 8, 32)
SECONDS = 8.0  # the least time of each measurement


def main():
    device = choose_device(sys.argv[1] if len(sys.argv) > 1 else "auto")
    precisions = sys.argv[2:] or ["fp32", "bf16"]
    labels = np.repeat(np.arange(1, CLASSES + 1), EACH)[:, None]
    names = tuple(map(str, range(CLASSES)))
    scene = known_scene(labels, names, BANDS, 0, spatial=False).scene
    split = split_fraction(scene, 0.1, 0)
    known = scene.pixels[split.train], scene.labels.ravel()[split.train].astype(np.int64)
    threads = f"{torch.get_num_threads()} of {os.cpu_count()} threads"
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    print(f"{name}, {threads}, PyTorch {torch.__version__}; {len(known[0])} training pixels")
    how = {"seconds": SECONDS, "device": str(device)}
    print("precision  networks  updates/s  network updates/s  times the plain loop")
    for precision in precisions:
        plain = plain_rate(*known, PAPERS, "bf16" if precision == "bf16" else "fp32", **how)
        print(f"{precision:10} plain loop {plain:8.2f}")
        for networks in STACKS:
            rate = stack_rate(*known, networks, PAPERS, precision, **how)
            each = rate * networks
            print(f"{precision:10} {networks:9} {rate:10.2f} {each:18.2f} {each / plain:21.2f}")


if __name__ == "__main__":
    main()
