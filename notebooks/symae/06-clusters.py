# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Clustering the code: do classes part by themselves?
#
# Two classes are clustered without labels, in the space of raw spectra and in that of the reflectance code. Section
# IV-C of the SymAE paper {cite}`bhattacharjeesymae` does so for two pairs that are hard to tell apart (**Fig. 6**) and for all
# pairs (**Fig. 7**), each 100 times with 100 pixels of a class, and finds the code better in nearly all.
#
# This page repeats it on several splits, on test pixels only, and beside the raw space it puts one that any user has: each
# spectrum divided by its length.
#
# - **You need** [the network](02-symmetric-autoencoder), and to know what K-means does.
# - **You will learn** that an unsupervised score of a supervised code is not unsupervised.

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
# `repeats`, the draws of each pair.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
splits: int = 0
updates: int = 0
precision: str = ""
repeats: int = 0

# %%
import numpy as np
from IPython.display import Markdown, display
from sklearn.decomposition import PCA

from mixedpixels import ledger, plotting, scenes
from mixedpixels.chapters.symae.study import Disentangling
from mixedpixels.classification import pair_gains
from mixedpixels.pipeline import resolve

run = resolve("symae/06-clusters", globals())
run

# %%
image = scenes.load(run.scene, twin=run.twin)
study = Disentangling(image, run)
networks = study.symae()
image

# %% [markdown]
# ## All pairs, three spaces
#
# Each time, 100 test pixels of each class are drawn (all there are, where there are fewer) and clustered in every space: the
# same pixels. Clusters are named in the better of the two ways, so that tossing a coin gives a little more than 50 %.

# %%
names = {
    own: printed for printed, own in ledger.names("symae", image.name).items()
}
classes = [names[own] for own in image.class_names]
unit = study.pixels / np.linalg.norm(study.pixels, axis=1, keepdims=True)
found = []
for k, split in enumerate(study.splits):
    spaces = {
        "Raw spectra": study.pixels[split.test],
        "Reflectance code": networks.reflectance_code(
            image.pixels[split.test], k
        ),
        "Unit length": unit[split.test],
    }
    found.append(
        pair_gains(
            spaces,
            study.labels[split.test],
            pixels=100,
            repeats=run.repeats,
            seed=k,
        )
    )
accuracy = {
    space: np.array([100 * f[space].mean(2) for f in found])
    for space in found[0]
}
accuracy["Raw spectra"].shape

# %% [markdown]
# ## Fig. 6: two pairs that are hard to part

# %%
PAIRS = {
    "Slash Pine and Oak Hammock": ("Slash Pine", "Oak Hammock"),
    "CP Hammock and CP/Oak Hammock": ("CP Hammock", "CP/Oak Hammock"),
}
METRICS = {
    "accuracy:k-means": "share of pixels in the right one of two clusters, in %, mean over the draws; one value a split",
    "gain:k-means": "mean over all pairs of classes of the accuracy less that on raw spectra, in percentage points; one value a split",
}
cells, arrays = [], {}
split, code = study.splits[0], networks.reflectance_code(image.pixels, 0)
for title, pair in PAIRS.items():
    a, b = (classes.index(name) for name in pair)
    for space, values in accuracy.items():
        cells.append(
            ledger.Cell(
                title,
                space,
                "accuracy:k-means",
                values[:, a, b],
                control=space == "Unit length",
            )
        )
    here = np.concatenate(
        [split.test[study.labels[split.test] == k + 1][:100] for k in (a, b)]
    )
    arrays[f"{title}|labels"] = 1 + (study.labels[here] == b + 1).astype(
        np.int8
    )
    for space, points in (("raw", study.pixels[here]), ("code", code[here])):
        plane = PCA(2).fit_transform(points)
        arrays[f"{title}|{space}"] = (plane / plane.std()).astype(np.float16)
figure_6 = ledger.record(
    "symae/figure-6",
    scene=image,
    run=run,
    cells=cells,
    metrics={"accuracy:k-means": METRICS["accuracy:k-means"]},
    arrays=arrays,
    seconds={"SymAE": [networks.history.seconds]},
)

# %% tags=["hide-input"]
figure_6

# %% tags=["hide-input"]
for label, drawn in figure_6.drawings:
    for title, pair in PAIRS.items():
        display(
            plotting.plot_scatter(
                {
                    "raw spectra": (
                        drawn[f"{title}|raw"],
                        drawn[f"{title}|labels"],
                    ),
                    "reflectance code": (
                        drawn[f"{title}|code"],
                        drawn[f"{title}|labels"],
                    ),
                },
                pair,
                ("first principal component", "second"),
                f"Test pixels of {title} in the plane of the first two principal components: of the raw spectra on the left, of the "
                "reflectance code on the right.",
                f"Fig. 6 of the paper, {label}: {title}, test pixels of the first split; each plane in its own units.",
            )
        )

