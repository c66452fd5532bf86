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
# The SymAE paper {cite}`bhattacharjeesymae` trains for about twelve hours on one GPU. [The operations of an
# update](02-symmetric-autoencoder) were counted before; here updates are timed. A network of a million
# weights is small, so what surrounds its matrix products can cost more than they do. The loop that one would
# write first therefore stands beside the stacked loop of this book.
#
# - **You need** [the network](02-symmetric-autoencoder). Terms are explained in the
#   [glossary](../../glossary).
# - **You will learn** what a loop spends besides its arithmetic; what stacking several networks brings, and
#   where; and how long the paper's training would take on such a machine.

# %% tags=["remove-cell"]
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("mixedpixels") is None:  # on Colab, say
    repository = "git+https://github.com/mixed-pixels/mixedpixels"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", repository], check=True
    )


# %% tags=["hide-input"]
def in_short():
    """What the recorded full run says, in one paragraph."""
    from IPython.display import Markdown

    from mixedpixels.chapters.symae.run_comparisons import full_record
    from mixedpixels.chapters.symae.training_budget import paper_budget

    record = full_record("study-4")
    if record is None:
        return Markdown("**In short.** No full run is recorded yet.")
    plain, stacked = (
        record.cell("1 network", f"{loop}, bf16")
        for loop in ("plain loop", "stacked loop")
    )
    budget = paper_budget()
    low, high = budget.days(stacked.mean)
    return Markdown(
        f"**In short.** On {record.device}, the stacked loop makes {stacked.mean:.1f} updates a second of one network in `bf16`, the plain loop "
        f"{plain.mean:.1f} (mean, n = {plain.n} repeats on one machine). The paper's {budget.least / 1e6:.1f} to {budget.most / 1e6:.1f} million updates "
        f"would take {low:.1f} to {high:.1f} days there."
    )


in_short()

# %% [markdown]
# ## Settings
#
# - `scene`: as on [the pages before](02-symmetric-autoencoder); a tenth of its labelled pixels is used for
#   training.
# - `stacked`: the largest stack of networks; stacks are 1, 2, 4, … up to it.
# - `tenths`: the least duration of each measurement, in tenths of a second.
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

from mixedpixels import ledger, plotting, scenes
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
# **The plain loop** is one network of PyTorch's own layers. A `DataLoader` collects 256 datapoints of 8
# pixels one by one. Dropout draws a random number for each value. After each update, `loss.item()` waits for
# the device.
#
# **The stacked loop** keeps the pixels on the device and draws there. It encodes each pixel once where that
# is cheaper, spends one random byte on a dropout, takes Adam's step for all weights at once, and does not
# read the loss. It trains several networks in one pass. On a GPU it records an update as one graph.
#
# Both learn from the same pixels, in single precision (`fp32`) and in half as many bits (`bf16`). Each repeat
# measures everything once, one after the other, so that other work of the machine affects all alike. The
# ratios within a repeat are therefore the numbers to read.

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
        "time:updates": "network updates per second: updates of the stack, times its networks; one value per repeat",
        "time:product": "billions of floating-point operations per second, of a product of two large matrices; one value per repeat",
    },
)


# %% [markdown]
# The floating-point operations of an update can be counted: six for each weight and pixel, two forward and
# four for the gradients. Their number a second, divided by that of a plain product of large matrices, says
# how much of the machine's speed the stacked loop reaches.


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
        "network updates per second": f"{cell.mean:.2f}"
        + (f" ± {cell.sd:.2f}" if cell.n > 1 else ""),
        "this build": f"{mine.mean:.2f}" if mine else "–",
        "times the plain loop": f"{times.mean():.2f}" if large else "–",
        "share of a matrix product": f"{share.mean():.0%}"
        if large and not cell.column.startswith(PLAIN)
        else "–",
    }
plotting.number_table(
    pd.DataFrame(lines).T.sort_index(key=lambda k: k.str.contains("stacked")),
    f"Mean ± sd, n = {shown.cell('1 network', f'{PLAIN}, fp32').n} repeats ({shown.quoted_from}; {shown.quoted.device}); 256 datapoints of 8 pixels unless said, against "
    "the plain loop in the same precision. “This build”: network updates per second on the machine that ran this page. “–”: not measured, another update, or one "
    "that encodes each pixel many times.",
)

# %% [markdown]
# ## Does a stack of networks cost less?


# %% tags=["hide-input"]
def in_stack(n):
    return f"{n} network" + "s" * (n > 1)


def stack_cost(sizes, precision):
    """What an update of one network costs in each stack, in updates of the plain loop."""
    plain = rate_of("1 network", f"{PLAIN}, {precision}")
    return [
        plain / rate_of(in_stack(n), f"stacked loop, {precision}")
        for n in sizes
    ]


