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
# - **You will learn** when a difference is paired; how large a difference must be before one run shows it;
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
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters.ssanu import unmixing_table
from mixedpixels.chapters.ssanu.readings import Readings
from mixedpixels.models import ssanu
from mixedpixels.pipeline import resolve
from mixedpixels.unmixing import ConstantPrediction

run = resolve("ssanu/07-ablation", globals())
run

# %% [markdown]
# ## What is left out, and how
#
# Where a stream of the encoder is left out, the features of the other go on alone; where one of the decoder
# is, the other rebuilds the pixel alone. There is nothing to weigh then, so the stream that stays has a weight
# of one. All else, the rate, λ, γ and the epochs, is as printed for the whole network. The paper does not say
# how it left them out.
#
# Two readings: *paper*, the text read literally; and *best*, the reading that works, judged beside it. Seed
# $k$ starts every row from the same spectra: in *paper* those of the $k$-th start of VCA, in *best* one search
# for archetypes.

# %%
STREAMS = ("spatial", "spectral", "linear", "nonlinear")
ROWS = {
    out: "+".join(s for s in STREAMS if s != out)
    for out in ("nothing", *STREAMS)
}
METRICS = {
    column: unmixing_table.METRICS[metric]
    for column, metric in (
        ("RMSE", "rmse:per_pixel"),
        ("Mean SAD", "sad:pure-pixels:mean"),
    )
}
IDS = {"RMSE": "rmse:per_pixel", "Mean SAD": "sad:pure-pixels:mean"}


def measure(image, reading):
    """Fit every row for a scene in a reading; return the cells and the seconds."""
    network = Readings(ssanu, image, run, run.epochs)
    cells, seconds = [], {}
    for out, row in ROWS.items():
        fits = [
            network.fit(reading, seed, without=out) for seed in range(run.seeds)
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
# Take the RMSE without a stream minus the RMSE of the whole network: positive means that the stream helps. Two
# measures of luck stand beside its mean. The *interval* is the 95 % confidence interval of the mean over the seeds;
# in *paper*, where run $k$ of every row starts from the same spectra, of the mean of the paired differences
# (Student's $t$), in *best*, where nothing else is shared, Welch's. *Two single runs* is the standard deviation of a
# difference between one run of each, which is all that a printed difference is. We say that a stream *helps* or
# *hurts* when the mean is larger than both. (Of sixteen such intervals, one or so leaves out a true value by luck.)


# %%
def effects(record, name):
    """The effect of each stream on the RMSE, and the printed difference."""
    printed = {
        c.row: c for c in ledger.claims(tables[name]) if c.column == "RMSE"
    }
    whole = record.cell(ROWS["nothing"], "RMSE")
    return {
        out: (
            metrics.effect(
                record.cell(ROWS[out], "RMSE").values,
                whole.values,
                paired=record.reading == "paper",
            ),
            printed[ROWS[out]].value - printed[ROWS["nothing"]].value,
        )
        for out in STREAMS
    }


SAID = {"rises": "helps", "falls": "hurts", "within luck": "within luck"}

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
            f"without the {s} stream": {
                "printed difference": f"{printed:+.4f}",
                "ours": f"{e.mean:+.3f}",
                "interval": f"± {e.half:.3f}",
                "two single runs (sd)": f"{e.single:.3f}",
                "the stream": SAID[e.word],
            }
            for s, (e, printed) in lines.items()
        }
    ).T
    record, whence = kept[name, reading]
    display(
        plotting.number_table(
            frame,
            f"RMSE (eq. 18) without a stream minus with all, {name}, reading {reading} ({whence}, "
            f"n = {record.cell(ROWS['nothing'], 'RMSE').n}).",
        )
    )

