# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The discussion: minerals, losses and softmax
#
# Section IV of the SSANU-Net paper {cite}`chen2023ssanu` has three parts that this page rebuilds. It runs the network on
# Cuprite, a desert hill of minerals (**Fig. 11**). It looks at the terms of the loss (**Fig. 12**). It replaces the
# sum-to-one loss by a softmax (**Figs. 13** and **14**). None of these figures has numbers; this page adds numbers and
# controls. The cost of the networks, Table VIII, has [a page of its own](11-cost).
#
# **Finding.** Each comparison on this page rests on very few runs, so each is a description of those runs and no
# verdict. The text under each figure says how far it goes.
#
# - **You need** [the framework](01-framework) for the three terms of the loss, and [Samson](04-samson) for the scores.
# Terms are explained in the [glossary](../../glossary.md).
# - **You will learn** why the curve of a loss says little without the size of its terms, what a softmax does to
# abundances, and how to distinguish a mineral from a coincidence.

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
# Change these and run again, by hand or with `mixedpixels run ssanu/08-discussion -p epochs=100`.
# A zero or an empty text means the profile's value.
#
# - `scene`: the minerals' scene.
# - `seeds`: fits for each way to keep abundances a fraction.
# - `mineral_seeds`: fits on the minerals' scene.
# - `epochs`: of each fit; a quick page stops early.
# - `restarts`: of the archetypal start.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "cuprite-crop"
device: str = "auto"
seeds: int = 0
mineral_seeds: int = 0
epochs: int = 0
restarts: int = 0

# %%
from dataclasses import replace

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters import figure_arrays
from mixedpixels.chapters.ssanu.readings import Readings
from mixedpixels.fits import archetypes_or_load
from mixedpixels.models import ssanu
from mixedpixels.pipeline import resolve
from mixedpixels.unmixing import VCA, normalise

run = resolve("ssanu/08-discussion", globals())
run

# %% [markdown]
# ## Fig. 12: the terms of the loss
#
# Eq. 16 adds three terms: the squared error of the reconstruction, λ times the distance of the abundances' sums from
# one, and γ times the nuclear norm. The paper observes that the sparse loss *converges with more difficulty* and
# concludes that its strength should be raised. The figure shows the weighted terms over the epochs, on a logarithmic
# scale.

# %%
samson = scenes.load("samson", twin=run.twin)
twin = " (simulated twin)" if samson.origin == "twin" else ""
readings = Readings(ssanu, samson, run, run.epochs)
fits = {reading: readings.fit(reading, 0) for reading in ("paper", "best")}
curves = {
    f"{reading}: {term}": curve.astype(np.float32)
    for reading, fit in fits.items()
    for term, curve in fit.losses.items()
}
figure12 = ledger.record(
    "ssanu/figure-12", scene=samson, run=run, arrays=curves
)


def panels(arrays):
    """Reading → term → its curve, and the sum of the terms."""
    out = {}
    for key, curve in arrays.items():
        reading, _, term = key.partition(": ")
        out.setdefault(f"reading {reading}", {})[term] = curve
    return {
        title: terms | {"total": np.sum(list(terms.values()), axis=0)}
        for title, terms in out.items()
    }


for label, arrays in figure12.drawings:
    display(
        plotting.plot_losses(
            panels(arrays),
            f"Fig. 12 ({label}): the terms of eq. 16, weighted, and their sum, seed 0. The two readings measure "
            "the reconstruction in different units.",
        )
    )

# %% tags=["hide-input"]
label, arrays = figure12.drawings[0]
for title, terms in panels(arrays).items():
    first, last = ({t: float(c[k]) for t, c in terms.items()} for k in (0, -1))
    display(
        Markdown(
            f"**What you see: {title}** ({label}). From the first epoch to the last, "
            + "; ".join(
                f"{t} goes from {first[t]:.2g} to {last[t]:.2g}" for t in terms
            )
            + f". In the end the nuclear norm is {last['sparsity'] / last['total']:.0%} of the sum."
        )
    )

# %% [markdown]
# The slow fall of the nuclear norm is not a difficulty that a larger γ would overcome, because the norm cannot fall to
# zero. For abundances that sum to one it is bounded from below, and it is *smallest* where every pixel is the same equal
# mixture ([the framework](01-framework)). A larger γ therefore favours less contrast, not more.
#
# ## Figs. 13 and 14: softmax in place of the loss
#
# A ReLU and a loss make abundances non-negative and nearly sum to one. A softmax makes both exact. The paper prefers the
# loss, because softmax *compresses* its input (Fig. 14) and gave maps with less contrast (Fig. 13). Here the same
# network is trained with either, from the same seed and the same start, in both readings. The figure shows one row of
# abundance maps for each of the four fits, below the reference.

