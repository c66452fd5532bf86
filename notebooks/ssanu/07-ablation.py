# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The ablation: what each stream is worth
#
# Section III-F of the SSANU-Net paper {cite}`chen2023ssanu` leaves out one of the four streams at a time, on
# Samson (**Table VI**) and on Jasper Ridge (**Table VII**). It concludes that all four are needed; that on
# Samson the spectral stream matters most; that on Jasper Ridge the nonlinear one does, as trees and soil are
# mixed there, and the spatial more than the spectral.
#
# Every cell of both tables is one run. This page leaves out the same streams, with several seeds, and asks of
# each difference whether it is larger than what another seed does.
#
# - **You need** [the framework](01-framework) for the four streams, and one of the scenes' pages for the
# scores and the readings.
# - **You will learn** what a paired difference is; how large a difference must be before one run shows it;
# and that an ablation of a network that does not work says little about one that does.

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
# Change these and run again, by hand or with `mixedpixels run ssanu/07-ablation -p scene=jasper-ridge`.
# A zero or an empty text means the profile's value.
#
# - `scene`: `samson`, `jasper-ridge` or `both`.
# - `seeds`: fits per row and reading.
# - `epochs`: of each fit. A quick page stops so early that its numbers only show that the code runs; the
#   recorded full runs are what the page is about.
# - `restarts`: of the archetypal start of the reading *best*.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
seeds: int = 0
epochs: int = 0
restarts: int = 0

# %%
from dataclasses import replace

import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from scipy.stats import t as student

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.models import ssanu
from mixedpixels.pipeline import fit_or_load, resolve, with_epochs
from mixedpixels.unmixing import ConstantPrediction

run = resolve(
    "ssanu/07-ablation",
    {
        "profile": profile,
        "scene": scene,
        "device": device,
        "seeds": seeds,
        "epochs": epochs,
        "restarts": restarts,
    },
    quick={"scene": "both", "seeds": 2, "epochs": 3, "restarts": 2},
    full={"scene": "both", "seeds": 5, "epochs": 500, "restarts": 50},
    choices={"scene": ["samson", "jasper-ridge", "both"]},
)
run

# %% [markdown]
# ## What is left out, and how
#
# Where a stream of the encoder is left out, the features of the other go on alone; where one of the decoder
# is, the other rebuilds the pixel alone. There is nothing to weigh then, so the stream that stays has a weight
# of one. All else, the rate, λ, γ and the epochs, is as printed for the whole network. The paper does not say
# how it left them out.
#
# Two readings: *paper*, the text read literally, which is judged; and *best*, the reading that works. Seed
# $k$ starts every row from the same spectra: in *paper* those of the $k$-th start of VCA, in *best* one search
# for archetypes.

# %%
STREAMS = ("spatial", "spectral", "linear", "nonlinear")
ROWS = {
    out: "+".join(s for s in STREAMS if s != out)
    for out in ("nothing", *STREAMS)
}
METRICS = {
    column: ledger.UNMIXING_METRICS[metric]
    for column, metric in (
        ("RMSE", "rmse:per_pixel"),
        ("Mean SAD", "sad:pure-pixels:mean"),
    )
}
IDS = {"RMSE": "rmse:per_pixel", "Mean SAD": "sad:pure-pixels:mean"}


def measure(image, reading):
    """Fit every row for a scene in a reading; return the cells and the seconds."""
    whole = with_epochs(ssanu.settings(image.name, reading), run.epochs)
    cells, seconds = [], {}
    for out, row in ROWS.items():
        fits = [
            fit_or_load(
                image,
                replace(whole, without=out),
                seed=seed,
                start_seed=seed if reading == "paper" else 0,
                restarts=run.restarts,
                device=run.device,
            )
            for seed in range(run.seeds)
        ]
        scores = [
            metrics.unmixing_scores(
                image.pixels, fit.abundances, image.pixel_abundances
            )
            for fit in fits
        ]
        found = {
            "RMSE": [s.rmse["per_pixel"] for s in scores],
            "Mean SAD": [s.angles.mean() for s in scores],
        }
        cells += [
            ledger.Cell(row, column, IDS[column], values)
            for column, values in found.items()
        ]
        seconds[row] = [fit.seconds for fit in fits]
    constant = ConstantPrediction().fit(image.pixels, image.pixel_abundances)
    score = metrics.unmixing_scores(
        image.pixels, constant.transform(image.pixels), image.pixel_abundances
    )
    cells.append(
        ledger.Cell(
            "constant prediction",
            "RMSE",
            IDS["RMSE"],
            (score.rmse["per_pixel"],),
            deterministic=True,
            control=True,
            note="uses the reference's mean abundances",
        )
    )
    return cells, seconds


