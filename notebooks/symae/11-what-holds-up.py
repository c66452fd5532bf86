# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # SymAE: what holds up
#
# Four questions to the chapter on SymAE {cite}`bhattacharjeesymae` that the paper does not ask:
#
# 1. What do dropout and the number of pixels in a datapoint do?
# 2. Does short precision (`bf16`) change the answers?
# 3. Is a random tenth an easy examination? Random against blocks, with smoothing and without.
# 4. How few updates suffice?
#
# - **You need** the pages before, [classification](07-classification) above all.
# - **You will learn** which of a method's parts carry it, and how much an examination can flatter.

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
# As on [the pages before](02-symmetric-autoencoder): `scene`, `splits`, `updates` and `precision`;
# `study_updates`, of the networks of questions 1 and 2; `block_updates`, of
# those of question 3, which are one a split and a draw.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
splits: int = 0
updates: int = 0
precision: str = ""
study_updates: int = 0
block_updates: int = 0

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters.symae.study import Disentangling
from mixedpixels.classification import classify, smooth_labels
from mixedpixels.pipeline import resolve
from mixedpixels.scenes.splits import split_blocks, split_counts

run = resolve("symae/11-what-holds-up", globals())
run

# %%
image = scenes.load(run.scene, twin=run.twin)
study = Disentangling(image, run)
image

# %% [markdown]
# ## 1 and 2. Parts, and precision
#
# One change at a time from the network of this chapter, all with the same number of updates, `study_updates`. Each
# is scored by nearest neighbours and by an RBF support vector machine on the code, and by the median residual variance under one reference
# pixel. (The SVM's settings are chosen on training codes whose labels the encoder has seen, nearly blindly; so the comparison rests
# on nearest neighbours. Of seven 95 % intervals, at least one misses by chance in about one table of three.)

# %%
VARIANTS = {
    "as in the chapter": {},
    "single precision (fp32)": {"precision": "fp32"},
    "no dropout inside the encoder": {"inner_dropout": 0.0},
    "no dropout at all": {"inner_dropout": 0.0, "code_dropout": 0.0},
    "three quarters of the code hidden": {"code_dropout": 0.75},
    "2 pixels a datapoint": {"datapoints": 32, "n_tau": 2},
    "32 pixels a datapoint": {"datapoints": 2, "n_tau": 32},
    "no symmetry: 1 pixel, no dropout": {
        "datapoints": 64,
        "n_tau": 1,
        "inner_dropout": 0.0,
        "code_dropout": 0.0,
    },
}
SCORES = ("KNN on the code", "RBF SVM on the code", "Residual variance")

networks = {
    name: study.symae(updates=run.study_updates, **changes)
    for name, changes in VARIANTS.items()
}
found = {
    name: np.array(
        [
            study.quality(stack, k, ("KNN", "RBF SVM"))
            for k in range(len(study.splits))
        ]
    )
    for name, stack in networks.items()
}
raw = np.array(
    [
        [
            100
            * (
                classify(
                    way,
                    study.pixels[s.train],
                    study.labels[s.train],
                    study.pixels[s.test],
                )
                == study.labels[s.test]
            ).mean()
            for way in ("KNN", "RBF SVM")
        ]
        for s in study.splits
    ]
)

# %%
METRICS = {
    "accuracy:overall": "share of the test pixels named rightly, in %; one value a split",
    "variance:residual:median": "variance within a class after over before, median over the classes, in %",
}
cells = [
    ledger.Cell(
        name,
        score,
        "accuracy:overall" if i < 2 else "variance:residual:median",
        values[:, i],
        control=True,
    )
    for name, values in found.items()
    for i, score in enumerate(SCORES)
] + [
    ledger.Cell(
        "raw spectra", score, "accuracy:overall", raw[:, i], control=True
    )
    for i, score in enumerate(SCORES[:2])
]
parts = ledger.record(
    "symae/study-2",
    scene=image,
    run=run,
    cells=cells,
    metrics=METRICS,
    seconds={name: [stack.history.seconds] for name, stack in networks.items()},
)


# %% tags=["hide-input"]
def words(shown, row, column):
    cell = shown.quoted.cell(row, column)
    if cell is None:
        return "–"
    return f"{cell.mean:.2f}" + (f" ± {cell.sd:.2f}" if cell.n > 1 else "")


base = "as in the chapter"
moves = {
    name: metrics.effect(
        parts.cell(name, SCORES[0]).values,
        parts.cell(base, SCORES[0]).values,
        paired=True,
    )
    for name in VARIANTS
    if name != base
}
display(
    plotting.number_table(
        pd.DataFrame(
            {
                name: {score: words(parts, name, score) for score in SCORES}
                | {
                    "KNN, against the first row": f"{moves[name].mean:+.2f} ± {moves[name].half:.2f}, {moves[name].word}"
                    if name in moves
                    else ""
                }
                for name in (*VARIANTS, "raw spectra")
            }
        ).T,
        f"All in %, after {parts.quoted.parameters['study_updates']:,} updates; ±: standard deviation over {parts.cell(base, SCORES[0]).n} splits, but for the last column, which is "
        f"in points, paired by split, with half its 95 % interval ({parts.whence}).",
    )
)

