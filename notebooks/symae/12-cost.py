# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The cost: updates, timed
#
# The SymAE paper {cite}`bhattacharjeesymae` trains for about twelve hours on one GPU. [What an update costs](02-symmetric-autoencoder)
# in operations was counted; here it is timed, on the machine that made this page. A network of a million weights is small: what
# surrounds its products can cost more than they do. So the loop that one would first write stands beside the engine of this book.
#
# - **You need** [the network](02-symmetric-autoencoder).
# - **You will learn** what a loop spends beside its arithmetic; what stacking several networks brings, and where; and
#   how long the paper's training would take here.

# %% tags=["remove-cell"]
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("mixedpixels") is None:  # on Colab, say
    repository = "git+https://github.com/mixed-pixels/mixedpixels"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", repository], check=True
    )

# %% [markdown]
# ## Settings
#
# - `scene`: as on [the pages before](02-symmetric-autoencoder); its pixels of the first split are learnt from.
# - `stacked`: the largest stack of networks; stacks are 1, 2, 4, … up to it.
# - `tenths`: how long each measurement takes, about, in tenths of a second.
# - `repeats`: of all measurements.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
stacked: int = 0
tenths: int = 0
repeats: int = 0

# %%
from types import SimpleNamespace

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, plotting, scenes
from mixedpixels.pipeline import resolve
from mixedpixels.pipeline.disentangling import DATAPOINTS, Disentangling
from mixedpixels.pipeline.timing import engine_rate, plain_rate
from mixedpixels.training.disentangler import Grouping

run = resolve(
    "symae/12-cost",
    globals(),
    quick={"stacked": 2, "tenths": 1, "repeats": 1},
    full={"stacked": 32, "tenths": 40, "repeats": 3},
    choices={"scene": ["ksc-pixels", "ksc"]},
)
run

# %%
image = scenes.load(run.scene, twin=run.twin)
study = Disentangling(image, SimpleNamespace(splits=1))
learnt = study.splits[0].train
known = study.pixels[learnt], study.labels[learnt].astype(np.int64)
image

# %% [markdown]
# ## Two loops
#
# **The plain loop** is one network of PyTorch's own layers. A `DataLoader` collects 256 datapoints of 8 pixels one by one; dropout draws a
# random number for each value; after each update `loss.item()` waits for the device. **The engine** keeps the pixels on the device and draws
# there; encodes each pixel once where that is cheaper; spends one random byte on a dropout; looks at the loss a hundred times in a training; and
# trains several networks in one pass. On a GPU it records an update as one graph.
#
# Both learn from the same pixels, in single precision (`fp32`), and the engine in half as many bits (`bf16`) too, on one machine in one run: the
# ratios are what to read.

# %%
PAPERS = Grouping(256, 8)  # datapoints of an update, pixels of each
OURS = Grouping(DATAPOINTS, 8)  # of this chapter's short schedule
how = {"seconds": run.tenths / 10, "device": run.device}
sizes = [2**k for k in range(run.stacked.bit_length()) if 2**k <= run.stacked]
ARITHMETICS = ("fp32", "bf16")
plain = [plain_rate(*known, PAPERS, **how) for _ in range(run.repeats)]
rates = {
    (arithmetic, size): [
        size * engine_rate(*known, size, PAPERS, arithmetic, **how)
        for _ in range(run.repeats)
    ]
    for arithmetic in ARITHMETICS
    for size in sizes
}
short = [
    engine_rate(*known, 1, OURS, "bf16", **how) for _ in range(run.repeats)
]

# %%
RATE = "updates a second, times the networks that each of them trains; one value a repeat"
WORDS = {n: f"{n} network" + "s" * (n > 1) for n in sizes}
cells = [
    ledger.Cell("1 network", "plain loop, fp32", "rate", plain, control=True),
    ledger.Cell(
        f"1 network, {DATAPOINTS} datapoints",
        "engine, bf16",
        "rate",
        short,
        control=True,
    ),
    *(
        ledger.Cell(
            WORDS[size], f"engine, {arithmetic}", "rate", values, control=True
        )
        for (arithmetic, size), values in rates.items()
    ),
]
shown = ledger.record(
    "symae/study-4",
    scene=image,
    run=run,
    cells=cells,
    metrics={"rate": RATE},
    arrays={"sizes": np.array(sizes)}
    | {
        arithmetic: np.array([rates[arithmetic, size] for size in sizes])
        for arithmetic in ARITHMETICS
    }
    | {"plain": np.array(plain)},
)

