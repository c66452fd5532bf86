# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # SSANU-Net: what holds up
#
# The other pages of this chapter rebuild the tables and figures of the SSANU-Net paper {cite}`chen2023ssanu` one by
# one. This one asks across them: what would a careful reader take from the paper, and from this chapter?
#
# Nothing is fitted here. The page reads the recorded full runs, and computes what costs nothing.
#
# - **You need** [Samson](04-samson) for the words.
# - **You will learn** six questions to put to any table of unmixing errors.

# %% tags=["remove-cell"]
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("mixedpixels") is None:  # on Colab, say
    repository = "git+https://github.com/mixed-pixels/mixedpixels"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", repository], check=True
    )

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "both"
device: str = "auto"

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters import baselines
from mixedpixels.ledger.checks import misprints
from mixedpixels.pipeline import resolve

run = resolve("ssanu/10-what-holds-up", globals())
TABLES = {"samson": "ssanu/table-3", "jasper-ridge": "ssanu/table-4"}
images = {name: scenes.load(name, twin=run.twin) for name in TABLES}
kept = {
    (name, r.reading): r
    for name, target in TABLES.items()
    for r in ledger.records(target)
    if r.scene == name
}
sorted(kept)

# %% [markdown]
# ## 1. Can the printed numbers be right?
#
# Before anything is run: a mean must be the mean of its parts, and a number printed twice one number.

# %% tags=["hide-input"]
proofs = [
    f"- **{artifact.label}, {column}, {row}**: {proof}"
    for artifact in ledger.artifacts()
    if artifact.paper == "ssanu" and artifact.kind == "table"
    for (row, column), proof in misprints(artifact.id).items()
]
display(
    Markdown(
        "\n".join(proofs)
        + f"\n\n{len(proofs)} cells cannot be right. None of them is SSANU-Net's own."
        if proofs and not any("SSANU-Net," in p for p in proofs)
        else "\n".join(proofs)
    )
)

# %% [markdown]
# ## 2. What is the reference?
#
# Non-negative least squares with the reference's own spectra, divided by the sum; the spectra as they stand, or each
# scaled to a largest value of one. If that gives the reference back, the reference *is* that computation, and the
# table ranks methods by how near they come to it.

# %%
answers = {}
for name, image in images.items():
    rows = baselines.given(
        image.pixels, image.endmembers, image.pixel_abundances, run.device
    )
    answers[name] = {
        row.name.removesuffix(", reference endmembers"): row.run(0)
        for row in rows
    }
frame = pd.DataFrame(
    {
        ledger.describe(images[name]): {
            label: metrics.abundance_rmse(
                found, images[name].pixel_abundances, "per_pixel"
            )
            for label, found in each.items()
        }
        for name, each in answers.items()
    }
)
plotting.number_table(
    frame,
    "RMSE (eq. 18) of what uses the reference: its spectra, or its mean abundances.",
)

# %% tags=["hide-input"]
matched = {
    f"{label}, {name}": (
        metrics.unmixing_scores(
            images[name].pixels, found, images[name].pixel_abundances
        ).rmse["per_pixel"],
        frame.loc[label, ledger.describe(images[name])],
    )
    for name, each in answers.items()
    for label, found in each.items()
}
moved = {key: pair for key, pair in matched.items() if not np.isclose(*pair)}
display(
    Markdown(
        "These rows know which map is whose, and are scored under those names. The tables match every row's maps to the "
        "reference, as a blind method needs; that can only lower an error, and it does for "
        + (
            "; ".join(
                f"{key}: {low:.3f} in place of {own:.3f}"
                for key, (low, own) in moved.items()
            )
            or "none of them"
        )
        + "."
    )
)

# %% [markdown]
# ## 3. Which error?
#
# Eq. 18 sums over the endmembers inside the norm. Most papers average over them, or over each endmember's own error.
# The same maps, as recorded for Figs. 5 and 7 (cut to 0–1 and kept in steps of 1/255, so a method whose fractions exceed
# one has a little less here than in its table), under all three:

# %%
errors = {}
for name, figure in (
    ("samson", "ssanu/figure-5"),
    ("jasper-ridge", "ssanu/figure-7"),
):
    for record in ledger.records(figure):
        if record.scene == name:
            maps = ledger.load_arrays(record)
            materials = maps["reference"].shape[-1]
            truth = maps["reference"].reshape(-1, materials) / 255
            for method, stored in maps.items():
                if method != "reference":
                    found = stored.reshape(len(truth), -1) / 255
                    errors[f"{name}, {method}"] = {
                        c: metrics.abundance_rmse(found, truth, c)
                        for c in metrics.CONVENTIONS
                    }
errors = pd.DataFrame(errors).T
plotting.number_table(
    errors, "One set of maps, three errors (recorded full runs, seed 0)."
)

# %% tags=["hide-input"]
ranks = errors.groupby(lambda label: label.partition(",")[0]).rank()
swapped = int((ranks.nunique(axis=1) > 1).sum())
display(
    Markdown(
        "**What you see.** The first is √R times the second, exactly; who compares a number of this paper with one of a "
        f"paper that averages, misreads it by {np.sqrt(3):.2f} on Samson and {np.sqrt(4):.2f} on Jasper Ridge. The order of "
        + (
            f"the methods changes for {swapped} of {len(errors)} rows."
            if swapped
            else f"the {len(errors)} methods is the same under all three."
        )
    )
)