# %% tags=["hide-input"]
tight = sorted(VARIANTS, key=lambda n: parts.cell(n, SCORES[2]).mean)
beyond = {
    w: [n for n, m in moves.items() if m.word == w]
    for w in ("rises", "falls", "within luck")
}
display(
    Markdown(
        f"**What you see** ({parts.whence}). Against the chapter's settings, with as few updates, nearest neighbours on the code gain with: {', '.join(beyond['rises']) or 'nothing'}; "
        f"lose with: {', '.join(beyond['falls']) or 'nothing'}; cannot be told apart with: {', '.join(beyond['within luck']) or 'nothing'}. In single precision, "
        f"nearest neighbours reach {words(parts, 'single precision (fp32)', SCORES[0])} %, in the chapter's precision, `{parts.quoted.parameters['precision']}`, "
        f"{words(parts, base, SCORES[0])} %. The residual variance is least with {tight[0]}, {words(parts, tight[0], SCORES[2])} %, and largest with {tight[-1]}, "
        f"{words(parts, tight[-1], SCORES[2])} %: by itself it does not say how well classes are told apart."
    )
)

# %% [markdown]
# ## 3. A random tenth, or blocks?
#
# On the crop of Indian Pines, whose pixels have places: blocks of 6 × 6 that hold a tenth of each class or more, with a seam of one pixel,
# and as many pixels of each class drawn at random; named by the code and by the raw SVM, before and after smoothing.

# %%
crop = scenes.load("indian-pines-crop", twin=run.twin)


def examined(splits):
    """Accuracies in % of code and raw SVM, single pixels and smoothed, a row a split."""
    rows = []
    for split in splits:  # not alike in number: one network at a time
        fields = Disentangling(crop, run, [split])
        stack = fields.symae(updates=run.block_updates)
        spaces = {
            "code": stack.reflectance_code(crop.pixels),
            "raw": fields.pixels,
        }
        row = {}
        for space, features in spaces.items():
            named = classify(
                "RBF SVM",
                features[split.train],
                fields.labels[split.train],
                features,
            )
            smooth = smooth_labels(crop.grid(named)[..., 0]).ravel()
            for way, said in (("single pixels", named), ("smoothed", smooth)):
                row[f"{space}, {way}"] = (
                    100 * (said == fields.labels)[split.test].mean()
                )
        rows.append(row)
    return pd.DataFrame(rows)


blocked = [split_blocks(crop, 0.1, seed, block=6) for seed in range(run.splits)]
counts = [
    np.bincount(
        crop.labels.ravel()[s.train], minlength=len(crop.class_names) + 1
    )
    for s in blocked
]
draws = {
    "random": [
        split_counts(crop, count[1:].tolist(), seed)
        for seed, count in enumerate(counts)
    ],
    "blocks": blocked,
}
print([len(s.train) for s in blocked], "pixels to learn from")
tables = {draw: examined(splits) for draw, splits in draws.items()}

# %%
blocks = ledger.record(
    "symae/study-3",
    scene=crop,
    run=run,
    cells=[
        ledger.Cell(way, draw, "accuracy:overall", table[way], control=True)
        for draw, table in tables.items()
        for way in table
    ],
    metrics={
        "accuracy:overall": "share of the test pixels named rightly by an RBF support vector machine, in %; one value a split"
    },
)

# %% tags=["hide-input"]
ways = list(next(iter(tables.values())))
display(
    plotting.number_table(
        pd.DataFrame(
            {
                draw: {way: words(blocks, way, draw) for way in ways}
                for draw in draws
            }
        ),
        f"Overall accuracy in %, mean ± sd over {blocks.cell(ways[0], 'random').n} splits ({blocks.whence}).",
    )
)

# %% tags=["hide-input"]
drop = {
    way: metrics.effect(
        blocks.cell(way, "random").values,
        blocks.cell(way, "blocks").values,
        paired=False,
    )
    for way in ways
}
gain = {
    d: metrics.effect(
        blocks.cell("code, single pixels", d).values,
        blocks.cell("raw, single pixels", d).values,
        paired=True,
    )
    for d in draws
}


def told(moved):
    return f"{moved.mean:+.1f} ± {moved.half:.1f} ({moved.word})"


display(
    Markdown(
        f"**What you see** ({blocks.whence}; networks of {blocks.quoted.parameters['block_updates']:,} updates; points, 95 % intervals). Random draws against blocks: the code "
        f"{told(drop['code, single pixels'])}, smoothed {told(drop['code, smoothed'])}; the raw SVM {told(drop['raw, single pixels'])}, smoothed "
        f"{told(drop['raw, smoothed'])}. The code against raw spectra: {told(gain['random'])} at random, {told(gain['blocks'])} in blocks."
    )
)