# %%
ways = {"sum-to-one loss": "relu", "softmax": "softmax"}


softened = {
    (reading, way): [
        readings.fit(reading, seed, activation=activation)
        for seed in range(run.seeds)
    ]
    for reading in ("paper", "best")
    for way, activation in ways.items()
}
scores = {
    key: [
        metrics.unmixing_scores(
            samson.pixels, fit.abundances, samson.pixel_abundances
        )
        for fit in many
    ]
    for key, many in softened.items()
}
MEASURES = (
    "RMSE (eq. 18)",
    "pixels with an abundance above 0.9",
    "sum of abundances, sd over pixels",
)
measured = {
    f"{measure}: {reading}, {way}": np.array(values, dtype=np.float32)
    for (reading, way), many in softened.items()
    for measure, values in zip(
        MEASURES,
        (
            [s.rmse["per_pixel"] for s in scores[reading, way]],
            [(f.abundances.max(axis=1) > 0.9).mean() for f in many],
            [f.abundances.sum(axis=1).std() for f in many],
        ),
        strict=True,
    )
}
maps = figure_arrays.stored_maps(
    samson,
    {
        f"{way} ({reading})": softened[reading, way][0].abundances[
            :, scores[reading, way][0].order
        ]
        for reading, way in softened
    },
)
figure13 = ledger.record(
    "ssanu/figure-13", scene=samson, run=run, arrays=maps | measured
)
label, arrays = figure13.drawings[0]
pictures = {k: v for k, v in arrays.items() if v.ndim == 3}
display(
    *plotting.compared_maps(
        [(label, pictures)], list(samson.endmember_names), "Fig. 13"
    )
)

# %% tags=["hide-input"]
from mixedpixels.chapters.ssanu.spreads import softmax_in_words

softmax_label, softmax_arrays = figure13.drawings[0]
by_way = {
    key: {m: softmax_arrays[f"{m}: {key}"] for m in MEASURES}
    for key in (f"{reading}, {way}" for reading, way in softened)
}
softmax_frame = pd.DataFrame(
    {
        key: {
            m: f"{v.mean():.3f}"
            + (f" ({v.min():.3f}–{v.max():.3f})" if len(v) > 1 else "")
            for m, v in values.items()
        }
        for key, values in by_way.items()
    }
).T
nearly_pure = (softmax_arrays["reference"] / 255 > 0.9).any(axis=2).mean()
softmax_frame.loc["reference"] = ["–", f"{nearly_pure:.3f}", "–"]
softmax_runs = len(next(iter(by_way.values()))[MEASURES[0]])
display(
    plotting.number_table(
        softmax_frame,
        f"Sum-to-one loss and softmax on Samson ({softmax_label}): mean and range, n = {softmax_runs}. The pixels are a "
        "fraction of all pixels.",
    ),
    Markdown(
        f"**What you see** ({softmax_label}). "
        + " ".join(
            softmax_in_words(
                way,
                by_way[f"{way}, softmax"][MEASURES[0]],
                by_way[f"{way}, sum-to-one loss"][MEASURES[0]],
                paired=way == "paper",
            )
            for way in ("paper", "best")
        )
        + " A high contrast is no merit in itself. The fraction of nearly pure pixels is to be compared with that of the "
        "reference; an abundance above one also counts as above 0.9."
    ),
)

# %% [markdown]
# Fig. 14 draws the softmax of numbers from −10 to 10. A softmax is a function of a *vector*: its value for one number
# depends on the others. The figure below shows it for two numbers of which one is fixed at zero (left, with its slope,
# on which learning depends), and for the whole row of numbers at once (right), which the paper's figure seems to show.

# %%
numbers = np.linspace(-10, 10, 401)
pair = 1 / (1 + np.exp(-numbers))
row = np.exp(numbers) / np.exp(numbers).sum()
drawn = {"number": numbers, "against zero": pair, "in the row": row}
figure14 = ledger.record(
    "ssanu/figure-14",
    scene=samson,
    run=run,
    arrays={k: v.astype(np.float32) for k, v in drawn.items()},
)

# %% tags=["hide-input"]
figure, axes = plotting.figure.new(7.5, 2.8, ncols=2)
axes[0].plot(numbers, pair, color=plotting.figure.PALETTE[0], label="softmax")
axes[0].plot(
    numbers,
    pair * (1 - pair),
    color=plotting.figure.PALETTE[1],
    ls="--",
    label="its slope",
)
axes[0].set_title("of (x, 0)", fontsize=9)
axes[1].plot(numbers, row, color=plotting.figure.PALETTE[0], label="softmax")
axes[1].set_title(f"of {len(numbers)} numbers from −10 to 10", fontsize=9)
for ax in axes:
    ax.set_xlabel("x")
    ax.legend(fontsize=8)