# %% tags=["hide-input"]
for name in dict.fromkeys(key[0] for key in found):
    groups = {
        f"{reading}, {'all streams' if out == 'nothing' else f'without {out}'}": (
            np.array(kept[name, reading][0].cell(ROWS[out], "RMSE").values)
        )
        for reading in ("paper", "best")
        for out in ROWS
    }
    told = plotting.spread_words(groups)
    whence = kept[name, "paper"][1]
    printed = {
        c.row: c.value
        for c in ledger.claims(tables[name])
        if c.column == "RMSE"
    }
    display(
        plotting.plot_spread(
            groups,
            f"abundance RMSE on {name}, per pixel (eq. 18)",
            f"Dots: the RMSE on {name} with all streams and without one, one dot a seed. {told}. Bars at the lowest "
            "and the highest printed number.",
            f"What leaving out a stream does on {name} ({whence}): one dot a seed, the black tick is the median.",
            {
                "printed, lowest": min(printed.values()),
                "printed, highest": max(printed.values()),
            },
        )
    )

# %% [markdown]
# ## What you see

# %% tags=["hide-input"]


def said(lines):
    """The streams by what leaving them out does."""
    groups = {
        word: [s for s, (e, _) in lines.items() if SAID[e.word] == word]
        for word in SAID.values()
    }
    return "; ".join(
        f"{word}: {', '.join(names)}" for word, names in groups.items() if names
    )


for (name, reading), lines in found.items():
    record, whence = kept[name, reading]
    whole = record.cell(ROWS["nothing"], "RMSE")
    small = [s for s, (e, p) in lines.items() if abs(p) < e.single]
    largest = max(lines, key=lambda s: abs(lines[s][0].mean))
    moved = lines[largest][0]
    display(
        Markdown(
            f"- **{name}, reading {reading}** ({whence}). The whole network has {whole.mean:.3f} ± {whole.sd:.3f} "
            f"(n = {whole.n}); the constant prediction {record.cell('constant prediction', 'RMSE').mean:.3f}. Of the "
            f"streams, {said(lines)}. The largest mean effect is that of the {largest} stream, {moved.mean:+.3f} "
            f"({SAID[moved.word]}); in print it is that of the {max(lines, key=lambda s: lines[s][1])} one. "
            + (
                f"The printed difference of {', '.join(small)} is smaller than the sd of two single runs here."
                if small
                else "Each printed difference is larger than the sd of two single runs here."
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
# - **An ablation needs seeds.** From one run each, nobody can tell a difference from luck; how many of the printed
#   ones are smaller than that luck is said above.
# - **An ablation is of a reading.** What a stream is worth in a network that does not work says little about
#   one that does; so both readings stand above.
# - **What is paired must be shared.** In *paper* the rows share their starts, so VCA's luck leaves the difference; the
#   networks' own first weights are drawn anew in every row, as they have other layers.
# - **What we do not know**: how the paper left a stream out, and whether it tuned the rate anew for each row,
#   which would move every number.
#
# ## Exercises
#
# **1.** Take the pairing out of the reading *paper*. Which words change?
#
# :::{dropdown} A solution
# ```python
# for (name, reading), (record, _) in kept.items():
#     whole = record.cell(ROWS["nothing"], "RMSE").values
#     for out in STREAMS:
#         values = record.cell(ROWS[out], "RMSE").values
#         print(name, reading, out, [metrics.effect(values, whole, paired=p).word for p in (True, False)])
# ```
# :::
#
# **2.** How many seeds would show the smallest printed difference, at the spread measured here?
#
# :::{dropdown} A solution
# ```python
# for (name, reading), lines in found.items():
#     least = min(abs(p) for _, p in lines.values())
#     print(name, reading, least, (1.96 * np.mean([e.single for e, _ in lines.values()]) / least) ** 2)
# ```
# :::
#
# **3.** Which weights do the streams end with when all are there? Compare with what leaving them out does.
#
# :::{dropdown} A solution
# ```python
# for name, image in images.items():
#     for reading in ("paper", "best"):
#         print(name, reading, Readings(ssanu, image, run, run.epochs).fit(reading, 0).balance)
# ```
# :::