# %% [markdown]
# ## Fig. 7: all pairs

# %%
upper = np.triu_indices(len(classes), 1)
gain = {
    space: accuracy[space] - accuracy["Raw spectra"]
    for space in ("Reflectance code", "Unit length")
}
figure_7 = ledger.record(
    "symae/figure-7",
    scene=image,
    run=run,
    cells=[
        ledger.Cell(
            "All pairs",
            column,
            "gain:k-means",
            gain[space][:, *upper].mean(1),
            control=space != "Reflectance code",
        )
        for space, column in (
            ("Reflectance code", "Mean gain"),
            ("Unit length", "Mean gain of unit length"),
        )
    ],
    metrics={"gain:k-means": METRICS["gain:k-means"]},
    arrays={
        space: values.mean(0).astype(np.float32)
        for space, values in gain.items()
    }
    | {"classes": np.array(image.class_names)},
    seconds={"SymAE": [networks.history.seconds]},
)

# %% tags=["hide-input"]
figure_7

# %% tags=["hide-input"]
for label, drawn in figure_7.drawings:
    square = drawn["Reflectance code"]
    a, b = np.unravel_index(np.nanargmax(square), square.shape)
    c, d = np.unravel_index(np.nanargmin(square), square.shape)
    own = drawn["classes"].tolist()
    display(
        plotting.plot_heatmap(
            {"reflectance code − raw spectra": square},
            tuple(own),
            "gain in accuracy (percentage points)",
            f"A square of gains, a field a pair of classes. The largest is {square[a, b]:+.0f} ({own[a]} and {own[b]}), the "
            f"least {square[c, d]:+.0f} ({own[c]} and {own[d]}).",
            f"Fig. 7 of the paper, {label}: mean over the splits.",
        )
    )

# %% tags=["hide-input"]
code_gain = figure_7.cell("All pairs", "Mean gain")
unit_gain = figure_7.cell("All pairs", "Mean gain of unit length")
drawn_from, drawn = figure_7.drawings[0]
square = drawn["Reflectance code"]
upper = np.triu_indices(len(square), 1)
worse = int((square[upper] < -0.5).sum())
display(
    Markdown(
        f"**What you see** ({figure_7.whence}). Over all pairs the code gains {code_gain.mean:+.1f} ± {code_gain.sd:.1f} points "
        f"(n = {code_gain.n}; printed {ledger.claims('symae/figure-7')[0].printed} over thirteen classes); dividing by length alone "
        f"{unit_gain.mean:+.1f}. {worse} of {len(upper[0])} pairs lose more than half a point ({drawn_from}). "
        + "; ".join(
            f"{title}: {figure_6.cell(title, 'Raw spectra').mean:.1f} → {figure_6.cell(title, 'Reflectance code').mean:.1f} %, unit length "
            f"{figure_6.cell(title, 'Unit length').mean:.1f} %"
            for title in PAIRS
        )
        + "."
    )
)

# %% [markdown]
# ### Why is a cell what it is?

# %% tags=["hide-input"]
display(
    Markdown(
        ledger.reasons("symae/figure-6")
        + "\n"
        + ledger.reasons("symae/figure-7")
    )
)

# %% [markdown]
# ## What holds up, and what does not

# %% tags=["hide-input"]
display(
    Markdown(
        f"- **The code parts {int((square[upper] > 0.5).sum())} of {len(upper[0])} pairs** better than raw spectra do, by more than half a point, on pixels "
        f"that were not learnt from ({drawn_from}).\n"
        "- **It is not unsupervised**: the code was learnt from labels. Clustering it asks how well those labels carry over, which a classifier asks more "
        "sharply; see [classification](07-classification).\n"
        "- **Unit length** is no more than a hint here: each band begins at zero, so dark pixels are blown up.\n"
        "- **What we do not know**: which pixels the paper drew, of the test or of all, and how K-means was started."
    )
)

# %% [markdown]
# ## Exercises
#
# **1.** How well can a coin do? Shuffle the labels and cluster.
#
# :::{dropdown} A solution
# ```python
# shuffled = np.random.default_rng(0).permutation(study.labels[split.test])
# print(np.nanmean(pair_gains({"raw": study.pixels[split.test]}, shuffled, repeats=2)["raw"]))
# ```
# :::
#
# **2.** Cluster the *nuisance* code. What should come out if it knew nothing of the class?
#
# :::{dropdown} A solution
# ```python
# own = networks.nuisance_code(image.pixels[split.test])
# print(np.nanmean(pair_gains({"own": own}, study.labels[split.test], repeats=5)["own"]))
# ```
# :::
