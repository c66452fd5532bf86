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
# one. This page looks across them. It first gathers what holds and what is open. It then asks six questions that can be
# put to any table of unmixing errors.
#
# Nothing is fitted here. The page reads the recorded full runs and computes only what takes seconds.
#
# - **You need** [Samson](04-samson), which explains the scores and the readings. Terms are explained in the
# [glossary](../../glossary.md).
# - **You will learn** six questions to ask before you believe a table of unmixing errors.

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
# ## What holds, and what is open
#
# The first table counts the verdicts on the printed numbers; [how to read a verdict](../../verdicts.md) explains them.
# The two lists below it are made from the same records.

# %% tags=["hide-input"]
from mixedpixels.chapters.ssanu import ablation, standing
from mixedpixels.chapters.ssanu.spreads import spread_ratio
from mixedpixels.ledger.verdicts import ENOUGH, ORDER

ssanu_tables = {
    a.id: a
    for a in ledger.artifacts()
    if a.paper == "ssanu" and a.kind == "table" and ledger.claims(a.id)
}
counted_verdicts = {
    (f"{ssanu_tables[table].label}, {way}"): counts
    for way in ("paper", "best")
    for table, counts in standing.verdict_counts(ssanu_tables, way).items()
    if way == "paper" or set(counts) - {"not run", "misprint"}
}
verdict_frame = pd.DataFrame(counted_verdicts).T.fillna(0).astype(int)
verdict_frame = verdict_frame[[word for word in ORDER if word in verdict_frame]]
display(
    plotting.number_table(
        verdict_frame.astype(str),
        "How many printed numbers of each table have each verdict, by the reading it is judged in.",
    )
)
circular = {
    scene_name: kept[scene_name, "paper"]
    .cell("RMSE", "NNLS / sum, scaled, reference endmembers")
    .mean
    / kept[scene_name, "paper"].cell("RMSE", "constant prediction").mean
    for scene_name in TABLES
}
starts = {}
for scene_name in TABLES:
    alone = kept[scene_name, "paper"].cell("RMSE", baselines.START_ALONE)
    for cell in kept[scene_name, "best"].cells:
        if cell.row == "RMSE" and alone:
            worse = sum(v > alone.values[0] for v in cell.values)
            starts[f"{cell.column} on {scene_name}"] = (worse, cell.n)
never_better = [m for m, (worse, count) in starts.items() if worse == count]
by_table = {}
for table, scene_table in (
    ("ssanu/table-6", "ssanu/table-3"),
    ("ssanu/table-7", "ssanu/table-4"),
):
    longer = {r.reading: r for r in ledger.records(scene_table)}
    for record in ledger.records(table):
        by_table[table, record.reading] = {
            s: e.confirmed
            for s, e in ablation.recorded_effects(
                record, longer.get(record.reading)
            ).items()
        }