STACKS = [
    int(c.row.split()[0])
    for c in shown.quoted.cells
    if c.column == "stacked loop, fp32" and c.row != SHORT
]
COSTS = {
    f"stacked loop, {p}": (np.array(STACKS), np.array(stack_cost(STACKS, p)))
    for p in PRECISIONS
}
ENDS = "; ".join(
    f"{loop} from {y.mean(1)[0]:.2f} for one network to {y.mean(1)[-1]:.2f} for {n[-1]}"
    for loop, (n, y) in COSTS.items()
)
plotting.plot_curves(
    {"the cost of an update of one network": COSTS},
    "networks in the stack",
    "cost, in updates of the plain loop",
    f"Two lines over the size of a stack: {ENDS}.",
    f"What one update of one network costs in a stack of several, where an update of the plain loop in the same precision costs 1 ({shown.quoted_from}; the band is the "
    "range of the repeats).",
    logarithmic=(True, False),
)

# %% tags=["hide-input"]
from mixedpixels.chapters.symae.run_comparisons import compare, compare_values
from mixedpixels.chapters.symae.training_budget import paper_budget


def stacking(precision):
    """What the largest stack brings each network, in words."""
    single = rate_of("1 network", f"stacked loop, {precision}")
    difference = compare_values(
        rate_of(in_stack(STACKS[-1]), f"stacked loop, {precision}"), single
    )
    more = "more" if difference.moved.mean > 0 else "fewer"
    return (
        f"in `{precision}` each makes {abs(difference.moved.mean) / single.mean():.0%} {more} updates a second "
        f"({difference.outcome})"
    )


def speeds_in_words():
    single = {p: rate_of("1 network", f"stacked loop, {p}") for p in PRECISIONS}
    times = {
        p: (single[p] / rate_of("1 network", f"{PLAIN}, {p}")).mean()
        for p in PRECISIONS
    }
    budget = paper_budget()
    low, high = budget.days(single["bf16"].mean())
    slow, fast = budget.rates(budget.hours)
    return (
        f"**What you see** ({shown.quoted_from}; {shown.quoted.device}). For one network the stacked loop makes {times['fp32']:.2f} times the updates of the plain loop in "
        f"`fp32`, and {times['bf16']:.2f} times in `bf16`. In a stack of {STACKS[-1]}, compared with one alone, {' and '.join(map(stacking, PRECISIONS))}.\n\n"
        f"The paper's {budget.least / 1e6:.1f} to {budget.most / 1e6:.1f} million updates would take one network {low:.1f} to "
        f"{high:.1f} days there in `bf16`. If they filled the paper's {budget.hours:.0f} hours, which it does not say, it made "
        f"{slow:.0f} to {fast:.0f} updates a second. These are speeds of one machine; another one has others."
    )


display(Markdown(speeds_in_words()))

# %% [markdown]
# ## What holds up, and what is open


# %% tags=["hide-input"]
def what_holds():
    rate = rate_of("1 network", "stacked loop, bf16").mean()
    slow, fast = paper_budget().rates(1)
    points = [
        f"- **Small updates**: with {DATAPOINTS} datapoints, as in this chapter's short schedule, one network makes {rate_of(SHORT, 'stacked loop, bf16').mean():.0f} updates a second in "
        f"`bf16` and {rate_of(SHORT, 'stacked loop, fp32').mean():.0f} in `fp32` ({shown.quoted_from}).",
        f"- **The paper's training in one hour** takes {slow:.0f} to {fast:.0f} updates a second, {slow / rate:.0f} to {fast / rate:.0f} times what one "
        "network makes in `bf16`.",
    ]
    for study in ledger.records("symae/study-2"):
        short, full = (
            study.cell(setting, "KNN on the code")
            for setting in ("as in the chapter", "single precision (fp32)")
        )
        difference = compare(short, full)
        points.append(
            f"- **Does the precision change the answers?** [Elsewhere](11-what-holds-up), nearest neighbours on the code of {study.scene} classify {short.mean:.2f} % of the test pixels "
            f"correctly after training in `{study.parameters['precision']}`, and {full.mean:.2f} % after training in `fp32`: {difference.difference(2)} points, {difference.outcome}."
        )
    if not any(
        r.device_class == "cuda" for r in ledger.records("symae/study-4")
    ):
        points.append(
            "- **What we do not know**: the speed of the stacked loop on a GPU. No such run is recorded, so its graph has not been timed."
        )
    return "\n".join(points)


display(Markdown(what_holds()))

# %% [markdown]
# ## Exercises
#
# **1.** How fast is the plain loop when each update sees only 8 datapoints?
#
# :::{dropdown} A solution
# ```python
# print(plain_rate(*known, OURS, "fp32", **how), found[SHORT, "stacked loop, fp32"])
# ```
# :::
#
# **2.** Give the stacked loop two threads. Two processes with one thread each would make twice the updates of
# one: is it worth it?
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
