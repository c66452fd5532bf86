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
# in operations was counted; here it is timed. A network of a million weights is small: what
# surrounds its products can cost more than they do. So the loop that one would first write stands beside the stacked loop of this book.
#
# - **You need** [the network](02-symmetric-autoencoder).
# - **You will learn** what a loop spends besides its arithmetic; what stacking several networks brings, and where; and
#   how long the paper's training would take on such a machine.

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
# - `scene`: as on [the pages before](02-symmetric-autoencoder); a tenth of its labelled pixels is learnt from.
# - `stacked`: the largest stack of networks; stacks are 1, 2, 4, … up to it.
# - `tenths`: how long each measurement takes at least, in tenths of a second.
# - `repeats`: of all measurements.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
stacked: int = 0
tenths: int = 0
repeats: int = 0

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters.symae.study import DATAPOINTS, FRACTION
from mixedpixels.chapters.symae.timing import (
    plain_rate,
    product_rate,
    stack_rate,
)
from mixedpixels.models.symae import Settings
from mixedpixels.pipeline import resolve
from mixedpixels.scenes.splits import split_fraction
from mixedpixels.training import Grouping

run = resolve("symae/12-cost", globals())
run

# %%
image = scenes.load(run.scene, twin=run.twin)
learnt = split_fraction(image, FRACTION, seed=0).train
known = (
    image.pixels[learnt] / np.float32(image.scale),
    image.labels.ravel()[learnt].astype(np.int64),
)
image

# %% [markdown]
# ## Two loops
#
# **The plain loop** is one network of PyTorch's own layers. A `DataLoader` collects 256 datapoints of 8 pixels one by one; dropout draws a
# random number for each value; after each update `loss.item()` waits for the device. **The stacked loop** keeps the pixels on the device and draws
# there; encodes each pixel once where that is cheaper; spends one random byte on a dropout; takes Adam's step for all weights at once; does not look
# at the loss; and trains several networks in one pass. On a GPU it records an update as one graph.
#
# Both learn from the same pixels, in single precision (`fp32`) and in half as many bits (`bf16`). Each repeat measures everything once, one after the
# other, so that what else the machine does meets all alike: ratios within a repeat are what to read.

# %%
PAPERS = Grouping(256, 8)  # datapoints of an update, pixels of each
OURS = Grouping(DATAPOINTS, 8)  # of this chapter's short schedule
PRECISIONS = ("fp32", "bf16")
how = {"seconds": run.tenths / 10, "device": run.device}
sizes = [2**k for k in range(run.stacked.bit_length())]
PLAIN = "plain loop"
SHORT = f"1 network, {DATAPOINTS} datapoints"
rows = {n: f"{n} network" + "s" * (n > 1) for n in sizes}

found = {}  # row, column → a rate per repeat


def note(row, column, rate):
    found.setdefault((row, column), []).append(rate)


for _ in range(run.repeats):
    for a in PRECISIONS:
        note("matrix product", a, product_rate(a, **how) / 1e9)
        note(rows[1], f"{PLAIN}, {a}", plain_rate(*known, PAPERS, a, **how))
        for n in sizes:
            rate = stack_rate(*known, n, PAPERS, a, **how)
            note(rows[n], f"stacked loop, {a}", n * rate)
        note(SHORT, f"stacked loop, {a}", stack_rate(*known, 1, OURS, a, **how))

# %%
shown = ledger.record(
    "symae/study-4",
    scene=image,
    run=run,
    cells=[
        ledger.Cell(
            row,
            column,
            "time:product" if row == "matrix product" else "time:updates",
            values,
            control=True,
        )
        for (row, column), values in found.items()
    ],
    metrics={
        "time:updates": "network updates a second: updates of the stack, times its networks; one value a repeat",
        "time:product": "billions of floating-point operations a second, of a product of two large matrices; one value a repeat",
    },
)


# %% [markdown]
# An update does a number of floating-point operations that can be counted, six for each weight and pixel: two forward, four for the gradients.
# Their number a second, over that of a plain product of large matrices, says how much of the machine the stacked loop reaches.


# %%
def operations(pixels):
    """Billions in an update of 256 datapoints, each of so many pixels encoded once."""
    network = Settings().network(image.pixels.shape[1])
    weights = {
        part: sum(
            w.numel()
            for name, w in getattr(network, part).named_parameters()
            if name.endswith("weight")
        )
        for part in ("reflectance", "nuisance", "decoder")
    }
    seen = PAPERS.datapoints * PAPERS.n_tau
    own = seen * (weights["nuisance"] + weights["decoder"])
    return 6 * (own + min(seen, pixels) * weights["reflectance"]) / 1e9


def rate_of(row, column):
    return np.array(shown.cell(row, column).values)


work = operations(len(learnt))
lines = {}
for cell in shown.quoted.cells:
    if cell.row == "matrix product":
        continue
    a = cell.column.split(", ")[1]
    values = np.array(cell.values)
    times = values / rate_of("1 network", f"{PLAIN}, {a}")
    share = work * values / rate_of("matrix product", a)
    large = cell.row != SHORT
    mine = shown.record.cell(cell.row, cell.column)
    lines[f"{cell.column}: {cell.row}"] = {
        "network updates a second": f"{cell.mean:.2f}"
        + (f" ± {cell.sd:.2f}" if cell.n > 1 else ""),
        "this build": f"{mine.mean:.2f}" if mine else "–",
        "times the plain loop": f"{times.mean():.2f}" if large else "–",
        "share of a matrix product": f"{share.mean():.0%}"
        if large and not cell.column.startswith(PLAIN)
        else "–",
    }
