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
# This page asks four questions about SymAE {cite}`bhattacharjeesymae` that the paper does not ask:
#
# 1. What do dropout and the number of pixels in a datapoint do?
# 2. Does short precision (`bf16`) change the answers?
# 3. Is a random tenth an easy test? Random splits against blocks, with smoothing and without.
# 4. Do more updates help?
#
# The last section gathers what the chapter's recorded runs show, and what they leave open.
#
# - **You need** the pages before, [classification](07-classification) above all. Terms are explained in the
#   [glossary](../../glossary).
# - **You will learn** which parts of a method matter, and how much a test can flatter it.

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
    """How many of this page's comparisons are decided by the recorded full runs."""
    from IPython.display import Markdown

    from mixedpixels.chapters.symae.run_comparisons import compare, full_record
    from mixedpixels.ledger.verdicts import ENOUGH

    record = full_record("study-2")
    if record is None:
        return Markdown("**In short.** No full run is recorded yet.")
    score, base = "KNN on the code", "as in the chapter"
    found = [
        compare(c, record.cell(base, score))
        for c in record.cells
        if c.column == score and c.row not in (base, "raw spectra")
    ]
    known = sum(c.word != "undecided" for c in found)
    clear = sum(c.excludes_zero for c in found)
    return Markdown(
        f"**In short.** This page makes {len(found)} changes to the network; the effect of {known or 'none'} of them is decided. The record has "
        f"{record.cell(base, score).n} splits of {record.scene}, and a [verdict](../../verdicts) requires {ENOUGH} runs. For {clear} of the changes "
        "the 95 % interval of the effect on nearest neighbours excludes zero."
    )


in_short()

# %% [markdown]
# ## Settings
#
# - `scene`, `splits`, `updates` and `precision`: as on [the pages before](02-symmetric-autoencoder).
# - `study_updates`: of the networks of questions 1 and 2.
# - `block_updates`: of the networks of question 3, one for each split and draw.

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

from mixedpixels import ledger, plotting, scenes
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
# ## 1 and 2. Parts of the network, and precision
#
# Each row makes one change to the network of this chapter. All rows have the same number of updates,
# `study_updates`. The scores are the accuracy of nearest neighbours and of an RBF support vector machine on
# the code, and the median residual variance under one reference pixel.
#
# Two cautions apply. The SVM's settings are chosen on the codes of training pixels. The encoder has already
# used their labels, so cross-validation hardly distinguishes the settings, and the comparison rests on nearest
# neighbours. And of seven 95 % intervals, at least one
# misses by chance in about one table of three.

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
    "accuracy:overall": "fraction of the test pixels classified correctly, in %; one value per split",
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
from mixedpixels.chapters.symae.run_comparisons import (
    code_against_raw,
    compare,
    full_record,
)

BASE, KNN, RESIDUAL = "as in the chapter", SCORES[0], SCORES[2]


def cell_in_words(shown, row, column):
    cell = shown.quoted.cell(row, column)
    if cell is None:
        return "–"
    return f"{cell.mean:.2f}" + (f" ± {cell.sd:.2f}" if cell.n > 1 else "")


CHANGES = {
    name: compare(parts.cell(name, KNN), parts.cell(BASE, KNN))
    for name in VARIANTS
    if name != BASE
}
display(
    plotting.number_table(
        pd.DataFrame(
            {
                name: {
                    score: cell_in_words(parts, name, score) for score in SCORES
                }
                | {
                    "KNN, against the first row": CHANGES[name].difference(2)
                    if name in CHANGES
                    else "",
                    "KNN is higher": CHANGES[name].outcome
                    if name in CHANGES
                    else "",
                }
                for name in (*VARIANTS, "raw spectra")
            }
        ).T,
        f"All in %, after {parts.quoted.parameters['study_updates']:,} updates; ±: standard deviation over {parts.cell(BASE, KNN).n} splits. The last columns compare, "
        f"paired by split, in points with half the 95 % interval ({parts.quoted_from}).",
    )
)


# %% tags=["hide-input"]
def parts_in_words():
    tight = sorted(VARIANTS, key=lambda n: parts.cell(n, RESIDUAL).mean)
    groups = {
        "decided, higher": [
            f"*{n}*" for n, c in CHANGES.items() if c.word == "higher"
        ],
        "decided, lower": [n for n, c in CHANGES.items() if c.word == "lower"],
        "undecided, with an interval that excludes zero": [
            f"*{n}* ({c.difference()} points)"
            for n, c in CHANGES.items()
            if c.word == "undecided" and c.excludes_zero
        ],
        "undecided, with an interval that includes zero": [
            f"*{n}*"
            for n, c in CHANGES.items()
            if c.word == "undecided" and not c.excludes_zero
        ],
    }
    listed = "\n".join(
        f"- {group}: {', '.join(members)}"
        for group, members in groups.items()
        if members
    )
    return (
        f"**What you see** ({parts.quoted_from}). Nearest neighbours on the code, against the chapter's settings with as few updates:\n\n{listed}\n\n"
        f"In single precision, nearest neighbours reach {cell_in_words(parts, 'single precision (fp32)', KNN)} %, in the chapter's precision, "
        f"`{parts.quoted.parameters['precision']}`, {cell_in_words(parts, BASE, KNN)} %; whether single precision is higher: {CHANGES['single precision (fp32)'].outcome}.\n\n"
        f"The residual variance is lowest with *{tight[0]}*, {cell_in_words(parts, tight[0], RESIDUAL)} %, and highest with *{tight[-1]}*, "
        f"{cell_in_words(parts, tight[-1], RESIDUAL)} %. By itself it does not say how well classes are distinguished."
    )


