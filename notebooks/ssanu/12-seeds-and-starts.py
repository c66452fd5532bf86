# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Seeds and starts: where the spread of SSANU-Net comes from
#
# Read literally, SSANU-Net {cite}`chen2023ssanu` has two random parts: the network (first weights, dropout) and
# VCA, which finds the spectra that its decoder starts from. [Samson](04-samson) and [Jasper Ridge](05-jasper-ridge)
# hold one of them at a single value and vary the other. The two spreads found that way do not add up to the
# spread of both, because a seed can do well from one start and badly from another.
#
# This page runs a **crossed design**: every seed of the network from every start. An analysis of variance then
# splits the variance of the error into a part of the seeds, a part of the starts, and a rest.
#
# - **You need** to know what the [framework](01-framework) is and what its error (eq. 18) measures.
# - **You will learn** why two spreads do not add up and two variances do; and how little six levels say about a
# variance.

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
# Change these and run again, by hand or with `mixedpixels run ssanu/12-seeds-and-starts -p levels=3`.
# A zero or an empty text means the profile's value.
#
# - `scene`: `both`, `samson` or `jasper-ridge`.
# - `levels`: how many seeds, and as many starts; the page makes levels × levels fits of each scene.
# - `epochs`: of each fit; the paper's are 500, and a quick page stops much earlier.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
levels: int = 0
epochs: int = 0

# %%
import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters.ssanu import unmixing_table
from mixedpixels.chapters.ssanu.readings import with_epochs
from mixedpixels.fits import fit_or_load
from mixedpixels.ledger.table import render
from mixedpixels.models import ssanu
from mixedpixels.pipeline import resolve

run = resolve("ssanu/12-seeds-and-starts", globals())
run

# %% [markdown]
# ## The runs
#
# A row is a seed of the network, a column a start of VCA. The runs on the diagonal are those of Tables III and
# IV, where a seed draws its own start.

# %%
STUDIES = {"samson": "ssanu/study-3", "jasper-ridge": "ssanu/study-4"}
chosen = list(STUDIES) if run.scene == "both" else [run.scene]


def errors(image):
    """The RMSE (eq. 18) of every seed from every start, shape (seeds, starts)."""
    settings = with_epochs(ssanu.settings(image.name, "paper"), run.epochs)
    table = np.empty((run.levels, run.levels))
    for seed in range(run.levels):
        for start in range(run.levels):
            fit = fit_or_load(
                image, settings, seed=seed, start_seed=start, device=run.device
            )
            scores = metrics.unmixing_scores(
                image.pixels, fit.abundances, image.pixel_abundances
            )
            table[seed, start] = scores.rmse["per_pixel"]
    return table


# %%
shown = {}
for name in chosen:
    image = scenes.load(name, twin=run.twin)
    table = errors(image)
    shown[name] = ledger.record(
        STUDIES[name],
        scene=image,
        run=run,
        cells=[
            ledger.Cell(
                "RMSE",
                f"start {start}",
                "rmse:per_pixel",
                table[:, start],
                control=True,
            )
            for start in range(run.levels)
        ],
        metrics={
            "rmse:per_pixel": unmixing_table.METRICS["rmse:per_pixel"]
            + "; one value per seed of the network"
        },
    )

# %% tags=["hide-input"]
for name in chosen:
    display(HTML(render(ledger.artifact(STUDIES[name]), shown[name].record)))

# %% [markdown]
# ## The parts of the variance
#
# The model is $y_{st} = \mu + a_s + b_t + e_{st}$: a mean, a part of the seed $s$, a part of the start $t$, and a
# rest, which holds what a seed does from one start only. Each part has a variance; the three add up to the variance of
# a run with a new seed and a new start. Standard deviations do not add up.

# %% tags=["hide-input"]
parts, rows = {}, {}
for name in chosen:
    cells = shown[name].quoted.cells
    scores = np.array([cell.values for cell in cells]).T
    parts[name] = metrics.variance_components(scores)
    total = parts[name].total.variance
    for label, part in (
        ("seed of the network", parts[name].seed),
        ("start of VCA", parts[name].start),
        ("interaction and rest", parts[name].interaction_and_rest),
        ("all together", parts[name].total),
    ):
        rows[f"{name}: {label}"] = {
            "standard deviation": f"{part.sd:.4f}",
            "95 % interval": f"{np.sqrt(part.low):.4f} to {np.sqrt(part.high):.4f}",
            "fraction of the variance": f"{part.variance / total:.0%}"
            if total
            else "–",
        }
which = {
    f"{shown[n].quoted_from}, {len(shown[n].quoted.cells)} × {len(shown[n].quoted.cells)} runs"
    for n in chosen
}
display(
    plotting.number_table(
        pd.DataFrame(rows).T,
        f"Variance components of the RMSE (eq. 18), reading paper ({'; '.join(sorted(which))}).",
    )
)

# %% tags=["hide-input"]
display(
    plotting.plot_spread(
        {
            f"{name}, start {k}": np.array(cell.values)
            for name in chosen
            for k, cell in enumerate(shown[name].quoted.cells)
        },
        "abundance RMSE (eq. 18)",
        "One row of dots per start of VCA, one dot per seed of the network; the vertical tick is the median of "
        "the row. Rows that lie apart show a part of the starts, wide rows a part of the seeds.",
        f"The error of every seed from every start ({'; '.join(sorted(which))}).",
    )
)

# %% tags=["hide-input"]
lines = []
for name in chosen:
    p = parts[name]
    if not p.seed.variance and not p.start.variance:
        lines.append(
            f"On {name} neither a part of the seeds nor one of the starts is seen in so few runs."
        )
        continue
    columns = [cell.values for cell in shown[name].quoted.cells]
    distinct = len(set(columns))
    if distinct < len(columns):
        lines.append(
            f"On {name} only {distinct} of the {len(columns)} starts differ: VCA finds the same spectra from other draws, and "
            "then every seed reaches the same error. So the part of the starts rests on fewer levels than the table has "
            "columns."
        )
    larger = "seed" if p.seed.variance > p.start.variance else "start"
    apart = p.seed.low > p.start.high or p.start.low > p.seed.high
    lines.append(
        f"On {name} the {larger} has the larger estimate"
        + (
            ", and the two intervals do not overlap."
            if apart
            else "; the two intervals overlap, so these runs do not decide which of the two matters more."
        )
    )
display(Markdown("**What you see.** " + " ".join(lines)))

# %% [markdown]
# ## What holds up, and what does not
#
# - A spread over seeds with one start, or over starts with one seed, is not a component of variance: it holds the
#   rest too, and depends on the one value that was held.
# - The interval of a variance from six levels reaches over more than a factor of ten. Only large differences
#   between the parts can be seen.
#
# ## Exercises
#
# **1.** Simulate a table without any part of the starts. How often is the estimate of that part zero?
#
# :::{dropdown} Solution
#
# ```python
# rng = np.random.default_rng(0)
# found = [
#     metrics.variance_components(rng.normal(size=(6, 1)) + rng.normal(size=(6, 6)))
#     for _ in range(200)
# ]
# print(np.mean([f.start.clipped for f in found]))
# ```
#
# In somewhat more than half of the tables: the estimate is unbiased, so without the cut at zero it would be
# negative about as often as positive.
# :::