plotting.number_table(
    pd.DataFrame(lines).T.sort_index(key=lambda k: k.str.contains("stacked")),
    f"Mean ± sd, n = {shown.cell('1 network', f'{PLAIN}, fp32').n} repeats ({shown.whence}; {shown.quoted.device}); 256 datapoints of 8 pixels unless said, against "
    "the plain loop in the same precision. “This build”: network updates a second on the machine that ran this page. “–”: not measured, another update, or one "
    "that encodes each pixel many times.",
)

# %% [markdown]
# ## Stacks of networks

# %% tags=["hide-input"]
counts = [
    int(c.row.split()[0])
    for c in shown.quoted.cells
    if c.column == "stacked loop, fp32" and c.row != SHORT
]
words = {n: f"{n} network" + "s" * (n > 1) for n in counts}
cost = {
    f"stacked loop, {a}": (
        np.array(counts),
        np.array(
            [
                rate_of(words[1], f"{PLAIN}, {a}")
                / rate_of(words[n], f"stacked loop, {a}")
                for n in counts
            ]
        ),
    )
    for a in PRECISIONS
}
told = "; ".join(
    f"{name} from {y.mean(1)[0]:.2f} for one network to {y.mean(1)[-1]:.2f} for {n[-1]}"
    for name, (n, y) in cost.items()
)
plotting.plot_curves(
    {"the cost of an update of one network": cost},
    "networks in the stack",
    "cost, in updates of the plain loop",
    f"Two lines over the size of a stack: {told}.",
    f"What one update of one network costs in a stack of several, where an update of the plain loop in the same precision costs 1 ({shown.whence}; the band is the "
    "range of the repeats).",
    logarithmic=(True, False),
)

# %% tags=["hide-input"]
printed = ledger.text_table("symae")["all"]
hours = printed["hours of training"]
least, most = (
    int(printed[f"epochs, {end}"] * printed["minibatches in an epoch"])
    for end in ("least", "most")
)
best = {a: rate_of("1 network", f"stacked loop, {a}") for a in PRECISIONS}
times = {a: best[a] / rate_of("1 network", f"{PLAIN}, {a}") for a in PRECISIONS}


def stacking(a):
    """What the largest stack brings each network, in words."""
    moved = metrics.effect(
        rate_of(words[counts[-1]], f"stacked loop, {a}"), best[a], paired=True
    )
    more = "more" if moved.mean > 0 else "fewer"
    return f"in `{a}` each does {abs(moved.mean) / best[a].mean():.0%} {more} updates ({moved.word})"


display(
    Markdown(
        f"**What you see** ({shown.whence}; {shown.quoted.device}). For one network the stacked loop does {times['fp32'].mean():.2f} times the updates of the plain loop in "
        f"`fp32`, {times['bf16'].mean():.2f} times in `bf16`. In a stack of {counts[-1]}, against one alone, {' and '.join(stacking(a) for a in PRECISIONS)}. "
        f"The paper's {least / 1e6:.1f} to {most / 1e6:.1f} million updates would take one network {least / best['bf16'].mean() / 86400:.1f} to "
        f"{most / best['bf16'].mean() / 86400:.1f} days there in `bf16`. If they filled its {hours:.0f} hours, which it does not say, they came at "
        f"{least / hours / 3600:.0f} to {most / hours / 3600:.0f} a second."
    )
)

# %% [markdown]
# ## What holds up, and what does not

# %% tags=["hide-input"]
rate = best["bf16"].mean()
lines = [
    f"- **Small updates**: of {DATAPOINTS} datapoints, as in this chapter's short schedule, one network does {rate_of(SHORT, 'stacked loop, bf16').mean():.0f} a second in `bf16`, "
    f"{rate_of(SHORT, 'stacked loop, fp32').mean():.0f} in `fp32` ({shown.whence}).",
    f"- **The paper's budget in an hour** wants {least / 3600:.0f} to {most / 3600:.0f} updates a second, {least / 3600 / rate:.0f} to {most / 3600 / rate:.0f} times what one "
    "network does in `bf16`.",
]
for parts in ledger.records("symae/study-2"):
    here, single = (
        parts.cell(row, "KNN on the code")
        for row in ("as in the chapter", "single precision (fp32)")
    )
    moved = metrics.effect(here.values, single.values, paired=True)
    lines.append(
        f"- **Is the precision free to choose?** [Elsewhere](11-what-holds-up), nearest neighbours on the code of {parts.scene} name {here.mean:.2f} % of the test pixels rightly "
        f"after training in `{parts.parameters['precision']}`, {single.mean:.2f} % in `fp32`: {moved.mean:+.2f} ± {moved.half:.2f} points, {moved.word} (n = {here.n}, 95 % interval)."
    )
if not any(r.device_class == "cuda" for r in ledger.records("symae/study-4")):
    lines.append(
        "- **What we do not know**: what the stacked loop does on a GPU. No record of one is kept, so its graph has not been timed."
    )
display(Markdown("\n".join(lines)))

# %% [markdown]
# ## Exercises
#
# **1.** How does the plain loop fare when each update sees 8 datapoints only?
#
# :::{dropdown} A solution
# ```python
# print(plain_rate(*known, OURS, "fp32", **how), found[SHORT, "stacked loop, fp32"])
# ```
# :::
#
# **2.** Give the stacked loop two threads. Two processes with one thread each would do twice the updates of one: is it worth it?
#
# :::{dropdown} A solution
# ```python
# import torch
#
# for threads in (1, 2):
#     torch.set_num_threads(threads)
#     print(threads, stack_rate(*known, 1, PAPERS, "bf16", **how))
# ```
# :::