# %% tags=["hide-input"]
base = shown.cell("1 network", "plain loop, fp32")
rows = {}
for cell in shown.quoted.cells:
    rows[f"{cell.row}, {cell.column}"] = {
        "updates a second and network": f"{cell.mean:.2f}"
        + (f" ± {cell.sd:.2f}" if cell.n > 1 else ""),
        "times the plain loop": f"{cell.mean / base.mean:.2f}"
        if "datapoints" not in cell.row
        else "–",
    }
plotting.number_table(
    pd.DataFrame(rows).T,
    f"Mean ± sd over {base.n} repeats ({shown.whence}; {shown.quoted.device}); 256 datapoints of 8 pixels unless said. “–”: another update.",
)

# %% [markdown]
# ## Stacks of networks

# %% tags=["hide-input"]
for label, drawn in shown.drawings:
    n = drawn["sizes"]
    cost = {
        f"engine, {a}": (n, drawn["plain"].mean() / drawn[a])
        for a in ARITHMETICS
    }
    told = "; ".join(
        f"{name} from {y.mean(1)[0]:.2f} for one network to {y.mean(1)[-1]:.2f} for {n[-1]}"
        for name, (_, y) in cost.items()
    )
    display(
        plotting.plot_curves(
            {"the cost of an update of one network": cost},
            "networks in the stack",
            "cost, in updates of the plain loop",
            f"Two lines over the size of a stack: {told}.",
            f"What one update of one network costs in a stack of several, where an update of the plain loop costs 1 ({label}; the band is the range of {drawn['plain'].size} repeats).",
            logarithmic=(True, False),
        )
    )

# %% tags=["hide-input"]
printed = ledger.text_table("symae")["all"]
most = int(printed["epochs, most"] * printed["minibatches in an epoch"])
least = int(printed["epochs, least"] * printed["minibatches in an epoch"])
theirs = most / (printed["hours of training"] * 3600)
one = {a: shown.cell("1 network", f"engine, {a}") for a in ARITHMETICS}
ends = {
    a: [
        c.mean
        for c in shown.quoted.cells
        if c.column == f"engine, {a}" and "datapoints" not in c.row
    ]
    for a in ARITHMETICS
}


def stacking(rate):
    """What the largest stack brings, in words."""
    times = rate[-1] / rate[0]
    word = "gains" if times > 1.05 else "loses" if times < 0.95 else "changes"
    return f"{word} {abs(times - 1):.0%}"


display(
    Markdown(
        f"**What you see** ({shown.whence}; {shown.quoted.device}). For one network the engine does {one['fp32'].mean / base.mean:.2f} times the updates of the plain loop in "
        f"single precision, {one['bf16'].mean / base.mean:.2f} times in `bf16`. The largest stack {stacking(ends['fp32'])} a network in `fp32`, {stacking(ends['bf16'])} in `bf16`. "
        f"The paper's {least / 1e6:.1f} to {most / 1e6:.1f} million updates would take one network {least / one['bf16'].mean / 86400:.1f} to "
        f"{most / one['bf16'].mean / 86400:.1f} days here in `bf16`; its twelve hours come to {theirs:.0f} updates a second at most."
    )
)

# %% [markdown]
# ## What holds up, and what does not

# %% tags=["hide-input"]
hours = most / 3600
display(
    Markdown(
        f"- **Is the arithmetic free to choose?** On [what holds up](11-what-holds-up), `bf16` and `fp32` end alike in accuracy, so the speed of `bf16` is a gain.\n"
        f"- **Small updates**: of {DATAPOINTS} datapoints, this chapter's short schedule does "
        f"{shown.cell(f'1 network, {DATAPOINTS} datapoints', 'engine, bf16').mean:.0f} a second for one network ({shown.whence}).\n"
        f"- **An hour for the paper's budget** wants {hours:.0f} updates of 256 datapoints a second, {hours / one['bf16'].mean:.0f} times what was measured here: a GPU's work. "
        + (
            "That was measured on a processor; a GPU's record is missing, and the graph that the engine records there has not been timed."
            if shown.quoted.device_class == "cpu"
            else "This was measured on a GPU."
        )
    )
)

# %% [markdown]
# ## Exercises
#
# **1.** How does the plain loop fare when each update sees 8 datapoints only?
#
# :::{dropdown} A solution
# ```python
# print(plain_rate(*known, OURS, **how), short)
# ```
# :::
#
# **2.** Two processes with one thread each, or one with two: which does more updates? (Set `OMP_NUM_THREADS` before the kernel
# starts.)
#
# :::{dropdown} A solution
# ```python
# import torch
#
# for threads in (1, 2):
#     torch.set_num_threads(threads)
#     print(threads, engine_rate(*known, 1, PAPERS, "bf16", **how))
# ```
# :::