# %% [markdown]
# ## 4. How large is luck?
#
# Every number of the paper is one run, with seed 0. The differences between its methods, beside what another seed,
# and another start of VCA, do to one method:

# %% tags=["hide-input"]
lines = {}
for name, target in TABLES.items():
    printed = {
        c.column: c.value for c in ledger.claims(target) if c.row == "RMSE"
    }
    deep = sorted(v for method, v in printed.items() if method != "SMACC")
    record = kept[name, "paper"]
    lines[name] = {
        "printed, best to second best": deep[1] - deep[0],
        "printed, best to worst network": deep[-1] - deep[0],
        "another seed (sd)": record.cell(
            "RMSE", "SSANU-Net, one start of VCA"
        ).sd,
        "another start of VCA (sd)": record.cell(
            "RMSE", "SSANU-Net, one seed, other starts"
        ).sd,
        "both (sd)": record.cell("RMSE", "SSANU-Net").sd,
        "both, reading best (sd)": kept[name, "best"]
        .cell("RMSE", "SSANU-Net")
        .sd,
        "VCA + FCLS, L2 pixels, another start (sd)": record.cell(
            "RMSE", "VCA + FCLS, L2 pixels"
        ).sd,
    }
luck = pd.DataFrame(lines)
display(
    plotting.number_table(
        luck,
        "Differences of the RMSE in print, and its spread (recorded full runs).",
    ),
    Markdown(
        "**What you see.** "
        + " ".join(
            f"On {name} the printed lead over the second best, {line['printed, best to second best']:.4f}, is "
            f"{'smaller' if line['printed, best to second best'] < line['both (sd)'] else 'larger'} than the standard "
            f"deviation of the literal network over its runs, {line['both (sd)']:.3f}; of these few, the starts have the "
            f"{'larger' if line['another start of VCA (sd)'] > line['another seed (sd)'] else 'smaller'} spread than the seeds."
            for name, line in lines.items()
        )
    ),
)

# %% [markdown]
# ## 5. What does a prediction that knows nothing score?

# %% tags=["hide-input"]
display(
    Markdown(
        "\n".join(
            f"- **{name}**: the mean abundances everywhere have {frame.loc['constant prediction', ledger.describe(images[name])]:.3f}. "
            "In print, "
            + ", ".join(
                f"{c.column} {c.printed}"
                for c in ledger.claims(target)
                if c.row == "RMSE"
            )
            + "."
            for name, target in TABLES.items()
        )
    )
)
whole, _ = scenes.load_abundances("urban", twin=run.twin)
nothing = metrics.abundance_rmse(
    np.broadcast_to(whole.mean(axis=(0, 1)), whole.shape).reshape(
        -1, whole.shape[2]
    ),
    whole.reshape(-1, whole.shape[2]),
    "per_pixel",
)
beaten = [
    f"{c.column} {c.printed}"
    for c in ledger.claims("ssanu/table-5")
    if c.row == "RMSE" and c.value > nothing
]
display(
    Markdown(
        f"Of Urban the whole reference is at hand, though not the whole image: its constant prediction has {nothing:.4f}. "
        f"In print, worse than that: {', '.join(beaten) or 'none'}."
    )
)

# %% [markdown]
# ## 6. What does the network add?
#
# All networks of the reading *best* are given the same pixels, the same start and the same unit. Beside them, the
# start alone, with least squares; and EDAA, which is blind, as it is.

# %% tags=["hide-input"]
for name in TABLES:
    record, best = kept[name, "paper"], kept[name, "best"]
    groups = {
        f"{c.column} (best)": np.array(c.values)
        for c in best.cells
        if c.row == "RMSE"
    }
    groups |= {
        method: np.array(record.cell("RMSE", method).values)
        for method in (baselines.START_ALONE, "EDAA", "VCA + FCLS, L2 pixels")
        if record.cell("RMSE", method)
    }
    told = plotting.spread_words(groups)
    claimed = next(
        c
        for c in ledger.claims(TABLES[name])
        if (c.row, c.column) == ("RMSE", "SSANU-Net")
    )
    alone = record.cell("RMSE", baselines.START_ALONE).values[0]
    display(
        plotting.plot_spread(
            groups,
            f"abundance RMSE on {name}, per pixel (eq. 18)",
            f"Dots: the abundance RMSE on {name}, one dot a run. {told}. A bar at the number printed for SSANU-Net.",
            f"{name}, recorded full runs: one dot a run, the black tick is the median.",
            {"SSANU-Net (printed)": claimed.value},
        ),
        Markdown(
            f"**What you see: {name}.** {told}. All of *best* start from one search, whose archetypes alone have "
            f"{alone:.3f}: "
            + "; ".join(
                f"{m} is {metrics.against_start(groups[m], alone)}"
                for m in groups
                if m.endswith("(best)")
            )
            + "."
        ),
    )

# %% [markdown]
# ## What to take along
#
# - Ask what the reference is before asking who comes near it.
# - Ask what is done to the pixels before the network, and what it starts from; score the start alone.
# - Ask for the seeds, the starts and a constant prediction. They cost little.
# - A paper that fills none of these in can still be right. It cannot be checked.
#
# ## Exercises
#
# **1.** Put the six questions to a table of another paper of this book.
#
# :::{dropdown} A solution
# ```python
# for artifact in ledger.artifacts():
#     if artifact.kind == "table" and artifact.paper != "ssanu":
#         print(artifact.id, len(misprints(artifact.id)), "cells that cannot be right")
# ```
# More will turn up as the claims of the other papers are transcribed.
# :::