low = float(numbers[pair > 0.1][0])
display(
    plotting.picture(
        figure,
        "Left, the softmax of x and zero rises from 0 to 1 as an S, steepest at zero with a slope of "
        f"{(pair * (1 - pair)).max():.2f}; right, the softmax of many numbers at once stays near zero until the "
        "largest ones.",
        "Fig. 14: the softmax function between −10 and 10.",
    ),
    Markdown(
        "**What you see.** For two materials the slope is largest where the numbers are equal, and falls below a "
        f"tenth of that beyond |x| = {abs(numbers[np.argmax(pair * (1 - pair) > 0.025)]):.1f}: a softmax learns slowly "
        "where it is *sure*, not where its inputs are small. To be pure to nine tenths it needs numbers "
        f"{-low:.1f} apart. The network's last layer is a batch normalisation: its outputs have a spread of one "
        "in the beginning, so numbers so far apart are the exception until it learns a larger scale."
    ),
)

# %% [markdown]
# ## Fig. 11: minerals
#
# The paper takes twelve endmembers on Cuprite, 250 × 190 pixels, and names its spectra after the USGS library
# {cite}`clark1993`. It gives no score, no settings, and does not say how a spectrum was given its name. Only a real
# fragment of the scene is available here, so this is no comparison with the paper. It is the same procedure with a
# control. The settings are those that the paper prints for the synthetic scene.

# %%
NAMES = {
    "Alunite": "Alunite",
    "Buddingtonite": "Buddingtonite",
    "Chalcedony": "Chalcedony",
    "Desert varnish": "Desert_Varnish",
    "Dumortierite": "Dumortierite",
    "Kaolin/Smect KLF506": "KLF506",
    "Kaolin/Smect H89-FR-5": "H89-FR-5",
    "Kaolinite KGa-1": "KGa-1 ",
    "Kaolinite KGa-2": "KGa-2 ",
    "Montmorillonite": "Montmorillonite",
    "Muscovite": "Muscovite",
    "Nontronite": "Nontronite",
}
minerals = scenes.load(run.scene, twin=run.twin)
rising = np.argsort(minerals.wavelengths)  # where spectrometers overlap
hill = replace(
    minerals,
    cube=minerals.cube[..., rising],
    wavelengths=minerals.wavelengths[rising],
    endmembers=None,
    abundances=None,
    endmember_names=tuple(NAMES),
)
library = scenes.load("usgs-1995", twin=run.twin).at(hill.wavelengths)
if library.origin == "twin":  # it has no minerals: some of its spectra stand in
    shelves = {name: [k] for k, name in enumerate(NAMES)}
else:
    shelves = {
        name: [
            k
            for k in library.find(word)
            # neither ammonioalunite nor a mixture with illite
            if library.spectrum_names[k].startswith((word, "Kaolin"))
            and "+" not in library.spectrum_names[k]
        ]
        for name, word in NAMES.items()
    }
minerals

# %% [markdown]
# A name in the figure may stand for several records of the library; there are several montmorillonites. The angle between
# a spectrum and a mineral is the angle to the nearest of its records. The twelve spectra are given the twelve names so
# that the sum of the angles is smallest. That is generous. The control is to do the same with twelve *pixels drawn at
# random*: what is near some mineral by chance is near it there, too.


# %%
materials = [library.spectra[records] for records in shelves.values()]
mineral_readings = Readings(ssanu, hill, run, run.epochs)
several = range(run.mineral_seeds)
lit = hill.pixels.astype(float)
searched = archetypes_or_load(
    hill, restarts=run.restarts, device=run.device
).endmembers
spectra = {
    f"SSANU-Net ({reading})": [
        mineral_readings.fit(reading, s).endmembers for s in several
    ]
    for reading in ("paper", "best")
} | {
    "VCA, L2 pixels": [
        VCA(12, s).fit(normalise(lit, "l2")).endmembers_ for s in several
    ],
    "EDAA": [searched],
    "twelve pixels at random": [
        lit[np.random.default_rng(s).choice(len(lit), 12, replace=False)]
        for s in range(20)
    ],
}
angles = {
    method: np.array(
        [metrics.name_spectra(each, materials)[1].mean() for each in many]
    )
    for method, many in spectra.items()
}

# %% tags=["hide-input"]
order, best_angles = metrics.name_spectra(
    spectra["SSANU-Net (best)"][0], materials
)
fit = mineral_readings.fit("best", 0)
nearest = []
for name, estimate in zip(NAMES, fit.endmembers[order], strict=True):
    records = library.spectra[shelves[name]]
    near = metrics.spectral_angle_matrix(estimate[None], records)[0].argmin()
    nearest.append(records[near])
