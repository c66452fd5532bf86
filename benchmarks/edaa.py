"""Time archetypal analysis on Samson and Jasper Ridge: the formulas as they stand, and ours.

The plain version runs one restart after another and computes every gradient from the residual of all
pixels and bands, as one would first write it. Both get the same L2-normalised pixels, starts and step
sizes; that they do the same is checked by their residuals. The plain version runs a few rounds only,
and its time is scaled to the whole.

    OMP_NUM_THREADS=1 python benchmarks/edaa.py
"""

import os
import platform
import time

import numpy as np
import torch

from mixedpixels import metrics, scenes
from mixedpixels.unmixing import EDAA, normalise

RESTARTS = 6
ROUNDS = 4  # of the plain version, of 100
SEEDS = 3


def plain(pixels, count, restarts, seed, rounds, steps=20):
    """Mirror descent on ‖X − XBA‖², restart by restart; returns the mean absolute residuals."""
    x = torch.tensor(pixels.T, dtype=torch.float32)  # bands × pixels, as in the paper
    residuals = []
    for number in range(restarts):
        rng = np.random.default_rng((seed, number))
        noise = torch.tensor(0.1 * rng.random((2, count, len(pixels)), dtype=np.float32))
        exponent = int(rng.choice(range(-3, 4)))
        a, b = noise[0].softmax(0), noise[1].softmax(1).T
        step_a = 2.0**exponent / torch.linalg.matrix_norm(x @ b, 2) ** 2
        step_b = step_a * (count / len(pixels)) ** 0.5
        for _ in range(rounds):
            e = x @ b
            for _ in range(steps):
                a = (a.log() - step_a * (e.T @ (e @ a - x))).softmax(0)
            for _ in range(steps):
                b = (b.log() - step_b * (x.T @ ((x @ b @ a - x) @ a.T))).softmax(0)
        residuals.append((x - x @ b @ a).abs().mean().item())
    return np.array(residuals)


def main():
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}, Python "
        f"{platform.python_version()}"
    )
    for name in ("samson", "jasper-ridge"):
        scene = scenes.load(name, twin="auto")
        pixels = normalise(scene.pixels.astype(np.float64), "l2")
        count = len(scene.endmember_names)
        short = EDAA(count, restarts=RESTARTS, rounds=ROUNDS, device="cpu").fit(pixels)
        began = time.perf_counter()
        theirs = plain(pixels, count, RESTARTS, 0, ROUNDS)
        slow = (time.perf_counter() - began) * EDAA(count).rounds / ROUNDS
        apart = np.abs(theirs / short.residuals_ - 1).max()
        print(f"{scene}: after {ROUNDS} rounds the residuals differ by {apart:.1e} at most")
        for restarts in (RESTARTS, EDAA(count).restarts):
            seconds, errors = [], []
            for seed in range(SEEDS):
                began = time.perf_counter()
                model = EDAA(count, restarts=restarts, random_state=seed, device="cpu").fit(pixels)
                seconds.append(time.perf_counter() - began)
                scores = metrics.unmixing_scores(
                    scene.pixels, model.abundances_, scene.pixel_abundances
                )
                errors.append(scores.rmse["pooled"])
            told = ", ".join(f"{e:.4f}" for e in errors)
            print(
                f"  {restarts:3} restarts: {np.mean(seconds):6.1f} s, pooled RMSE {told}; the plain "
                f"version would take {slow * restarts / RESTARTS:.0f} s, "
                f"{slow * restarts / RESTARTS / np.mean(seconds):.1f} times as long"
            )


if __name__ == "__main__":
    main()