helping = ablation.found_everywhere(list(by_table.values()), "helps")
unshown = [s for s in ablation.STREAMS if s not in helping]
few = standing.with_few_runs(
    {
        f"{c.column} on {r.scene}, reading {r.reading}": c.values
        for r in kept.values()
        for c in r.cells
        if c.row == "RMSE"
        and r.reading != "oracle"
        and c.column in {cell.column for cell in kept[r.scene, "best"].cells}
    }
)
impossible = sum(
    counts.get("misprint", 0)
    for counts in standing.verdict_counts(ssanu_tables).values()
)
inconclusive = [
    label
    for label, counts in counted_verdicts.items()
    if "inconclusive" in counts
]
elsewhere = [
    label
    for label, counts in counted_verdicts.items()
    if "not comparable" in counts
]
display(
    Markdown(
        "**What holds, in the recorded runs**\n\n"
        f"- {impossible} printed cells cannot be right (question 1).\n"
        "- Least squares with the reference's own spectra, scaled, nearly gives the reference back. Its RMSE is "
        + " and ".join(
            f"{share:.0%} of the constant prediction's on {m}"
            for m, share in circular.items()
        )
        + " (question 2).\n"
        f"- In the reading *best*, {len(never_better)} of {len(starts)} pairs of network and scene have a larger RMSE than "
        "their start alone in every run"
        + (
            f": {'; '.join(f'{m} ({starts[m][1]} runs)' for m in never_better)}"
            if never_better
            else ""
        )
        + " (question 6).\n"
        + (
            f"- Leaving out the {' or the '.join(helping)} stream raises the RMSE on both scenes and in both readings "
            "([the ablation](07-ablation)).\n"
            if helping
            else ""
        )
        + "\n**What is open**\n\n"
        f"- Cells that are `inconclusive`, with fewer than {ENOUGH} runs or too wide an interval, are in: {'; '.join(inconclusive) or 'none'}.\n"
        f"- Cells that are `not comparable`, because of another scene, a fragment, another metric or a symbol, are in: {'; '.join(elsewhere) or 'none'}.\n"
        f"- Methods with fewer than {ENOUGH} runs on Samson or Jasper Ridge: "
        + ("; ".join(f"{m} ({k})" for m, k in few.items()) or "none")
        + ".\n"
        f"- Whether leaving out one of these streams changes the RMSE: {', '.join(unshown)}.\n"
        "- What each single choice of *best* is worth. Most were tried in too few fits ([the search](09-search)).\n"
        "- What the authors did where the text is silent. No code is public."
    )
)

# %% [markdown]
# ## 1. Can the printed numbers be right?
#
# This can be checked before anything is run. A mean must be the mean of its parts, and a number that is printed twice
# must be the same number.

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
        else "\n".join(proofs) or "No printed cell is impossible."
    )
)

# %% [markdown]
# ## 2. What is the reference?
#
# The table shows non-negative least squares with the reference's own spectra, divided by the sum. The spectra are taken
# raw, or each is scaled to a largest value of one. When this nearly reproduces the reference, the reference was probably
# computed that way, and a table of errors ranks methods by how near they come to that computation.

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
worse_than_constant = [
    (label, name)
    for name, image in images.items()
    for label in answers[name]
    if frame.loc[label, ledger.describe(image)]
    > frame.loc["constant prediction", ledger.describe(image)]
]
display(
    Markdown(
        "**What you see.** Each number is an RMSE; zero would mean that the row gives the reference back. "
        "These rows know which map belongs to which material, so they are scored without matching. The tables of the other "
        "pages match the maps of every row to the reference, because a blind method needs it. Matching would lower "
        + (
            "; ".join(
                f"the error of {key}, from {own:.3f} to {low:.3f}"
                for key, (low, own) in moved.items()
            )
            or "none of these errors"
        )
        + "."
        + (
            " A larger error than that of the constant prediction: "
            + "; ".join(
                f"{label} on {name}" for label, name in worse_than_constant
            )
            + "."
            if worse_than_constant
            else ""
        )
    )
)

# %% [markdown]
# ## 3. Which error?
#
# Eq. 18 sums over the endmembers inside the norm (`per_pixel`). Most papers average over them instead: over all numbers
# at once (`pooled`), or over the error of each endmember (`per_endmember`). The table scores the same maps by all three.
#
# The maps are those recorded for Figs. 5 and 7. They are cut to the range 0–1 and stored in steps of 1/255, so a method
# whose fractions exceed one has a slightly smaller error here than in its table.

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
        "**What you see.** With R endmembers, the first error is exactly √R times the second. A reader who compares a number of "
        f"this paper with one of a paper that averages is wrong by a factor of {np.sqrt(3):.2f} on Samson and "
        f"{np.sqrt(4):.2f} on Jasper Ridge. On these maps, the order of "
        + (
            f"the methods changes for {swapped} of {len(errors)} rows."
            if swapped
            else f"the {len(errors)} methods is the same under all three."
        )
    )
)