kept = {
    "wavelengths": hill.wavelengths.astype(np.float32),
    "spectra": fit.endmembers[order].astype(np.float32),
    "records": np.array(nearest, dtype=np.float32),
    "angles": best_angles.astype(np.float32),
    **{
        f"mean angle: {method}": values.astype(np.float32)
        for method, values in angles.items()
    },
    "maps": np.round(
        255 * np.clip(hill.grid(fit.abundances[:, order]), 0, 1)
    ).astype(np.uint8),
}
figure11 = ledger.record(
    "ssanu/figure-11",
    scene=replace(minerals, hashes=minerals.hashes | library.hashes),
    run=run,
    arrays=kept,
)
label, arrays = figure11.drawings[0]
figure, axes = plotting.figure.new(9, 9.5, nrows=6, ncols=4)
for k, name in enumerate(NAMES):
    line, image = axes[k // 2, 2 * (k % 2)], axes[k // 2, 2 * (k % 2) + 1]
    estimate, nearest = arrays["spectra"][k], arrays["records"][k]
    for curve, colour, dash in (
        (nearest, plotting.figure.PALETTE[2], "--"),
        (estimate, plotting.figure.PALETTE[1], "-"),
    ):
        line.plot(
            *plotting.spectra.broken(
                arrays["wavelengths"], curve / np.linalg.norm(curve)
            ),
            color=colour,
            ls=dash,
            lw=1.2,
        )
    line.set_title(f"{name}, {arrays['angles'][k]:.2f} rad", fontsize=7)
    line.set_yticks([])
    line.tick_params(labelsize=6)
    image.imshow(
        arrays["maps"][..., k], vmin=0, vmax=255, cmap=plotting.figure.CMAP
    )
    image.set_axis_off()
for ax in axes[-1, ::2]:
    ax.set_xlabel("wavelength (nm)", fontsize=7)
display(
    plotting.picture(
        figure,
        "Twelve spectra found by SSANU-Net in the reading best, solid, beside the nearest record of the mineral "
        "each was given, dashed, all scaled to equal length, each with its abundance map. Angles in radians: "
        + ", ".join(
            f"{name} {a:.2f}"
            for name, a in zip(NAMES, arrays["angles"], strict=True)
        ),
        f"Fig. 11 ({label}, reading best): solid, what was found; dashed, the nearest record of the mineral.",
    )
)

# %% tags=["hide-input"]
label, arrays = figure11.drawings[0]
means = {
    key.removeprefix("mean angle: "): values
    for key, values in arrays.items()
    if key.startswith("mean angle")
}
chance = means["twelve pixels at random"]
display(
    plotting.plot_spread(
        means,
        "mean angle to the twelve minerals (radians)",
        "Dots: the mean angle between twelve spectra and the twelve minerals they are given, one dot a run. "
        + plotting.spread_words(means),
        f"How near the twelve named minerals each method comes ({label}); the black tick is the median.",
    ),
    Markdown(
        f"**What you see** ({label}). {plotting.spread_words(means)}. "
        + (
            "On the twin this says nothing about minerals."
            if minerals.origin == "twin" and "this build" in label
            else f"Of the {len(chance)} draws of random pixels, as near or nearer than the median of a method: "
            + ", ".join(
                f"{int((chance <= np.median(v)).sum())} ({m})"
                for m, v in means.items()
                if m != "twelve pixels at random"
            )
            + ". A method has earned its names only where that number is small."
        )
    ),
)

# %% [markdown]
# ## What holds up, and what is open
#
# - **Fig. 11**: a name given to the nearest of several records is evidence only as far as random pixels are farther
#   away. The counts above rest on few fits of each method, so they rank no method.
# - **Fig. 12**: a term that falls slowly need not be weak. The nuclear norm has a lower bound.
# - **Figs. 13 and 14**: these few fits do not settle whether the loss or the softmax is better elsewhere. The paper's
#   reason, that a softmax moves little where its inputs are small, holds for numbers far below the largest. What counts
#   is the difference between the numbers, not their size.
#
# ## Exercises
#
# **1.** Raise γ tenfold, as the paper suggests. What happens to the contrast of the maps?
#
# :::{dropdown} A solution
# ```python
# for factor in (1, 10, 100):
#     sparsity = factor * readings.settings["best"].sparsity
#     fit = readings.fit("best", 0, sparsity=sparsity)
#     print(factor, fit.abundances.std(axis=0), (fit.abundances.max(axis=1) > 0.9).mean())
# ```
# :::
#
# **2.** Which minerals do random pixels match best? Would a figure of them convince you?
#
# :::{dropdown} A solution
# ```python
# order, near = metrics.name_spectra(spectra["twelve pixels at random"][0], materials)
# print(dict(zip(NAMES, near.round(3))))
# ```
# :::
