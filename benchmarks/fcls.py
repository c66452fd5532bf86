"""Time fully constrained least squares on Samson: pysptools, SciPy's nnls in a loop, and ours.

All three get the same float64 arrays: the scene's pixels and reference endmembers, divided by their
lengths. The exact solution is found by trying every set of endmembers.

    OMP_NUM_THREADS=1 python benchmarks/fcls.py
"""

import os
import platform
import time
from itertools import combinations

import numpy as np
import torch
from pysptools.abundance_maps.amaps import FCLS as pysptools_fcls
from scipy.optimize import nnls

from mixedpixels import scenes
from mixedpixels.unmixing import FCLS, normalise

REPEATS = 20  # of ours; the others take seconds and run once
WEIGHT = 1e3  # of the row of ones that makes nnls sum to one, relative to the endmembers
MANY = 10**6


def ours(endmembers, pixels):
    return FCLS(endmembers, device="cpu").fit_transform(pixels)


def nnls_loop(endmembers, pixels):
    """Heinz and Chang's FCLS: non-negative least squares with a heavy row that asks for the sum."""
    matrix = np.vstack([endmembers.T, np.full(len(endmembers), WEIGHT)])
    return np.array([nnls(matrix, np.append(pixel, WEIGHT))[0] for pixel in pixels])


def pysptools(endmembers, pixels):
    return pysptools_fcls(pixels, endmembers)


def exact(endmembers, pixels):
    """The best feasible point over every set of endmembers, each by least squares along its edges."""
    count = len(endmembers)
    best, answer = np.full(len(pixels), np.inf), np.zeros((len(pixels), count))
    for size in range(1, count + 1):
        for corner, *others in combinations(range(count), size):
            trial = np.zeros_like(answer)
            if others:
                edges, rest = endmembers[others] - endmembers[corner], pixels - endmembers[corner]
                trial[:, others] = np.linalg.lstsq(edges.T, rest.T)[0].T
            trial[:, corner] = 1 - trial.sum(axis=1)
            error = ((pixels - trial @ endmembers) ** 2).sum(axis=1)
            better = (trial >= -1e-13).all(axis=1) & (error < best)
            best[better], answer[better] = error[better], trial[better]
    return answer


def timed(method, endmembers, pixels, repeats=1):
    """Return the least seconds of several runs, and the abundances."""
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        abundances = method(endmembers, pixels)
        seconds.append(time.perf_counter() - begin)
    return min(seconds), abundances


def main():
    scene = scenes.load("samson", twin="auto")
    pixels = np.ascontiguousarray(normalise(scene.pixels, "l2"), dtype=np.float64)
    endmembers = np.ascontiguousarray(normalise(scene.endmembers, "l2"), dtype=np.float64)
    print(scene)
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}, Python "
        f"{platform.python_version()}"
    )
    truth = exact(endmembers, pixels)
    ours(endmembers, pixels)  # the first call of torch in a process is slow
    best, found = timed(ours, endmembers, pixels, REPEATS)
    rows = [("pysptools", pysptools), ("nnls loop", nnls_loop)]
    print(f"{'':12}{'seconds':>10}{'ours is faster':>16}{'largest error':>15}")
    for name, method in rows:
        seconds, abundances = timed(method, endmembers, pixels)
        error = np.abs(abundances - truth).max()
        print(f"{name:12}{seconds:10.4f}{seconds / best:14.0f} ×{error:15.1e}")
    print(f"{'ours':12}{best:10.4f}{'':16}{np.abs(found - truth).max():15.1e}")

    many = np.tile(pixels.astype(np.float32), (-(-MANY // len(pixels)), 1))[:MANY]
    seconds, _ = timed(ours, endmembers, many, repeats=2)
    rate = MANY / seconds
    print(f"{MANY:.0e} pixels (the scene, tiled): {seconds:.2f} s, {rate:.2e} pixels a second;")
    print(f"at that rate 10^8 pixels take {1e8 / rate / 60:.1f} minutes")


if __name__ == "__main__":
    main()