# %% [markdown]
# ## 4. How large is the variation over seeds?
#
# Every number of the paper is a single run with seed 0. The table shows the printed differences between methods. Below
# them it shows the standard deviation of one method over other seeds, over other starts of VCA, and over both.

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
        "SSANU-Net, paper, another seed (sd)": record.cell(
            "RMSE", "SSANU-Net, one start of VCA"
        ).sd,
        "SSANU-Net, paper, another start of VCA (sd)": record.cell(
            "RMSE", "SSANU-Net, one seed, other starts"
        ).sd,
        "SSANU-Net, paper, both (sd)": record.cell("RMSE", "SSANU-Net").sd,
        "SSANU-Net, best, both (sd)": kept[name, "best"]
        .cell("RMSE", "SSANU-Net")
        .sd,
        "VCA + FCLS, L2 pixels, another start (sd)": record.cell(
            "RMSE", "VCA + FCLS, L2 pixels"
        ).sd,
    }
ratios = {
    name: spread_ratio(
        *(
            kept[name, "paper"].cell("RMSE", f"SSANU-Net, {which}").values
            for which in ("one seed, other starts", "one start of VCA")
        )
    )
    for name in TABLES
}
luck = pd.DataFrame(lines)
display(
    plotting.number_table(
        luck,
        "Differences between the printed RMSE of methods, and the standard deviation of our RMSE over runs (recorded full runs).",
    ),
    Markdown(
        "**What you see.** "
        + " ".join(
            f"On {name} the printed lead over the second best, {line['printed, best to second best']:.4f}, is "
            f"{'smaller' if line['printed, best to second best'] < line['SSANU-Net, paper, both (sd)'] else 'larger'} than the standard "
            f"deviation of the literal network over its runs, {line['SSANU-Net, paper, both (sd)']:.3f}. The spread over starts is "
            f"{ratios[name].ratio:.2f} times that over seeds (95 % interval {ratios[name].low:.2f} to "
            f"{ratios[name].high:.2f}), "
            f"{'so the two are distinguished' if ratios[name].distinguished else 'so the two cannot be distinguished'}."
            for name, line in lines.items()
        )
        + " The standard deviations over seeds alone and starts alone rest on few runs, and they need not add up to that over "
        "both: a seed may do well from some starts only. A crossed design, every seed from every start, would separate the parts."
    ),
)

# %% [markdown]
# ## 5. What does a constant prediction score?

# %% tags=["hide-input"]
display(
    Markdown(
        "\n".join(
            f"- **{name}**: predicting the mean abundances everywhere has an RMSE of {frame.loc['constant prediction', ledger.describe(images[name])]:.3f}. "
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
        f"Of Urban the whole reference is available, though not the whole image. Its constant prediction has an RMSE of "
        f"{nothing:.4f}. Printed numbers that are worse: {', '.join(beaten) or 'none'}."
    )
)

# %% [markdown]
# ## 6. What does the network add?
#
# In the reading *best*, all networks get the same pixels, the same start and the same unit of abundance. Three rows
# without a network stand beside them: the start alone, with abundances by least squares (*EDAA + NNLS*), EDAA
# itself, and VCA + FCLS. A network adds something when it lies to the left of its start.

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
            f"**What you see: {name}.** {told}. All networks of *best* start from one search. Its archetypes alone have "
            f"an RMSE of {alone:.3f}. In these runs: "
            + "; ".join(
                f"{m} is {metrics.against_start(groups[m], alone)}"
                for m in groups
                if m.endswith("(best)")
            )
            + "."
        ),
    )

# %% [markdown]
# ## What to ask of the next table
#
# - Ask what the reference is before you ask who comes near it.
# - Ask what is done to the pixels before the network, and what the network starts from. Score the start alone.
# - Ask for several seeds, several starts and a constant prediction. They cost little.
# - A paper that gives none of these can still be right. It cannot be checked.
#
# ## Exercises
#
# **1.** Ask the first question of the tables of the book's other papers.
#
# :::{dropdown} A solution
# ```python
# for artifact in ledger.artifacts():
#     if artifact.kind == "table" and artifact.paper != "ssanu":
#         print(artifact.id, len(misprints(artifact.id)), "cells that cannot be right")
# ```
# More will turn up as the claims of the other papers are transcribed.
# :::