# %%
tables = {"samson": "ssanu/table-6", "jasper-ridge": "ssanu/table-7"}
chosen = list(tables) if run.scene == "both" else [run.scene]
shown, images = {}, {}
for name in chosen:
    image = images[name] = scenes.load(name, twin=run.twin)
    for reading in ("best", "paper"):
        cells, seconds = measure(image, reading)
        shown[name, reading] = ledger.record(
            tables[name],
            scene=image,
            run=run,
            cells=cells,
            metrics={IDS[column]: words for column, words in METRICS.items()},
            seconds=seconds,
            reading=reading,
        )


def table(name):
    """A scene's table, where this build has run it."""
    if (name, "paper") in shown:
        return shown[name, "paper"]
    return Markdown(f"Not run with `scene={run.scene}`.")


# %% [markdown]
# ## Table VI: Samson
#
# A row names the streams that are left in. The first line of each cell is the paper's.

# %% tags=["hide-input"]
table("samson")

# %% [markdown]
# ## Table VII: Jasper Ridge

# %% tags=["hide-input"]
table("jasper-ridge")

# %% [markdown]
# ## Larger than luck?
#
# For each seed, take the RMSE without a stream minus the RMSE of the whole network *of the same seed and the
# same start*: a paired difference. Positive means the stream helps. Over the seeds it has a mean and a 95 %
# confidence interval (Student's $t$). We call the effect *larger than luck* when that interval leaves out
# zero **and** the mean exceeds the standard deviation of the whole network over its seeds, which is what a
# single run cannot see past. The printed difference is of one run.


# %%
def effects(record, name):
    """One line a stream: the printed difference, ours, and whether it exceeds luck."""
    printed = {
        c.row: c for c in ledger.claims(tables[name]) if c.column == "RMSE"
    }
    whole = record.cell(ROWS["nothing"], "RMSE")
    lines = {}
    for out in STREAMS:
        cell = record.cell(ROWS[out], "RMSE")
        pairs = np.subtract(cell.values, whole.values)
        half = (
            student.ppf(0.975, len(pairs) - 1)
            * pairs.std(ddof=1)
            / np.sqrt(len(pairs))
            if len(pairs) > 1
            else np.inf
        )
        mean = pairs.mean()
        beyond = abs(mean) > max(half, whole.sd)
        lines[out] = {
            "printed": printed[ROWS[out]].value
            - printed[ROWS["nothing"]].value,
            "mean": mean,
            "half": half,
            "sd": whole.sd,
            "word": ("helps" if mean > 0 else "hurts")
            if beyond
            else "within luck",
            "pairs": pairs,
        }
    return lines


kept = {}
for name, target in tables.items():
    for reading in ("paper", "best"):
        full = [r for r in ledger.records(target) if r.reading == reading]
        if full:
            kept[name, reading] = full[0], "recorded full run"
        elif (name, reading) in shown:
            made = shown[name, reading]
            kept[name, reading] = made.record, made.built
found = {key: effects(record, key[0]) for key, (record, _) in kept.items()}

# %% tags=["hide-input"]
for (name, reading), lines in found.items():
    frame = pd.DataFrame(
        {
            "printed difference": {
                s: f"{v['printed']:+.4f}" for s, v in lines.items()
            },
            "ours, paired": {
                s: f"{v['mean']:+.3f} ± {v['half']:.3f}"
                for s, v in lines.items()
            },
            "another seed (sd)": {
                s: f"{v['sd']:.3f}" for s, v in lines.items()
            },
            "": {s: v["word"] for s, v in lines.items()},
        }
    )
    frame.index = [f"without the {s} stream" for s in frame.index]
    record, whence = kept[name, reading]
    display(
        plotting.number_table(
            frame,
            f"RMSE (eq. 18) without a stream minus with all, {name}, reading {reading} ({whence}, "
            f"n = {len(lines['spatial']['pairs'])}; ± is the 95 % interval of the mean).",
        )
    )

