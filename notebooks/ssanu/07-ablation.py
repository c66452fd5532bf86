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
# Samson (**Table VI**) and on Jasper Ridge (**Table VII**). The paper concludes that all four are needed. On Samson
# the spectral stream matters most, it says. On Jasper Ridge the nonlinear stream does, because trees and soil are mixed
# there, and the spatial stream matters more than the spectral one.
#
# Every printed cell is a single run. This page leaves out the same streams with several seeds. It asks of each
# difference whether it is larger than the difference that another seed makes.
#
# - **You need** [the framework](01-framework) for the four streams, and [Samson](04-samson) for the scores and
# the readings. Terms are explained in the [glossary](../../glossary.md).
# - **You will learn** when runs are paired, how large a difference must be before a single run shows it, and why
# an ablation holds only for the reading in which it was made.

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
def main_finding():
    """What the recorded full runs of this page show, in a few sentences."""
    from IPython.display import Markdown

    from mixedpixels import ledger
    from mixedpixels.chapters.ssanu import ablation
    from mixedpixels.ledger.verdicts import ENOUGH

    scenes_tables = {
        "ssanu/table-6": "ssanu/table-3",
        "ssanu/table-7": "ssanu/table-4",
    }
    effects, seeds = [], set()
    for target, scene_table in scenes_tables.items():
        longer = {r.reading: r for r in ledger.records(scene_table)}
        for record in ledger.records(target):
            effects.append(
                ablation.recorded_effects(record, longer.get(record.reading))
            )
            seeds.add(record.cell("+".join(ablation.STREAMS), "RMSE").n)
    if not effects:
        return Markdown("**Finding.** No full run is recorded yet.")
    confirmed = [{s: e.confirmed for s, e in each.items()} for each in effects]
    helping = ablation.found_everywhere(confirmed, "helps")
    others = [s for s in ablation.STREAMS if s not in helping]
    never = [
        s for s in others if all(table[s] == "not shown" for table in confirmed)
    ]
    few = min(seeds)
    return Markdown(
        f"**Finding** (recorded full runs, {len(effects)} combinations of scene and reading, {few} seeds a row). "
        + (
            f"Leaving out the {' or the '.join(helping)} stream raises the RMSE in every combination, also against more seeds of "
            "the whole network. "
            if helping
            else "No stream is shown to help in every combination. "
        )
        + (
            f"For the other streams ({', '.join(never)}), no combination shows an effect that both comparisons below confirm. "
            if never
            else ""
        )
        + "“Not shown” does not mean that a stream has no effect: these runs cannot exclude one. "
        + (
            f"A verdict on a printed cell requires {ENOUGH} seeds, so every cell of both tables is `inconclusive`."
            if few < ENOUGH
            else ""
        )
    )


main_finding()

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
# Without one stream of the encoder, the features of the other go on alone. Without one stream of the decoder, the
# other rebuilds the pixel alone. There is nothing to weigh then, so the remaining stream has a weight of one. Everything
# else (the rate, λ, γ and the epochs) is as printed for the whole network. The paper does not say how it left the
# streams out.
#
# There are two readings. *paper* takes the text literally. *best* changes what the text leaves open to lower the error,
# and is judged beside it. In *paper*, run $k$ of every row starts from the spectra of the $k$-th start of VCA. In *best*,
# all runs of all rows start from the same archetypes.

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
# A row names the streams that are left in. The first line of each cell is the paper's. Open a verdict for its reason:
# with fewer than ten seeds every cell is `inconclusive` ([how to read a verdict](../../verdicts.md)).

# %% tags=["hide-input"]
table("samson")

# %% [markdown]
# ## Table VII: Jasper Ridge

# %% tags=["hide-input"]
table("jasper-ridge")

# %% [markdown]
# ## Is a difference larger than the variation over seeds?
#
# We subtract the RMSE of the whole network from the RMSE without a stream. A positive difference means that the stream
# helps. Two measures of random variation stand beside the mean difference:
#
# - *interval* is the 95 % confidence interval of the mean over the seeds. In *paper*, run $k$ of every row starts from
#   the same spectra, so the interval is that of the paired differences (Student's $t$). In *best*, the start is
#   fixed and the rows share nothing random, so the interval is Welch's.
# - *two single runs* is the standard deviation of the difference between one run of each. A printed difference is
#   exactly such a difference.
#
# The table says *helps* or *hurts* when the mean is larger than both, and *within luck* otherwise. The word speaks
# about these seeds only. Each such interval misses the true value in one of twenty cases even when its assumptions
# hold, and the table has several. A standard deviation of five runs is uncertain too. The last section therefore repeats
# the comparison with more seeds.


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
    record, quoted_from = kept[name, reading]
    display(
        plotting.number_table(
            frame,
            f"RMSE (eq. 18) without a stream minus with all, {name}, reading {reading} ({quoted_from}, "
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
    quoted_from = kept[name, "paper"][1]
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
            f"What leaving out a stream does on {name} ({quoted_from}): one dot a seed, the black tick is the median.",
            {
                "printed, lowest": min(printed.values()),
                "printed, highest": max(printed.values()),
            },
        )
    )