# %% [markdown]
# ## 4. How few updates suffice?
#
# The first row above against the same settings with the long training of the chapter, whose record is on
# [classification](07-classification) and on [the rising loss](09-rising-loss):

# %% tags=["hide-input"]
kept = [r for r in ledger.records("symae/figure-11") if r.scene == image.name]
if kept:
    end = kept[0].cell("KNN on the code (%)", "end")
    short = parts.cell(base, SCORES[0])
    display(
        Markdown(
            f"Nearest neighbours on the code reach {short.mean:.2f} ± {short.sd:.2f} % after {parts.quoted.parameters['study_updates']:,} updates and "
            f"{end.mean:.2f} ± {end.sd:.2f} % after {kept[0].parameters['updates']:,}; on raw spectra {parts.cell('raw spectra', SCORES[0]).mean:.2f} %."
        )
    )
else:
    display(Markdown("No full run of the long training is recorded yet."))

# %% [markdown]
# ## In short
#
# What the chapter's full runs say, from their records:


# %% tags=["hide-input"]
def full(artifact):
    """The full record of an artefact, where there is one."""
    return next((r for r in ledger.records(f"symae/{artifact}")), None)


lines = []
if table := full("table-1"):
    left = [
        table.cell(c.row, c.column).mean
        for c in table.cells
        if c.column == "Residual variance"
    ]
    lines.append(
        f"- **Classes shrink.** The median class of {table.scene} keeps {np.median(left):.1f} % of its variance after redatuming "
        f"({table.cells[-1].n} splits)."
    )
if table := full("table-2"):
    ours = table.cell("Overall accuracy", "Single pixels")
    said = []
    for way in (
        "linear SVM, C chosen, raw",
        "RBF SVM, raw",
        "dense network, raw",
    ):
        theirs = table.cell("Overall accuracy", way)
        moved = metrics.effect(ours.values, theirs.values, paired=True)
        said.append(
            f"{way}: {moved.mean:+.1f} ± {moved.half:.1f} points, {moved.word}"
        )
    lines.append(
        f"- **Does the code beat raw spectra?** A dense network on it names {ours.mean:.1f} % of {table.scene}'s test pixels; against {'; '.join(said)} (95 % "
        "intervals)."
    )
if table := full("table-5"):
    row = "Indian Pines: overall accuracy"
    theirs = table.cell(row, "SpectralFormer")
    said = [
        f"{way} {moved.mean:+.1f} ± {moved.half:.1f}, {moved.word}"
        for way in ("SymAE", "dense network, raw", "RBF SVM, raw")
        for moved in [
            metrics.effect(
                table.cell(row, way).values, theirs.values, paired=True
            )
        ]
    ]
    lines.append(
        f"- **Against a transformer.** SpectralFormer names {theirs.mean:.1f} % of {table.scene}'s test pixels from as few pixels; in points above it: "
        f"{'; '.join(said)} (95 % intervals)."
    )
if table := full("figure-5"):
    lines.append(
        f"- **Virtual images** take nearest neighbours from {table.cell('KNN', 'Raw image').mean:.1f} to {table.cell('KNN', 'Virtual image').mean:.1f} %."
    )
if table := full("figure-9"):
    square = ledger.load_arrays(table)["3 × 3 tiles"]
    by_pair = square[np.triu_indices(len(square), 1)]
    lines.append(
        f"- **Does nearness suffice?** Over raw spectra, clusters of pairs gain {table.cell('All pairs', 'Mean gain').mean:+.1f} points on average from tiles (median pair "
        f"{np.median(by_pair):+.1f}, from {by_pair.min():+.1f} to {by_pair.max():+.1f}) and {table.cell('All pairs', 'Mean gain, random groups').mean:+.1f} from random "
        f"groups, on {table.scene}; {table.cells[0].n} networks of each kind."
    )
if table := full("study-1"):
    error = "error to the truth, raw = 1"
    WITHIN, ACROSS = (
        "SymAE, reference of the pixel's class",
        "SymAE, reference of another class",
    )
    lines.append(
        f"- **Near the truth?** On simulated scenes, virtual spectra have {table.cell(error, 'SymAE, redatumed').mean:.2f} times the squared error of raw ones ("
        f"{table.cell(error, WITHIN).mean:.2f} under a reference of the pixel's own class, {table.cell(error, ACROSS).mean:.2f} under one of another); the class can be read from "
        f"the nuisance code in {table.cell('class (%)', 'nuisance code').mean:.0f} % of the pixels."
    )
display(Markdown("\n".join(lines) or "No full run is recorded yet."))

# %% [markdown]
# **What we do not know**: what any of this is at the paper's own budget, and on its own scenes.
#
# ## Exercises
#
# **1.** Widen the seam of the blocks to three pixels. How far do neighbours help beyond touching?
#
# :::{dropdown} A solution
# ```python
# wide = [split_blocks(crop, 0.1, seed, block=6, gap=3) for seed in range(run.splits)]
# print(tables["random"].mean(), tables["blocks"].mean(), examined(wide).mean(), sep="\n")
# ```
# :::