# %% tags=["hide-input"]
for name in dict.fromkeys(key[0] for key in found):
    groups = {
        f"{reading}, without {s}": v["pairs"]
        for (scene_name, reading), lines in found.items()
        if scene_name == name
        for s, v in lines.items()
    }
    told = plotting.spread_words(groups)
    whence = kept[name, "paper"][1]
    display(
        plotting.plot_spread(
            groups,
            f"RMSE without a stream minus with all, {name}",
            f"Dots: paired differences of the RMSE on {name}, one dot a seed. {told}. A bar at zero.",
            f"What leaving out a stream does on {name} ({whence}): right of the bar the stream helped. One dot a "
            "seed, the black tick is the median.",
            {"no effect": 0.0},
        )
    )

# %% [markdown]
# ## What you see

# %% tags=["hide-input"]


def said(lines):
    """The streams by what leaving them out does."""
    groups = {
        word: [s for s, v in lines.items() if v["word"] == word]
        for word in ("helps", "hurts", "within luck")
    }
    return "; ".join(
        f"{word}: {', '.join(names)}" for word, names in groups.items() if names
    )


for (name, reading), lines in found.items():
    record, whence = kept[name, reading]
    whole = record.cell(ROWS["nothing"], "RMSE")
    small = [s for s, v in lines.items() if abs(v["printed"]) < v["sd"]]
    display(
        Markdown(
            f"- **{name}, reading {reading}** ({whence}). The whole network has {whole.mean:.3f} ± {whole.sd:.3f} "
            f"(n = {whole.n}); the constant prediction {record.cell('constant prediction', 'RMSE').mean:.3f}. Of the "
            f"streams, {said(lines)}. The largest mean effect is that of the "
            f"{max(lines, key=lambda s: lines[s]['mean'])} stream; in print it is the "
            f"{max(lines, key=lambda s: lines[s]['printed'])} one's. "
            + (
                f"The printed effect of {', '.join(small)} is smaller than what another seed does here."
                if small
                else "Each printed effect is larger than what another seed does here."
            )
        )
    )

# %% [markdown]
# ### Why is a cell `worse`?

# %% tags=["hide-input"]
for name, target in tables.items():
    display(Markdown(f"**{name}**\n\n{ledger.reasons(target)}"))

# %% [markdown]
# ## What holds up, and what does not
#
# - **An ablation needs seeds.** The tables' smallest printed differences are of the size that another seed
#   makes; from one run each, nobody can tell them from luck.
# - **An ablation is of a reading.** What a stream is worth in a network that does not work says little about
#   one that does; so both readings stand above.
# - **A pair needs one start.** Without the same spectra to begin with, VCA's luck would be in every
#   difference: see [Samson](04-samson) for how much that is.
# - **What we do not know**: how the paper left a stream out, and whether it tuned the rate anew for each row,
#   which would move every number.
#
# ## Exercises
#
# **1.** Leave out the pairing: subtract seed 0 without a stream from seed 1 of the whole network. How many
# verdicts change?
#
# :::{dropdown} A solution
# ```python
# for (name, reading), (record, _) in kept.items():
#     whole = np.array(record.cell(ROWS["nothing"], "RMSE").values)
#     for out in STREAMS:
#         values = np.array(record.cell(ROWS[out], "RMSE").values)
#         print(name, reading, out, values.mean() - whole.mean(), (values - np.roll(whole, 1)).round(3))
# ```
# The mean stays, the spread grows where the start matters.
# :::
#
# **2.** How many seeds would show an effect of 0.0068, the smallest in print, at the spread measured here?
#
# :::{dropdown} A solution
# ```python
# for (name, reading), lines in found.items():
#     sd = np.mean([v["pairs"].std(ddof=1) for v in lines.values()])
#     print(name, reading, (1.96 * sd / 0.0068) ** 2)
# ```
# :::
#
# **3.** Which weights do the streams end with when all are there? Compare with what leaving them out does.
#
# :::{dropdown} A solution
# ```python
# for name, image in images.items():
#     for reading in ("paper", "best"):
#         s = with_epochs(ssanu.settings(name, reading), run.epochs)
#         print(name, reading, fit_or_load(image, s, restarts=run.restarts).balance)
# ```
# :::