# %% [markdown]
# **What you see.** The table has one line for each stream, and the figure one row of dots for each variant. Where the dots
# of a row without a stream lie among those of *all streams*, these seeds do not show what the stream does.

# %% [markdown]
# ## Do more seeds of the whole network agree?
#
# The pages of the two scenes ran the whole network with more seeds than this page. That allows two checks. First, does
# the interval from this page's few seeds contain the further ones? Second, does the effect of a stream remain when its
# runs are compared with *all* recorded runs of the whole network? The second comparison is not paired.

# %% tags=["hide-input"]
from mixedpixels.chapters.ssanu import ablation
from mixedpixels.ledger.verdicts import interval

longer = {"samson": "ssanu/table-3", "jasper-ridge": "ssanu/table-4"}
checked = {}
for (scene_name, way), (ablated, source) in kept.items():
    scene_record = next(
        (r for r in ledger.records(longer[scene_name]) if r.reading == way),
        None,
    )
    by_stream = ablation.recorded_effects(ablated, scene_record)
    checked[scene_name, way] = by_stream
    cell = ablated.cell(ROWS["nothing"], "RMSE")
    low, high = interval(cell)
    more = scene_record.cell("RMSE", "SSANU-Net") if scene_record else None
    later = more.values[cell.n :] if more else ()
    outside = ablation.runs_outside(later, low, high)
    grouped = "; ".join(
        f"{word}: {', '.join(streams)}"
        for word, streams in ablation.streams_by_finding(
            {s: e.confirmed for s, e in by_stream.items()}
        ).items()
    )
    lost = [
        s
        for s, e in by_stream.items()
        if e.shown != "not shown" and e.confirmed != e.shown
    ]
    constant_rmse = ablated.cell("constant prediction", "RMSE").mean
    largest_stream = max(by_stream, key=lambda s: by_stream[s].few.mean)
    printed_largest = max(
        found[scene_name, way], key=lambda s: found[scene_name, way][s][1]
    )
    too_small = [
        s
        for s, (e, p) in found[scene_name, way].items()
        if abs(p) < e.single < np.inf
    ]
    display(
        Markdown(
            f"**{scene_name}, reading {way}** ({source}, n = {cell.n}"
            + (f" a row, {more.n} of the whole network" if more else "")
            + ").\n\n"
            f"- The whole network has a mean RMSE of {cell.mean:.3f}, the constant prediction {constant_rmse:.3f}.\n"
            + (
                f"- The 95 % prediction interval from this page's seeds is {low:.3f} to {high:.3f}. Of {len(later)} "
                f"further seeds, {outside} {'lies' if outside == 1 else 'lie'} outside it.\n"
                if len(later) and np.isfinite(high)
                else ""
            )
            + f"- By both comparisons: {grouped}."
            + (
                f" The effect of the {', '.join(lost)} stream is shown by this page's seeds only."
                if lost
                else ""
            )
            + f"\n- The largest mean effect is that of the {largest_stream} stream "
            f"({by_stream[largest_stream].few.mean:+.3f}); in print it is that of the {printed_largest} stream."
            + (
                f"\n- The printed effects of these streams are smaller than the standard deviation of a difference between two "
                f"single runs here: {', '.join(too_small)}. A single pair of runs could not show them."
                if too_small
                else ""
            )
        )
    )

# %% [markdown]
# **What you see.** *helps* and *hurts* stand where both comparisons agree. *not shown* means that these runs cannot tell;
# it does not mean that the stream does nothing.
#
# ### The reason for each verdict

# %% tags=["hide-input"]
for scene_name, target_table in tables.items():
    display(Markdown(f"**{scene_name}**\n\n{ledger.reasons(target_table)}"))

# %% [markdown]
# ## What holds up, and what does not
#
# - **What the runs show** stands under *Finding* at the top. It is less than the paper concludes: whether all four
#   streams are needed, and which one matters most, is open for every stream that is *not shown*.
# - **Every cell of Tables VI and VII is open** until its row has ten seeds. The interval of five seeds can be too
#   narrow, as the further seeds above show where they lie outside it.
# - **An ablation needs seeds.** A single run for each row cannot separate a difference from random variation.
# - **An ablation holds for its reading.** What a stream is worth in a network with a large error says little about one
#   with a small error. Both readings are therefore shown.
# - **Only what is shared is paired.** In *paper* the rows share their starts, so the variation of VCA cancels in the
#   difference. The first weights of the networks are drawn again in every row, because the rows have different layers.
# - **What we do not know** is how the paper left a stream out, and whether it tuned the rate again for each row. Either
#   could move every number.
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