display(Markdown(parts_in_words()))

# %% [markdown]
# ## 3. A random tenth, or blocks?
#
# On the crop of Indian Pines the positions of the pixels are known. The page compares two ways to choose
# training pixels: blocks of 6 × 6 that hold a tenth of each class or more, with a margin of one pixel around
# them, and as many pixels of each class drawn at random. The code and the raw SVM classify the rest, before
# and after smoothing.

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
        "accuracy:overall": "fraction of the test pixels classified correctly by an RBF support vector machine, in %; one value per split"
    },
)

# %% tags=["hide-input"]
WAYS = list(next(iter(tables.values())))
display(
    plotting.number_table(
        pd.DataFrame(
            {
                draw: {w: cell_in_words(blocks, w, draw) for w in WAYS}
                for draw in draws
            }
        ),
        f"Overall accuracy in %, mean ± sd over {blocks.cell(WAYS[0], 'random').n} splits ({blocks.quoted_from}).",
    )
)


# %% tags=["hide-input"]
def blocks_in_words():
    drop = {
        w: compare(
            blocks.cell(w, "random"), blocks.cell(w, "blocks"), paired=False
        )
        for w in WAYS
    }
    gain = {
        d: compare(
            blocks.cell("code, single pixels", d),
            blocks.cell("raw, single pixels", d),
        )
        for d in draws
    }
    return (
        f"**What you see** ({blocks.quoted_from}; networks of {blocks.quoted.parameters['block_updates']:,} updates; points with half the 95 % interval). "
        "Random draws minus blocks:\n\n"
        + "\n".join(
            f"- {w}: {c.difference()}, {c.outcome}" for w, c in drop.items()
        )
        + "\n\nThe code minus raw spectra, single pixels:\n\n"
        + "\n".join(
            f"- {d}: {c.difference()}, {c.outcome}" for d, c in gain.items()
        )
    )


display(Markdown(blocks_in_words()))

# %% [markdown]
# ## 4. Do more updates help?
#
# The first row of the table above uses the chapter's settings and `study_updates` updates. The chapter's other
# pages, such as [the rising loss](09-rising-loss), train the same network for more updates.


# %% tags=["hide-input"]
def lengths_in_words():
    long = next(
        (r for r in ledger.records("symae/figure-11") if r.scene == image.name),
        None,
    )
    if long is None:
        return "No full run of the longer training is recorded yet."
    end, short = long.cell("KNN on the code (%)", "end"), parts.cell(BASE, KNN)
    text = (
        f"Nearest neighbours on the code reach {short.mean:.2f} ± {short.sd:.2f} % after {parts.quoted.parameters['study_updates']:,} updates ({parts.quoted_from}) and "
        f"{end.mean:.2f} ± {end.sd:.2f} % after {long.parameters['updates']:,}; on raw spectra {parts.cell('raw spectra', KNN).mean:.2f} %."
    )
    if short.n == end.n:
        difference = compare(end, short)
        text += f" The longer training minus the shorter one is {difference.difference(2)} points: {difference.outcome}."
    return text


display(Markdown(lengths_in_words()))

# %% [markdown]
# ## What holds up, and what is open
#
# The list comes from the records of the chapter's full runs. By the [rule for verdicts](../../verdicts), a
# comparison with fewer than ten runs is {term}`undecided`, even where its interval excludes zero.


# %% tags=["hide-input"]
def classes_shrink():
    """Table I: the variance that is left, and in how many classes it is less than before."""
    record = full_record("table-1")
    left = [c for c in record.cells if c.column == "Residual variance"]
    shrunk = sum(max(c.values) < 100 for c in left)
    return (
        f"- **Classes shrink.** The median class of {record.scene} has {np.median([c.mean for c in left]):.1f} % of its variance left after redatuming ({record.parameters['updates']:,} updates); "
        f"{shrunk} of {len(left)} classes shrink in all {left[0].n} splits."
    )


def loss_rises():
    """Figure 11: which of the two losses rises."""
    from mixedpixels.chapters.symae.loss_curves import low_point

    arrays = ledger.load_arrays(full_record("figure-11"))
    on, off = (
        low_point(arrays["updates"], arrays[curve])
        for curve in ("training", "evaluation")
    )
    return (
        f"- **Which loss rises?** The loss without dropout ends at {off.ratio:.1f} times its lowest value, the minimised one at {on.ratio:.2f} times its own "
        "([the rising loss](09-rising-loss))."
    )


def nuisance_knows():
    """Study 1: what the nuisance code still says of the class."""
    record = full_record("study-1")
    cell = record.cell("class (%)", "nuisance code")
    return (
        f"- **Dropout does not remove the surface.** In {cell.n} simulated scenes, the class can be read from the nuisance code in "
        f"{min(cell.values):.0f} to {max(cell.values):.0f} % of the pixels ([a known truth](10-known-truth))."
    )


def against_raw():
    """Table II: the code against raw spectra."""
    record = full_record("table-2")
    ours = record.cell("Overall accuracy", "Single pixels")
    found = code_against_raw(record)
    listed = "; ".join(
        f"{way}: {c.difference()} points, {c.outcome}"
        for way, c in found.items()
    )
    return (
        f"- **Does the code beat raw spectra?** A dense network on the code classifies {ours.mean:.1f} % of {record.scene}'s test pixels correctly. "
        f"The code minus {listed}."
    )


def against_transformer():
    """Table V: three methods against SpectralFormer."""
    record = full_record("table-5")
    row = "Indian Pines: overall accuracy"
    transformer = record.cell(row, "SpectralFormer")
    found = {
        way: compare(record.cell(row, way), transformer)
        for way in ("SymAE", "dense network, raw", "RBF SVM, raw")
    }
    listed = "; ".join(
        f"{way} {c.difference()}, {c.outcome}" for way, c in found.items()
    )
    return (
        f"- **Does the code beat a transformer?** SpectralFormer classifies {transformer.mean:.1f} % of {record.scene}'s test pixels correctly. "
        f"In points above it: {listed}."
    )


def virtual_images():
    """Figure 5: nearest neighbours on raw and on virtual images."""
    record = full_record("figure-5")
    virtual, raw = (
        record.cell("KNN", f"{kind} image") for kind in ("Virtual", "Raw")
    )
    difference = compare(virtual, raw)
    return (
        f"- **Do virtual images help?** Nearest neighbours classify {raw.mean:.1f} % correctly on the raw image and {virtual.mean:.1f} % on virtual ones: "
        f"{difference.difference()} points, {difference.outcome}."
    )


def nearness():
    """Figure 9: tiles against random groups."""
    from mixedpixels.chapters.symae.nearness_findings import pair_spread

    record = full_record("figure-9")
    arrays = ledger.load_arrays(record)
    near, random = (
        record.cell("All pairs", column)
        for column in ("Mean gain", "Mean gain, random groups")
    )
    pairs = pair_spread(arrays["3 × 3 tiles"], arrays["classes"].tolist())
    difference = compare(near, random, paired=False)
    return (
        f"- **Does nearness suffice?** When SymAE is trained on 3 × 3 tiles of {record.scene}, K-means separates pairs of classes on the code {near.mean:+.1f} points "
        f"better than on raw spectra (median pair {pairs.median:+.1f}, from {pairs.low:+.1f} to {pairs.high:+.1f}); trained on random groups, "
        f"{random.mean:+.1f} points. The gain from tiles compared with that from random groups: {difference.outcome}."
    )


def near_truth():
    """Study 1: the error of virtual spectra against that of raw ones."""
    record = full_record("study-1")
    raw, every, own = (
        record.cell("error to the truth, raw = 1", way)
        for way in (
            "raw",
            "SymAE, redatumed",
            "SymAE, reference of the pixel's class",
        )
    )
    return (
        f"- **Are virtual spectra close to the truth?** On simulated scenes they have {every.mean:.2f} times the squared error of raw ones "
        f"({compare(every, raw).outcome}), and {own.mean:.2f} times under a reference of the pixel's own class ({compare(own, raw).outcome})."
    )


SHOWN_IN_ALL = {
    "table-1": classes_shrink,
    "figure-11": loss_rises,
    "study-1": nuisance_knows,
}
COMPARED = {
    "table-2": against_raw,
    "table-5": against_transformer,
    "figure-5": virtual_images,
    "figure-9": nearness,
    "study-1": near_truth,
}


def gathered(tellers):
    told_of = [tell() for name, tell in tellers.items() if full_record(name)]
    return "\n".join(told_of) or "No full run is recorded yet."


display(
    Markdown(
        f"**Seen in every recorded run:**\n\n{gathered(SHOWN_IN_ALL)}\n\n**Comparisons, as a difference in percentage points ± half the 95 % interval:**\n\n{gathered(COMPARED)}"
    )
)

# %% [markdown]
# **What we do not know**: any of this at the paper's own number of updates, and on its own scenes.
#
# ## Exercises
#
# **1.** Widen the margin of the blocks to three pixels. Does the accuracy fall further when the
# test pixels lie farther from the training pixels?
#
# :::{dropdown} A solution
# ```python
# wide = [split_blocks(crop, 0.1, seed, block=6, gap=3) for seed in range(run.splits)]
# found = tables | {"wide margin": examined(wide)}
# print(pd.DataFrame({draw: table.mean() for draw, table in found.items()}))
# ```
# :::
