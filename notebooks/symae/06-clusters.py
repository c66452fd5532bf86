# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Clustering the code: do classes separate without labels?
#
# Two classes are clustered without labels, in the space of raw spectra and in that of the reflectance code. Section
# IV-C of the SymAE paper {cite}`bhattacharjeesymae` does so for two pairs that are hard to distinguish (**Fig. 6**)
# and for all pairs (**Fig. 7**), each 100 times with 100 pixels of a class. It finds the code better for nearly all
# pairs.
#
# This page repeats it on several splits and on test pixels only. Beside the raw space it shows one that every user
# has: each spectrum divided by its length.
#
# **What this page finds.** In the recorded splits, K-means separates most pairs better in the code than in raw
# spectra. The code was trained with labels, so this is not unsupervised separation.
#
# - **You need** [the network](02-symmetric-autoencoder), and to know what K-means does. Terms and symbols are in the
#   [glossary](../../glossary).
# - **You will learn** why an unsupervised score of a supervised code is not unsupervised.

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
# As on [page 2](02-symmetric-autoencoder): `scene`, `splits`, `updates` and `precision`; and `repeats`, the number of
# draws for each pair.

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
# ## How pairs are clustered in three spaces
#
# Each time, 100 test pixels of each class are drawn (all of them, where there are fewer) and clustered in every
# space, so that the spaces see the same pixels. The two clusters are named in the way that fits the labels better.
# Random clusters therefore score a little more than 50 %.
#
# The output of the cell is the shape of the scores: splits × classes × classes.

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
# ## Fig. 6: two pairs that are hard to separate

# %%
PAIRS = {
    "Slash Pine and Oak Hammock": ("Slash Pine", "Oak Hammock"),
    "CP Hammock and CP/Oak Hammock": ("CP Hammock", "CP/Oak Hammock"),
}
METRICS = {
    "accuracy:k-means": "fraction of pixels in the right one of two clusters, in %, mean over the draws; one value per split",
    "gain:k-means": "mean over all pairs of classes of the accuracy less that on raw spectra, in percentage points; one value per split",
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

# %% tags=["hide-input"]
display(
    Markdown(
        f"**What you see** ({figure_6.quoted_from}). Each dot is a test pixel of the first split, its colour its class. Accuracy of K-means, "
        f"mean over {figure_6.cell(next(iter(PAIRS)), 'Raw spectra').n} splits:\n\n"
        + "\n".join(
            f"- {title}: {figure_6.cell(title, 'Raw spectra').mean:.1f} % on raw spectra, "
            f"{figure_6.cell(title, 'Reflectance code').mean:.1f} ± {figure_6.cell(title, 'Reflectance code').sd:.1f} % on the code, "
            f"{figure_6.cell(title, 'Unit length').mean:.1f} % on spectra of unit length."
            for title in PAIRS
        )
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
from mixedpixels.chapters.symae.cluster_findings import summarise_pairs

MARGIN = 0.5  # percentage points
summaries = []
for source, stored in figure_7.drawings:
    field = stored["Reflectance code"]
    pairs_of_classes = summarise_pairs(field, MARGIN)
    summaries.append((source, pairs_of_classes))
    class_names = stored["classes"].tolist()
    most, least = (
        " and ".join(class_names[k] for k in pair)
        for pair in (pairs_of_classes.most, pairs_of_classes.least)
    )
    display(
        plotting.plot_heatmap(
            {"reflectance code − raw spectra": field},
            tuple(class_names),
            "gain in accuracy (percentage points)",
            "A square of gains, one field for each pair of classes. The largest gain is "
            f"{pairs_of_classes.highest:+.0f} ({most}), the smallest {pairs_of_classes.lowest:+.0f} ({least}).",
            f"Fig. 7 of the paper, {source}: mean over the splits.",
        )
    )

# %% tags=["hide-input"]
code_gain = figure_7.cell("All pairs", "Mean gain")
unit_gain = figure_7.cell("All pairs", "Mean gain of unit length")
of, counts = summaries[0]
display(
    Markdown(
        f"**What you see** ({figure_7.quoted_from}). Each field is a pair of classes; its number is the gain of the code over raw spectra, "
        "rounded to whole percentage points.\n\n"
        f"Over all pairs, the code gains {code_gain.mean:+.1f} ± {code_gain.sd:.1f} points (mean ± sd over {code_gain.n} splits). The paper "
        f"prints {ledger.claims('symae/figure-7')[0].printed} over thirteen classes. Division by the length alone gains "
        f"{unit_gain.mean:+.1f} points.\n\n"
        f"On the mean over the splits ({of}), {counts.gained} of {counts.pairs} pairs gain more than {MARGIN} points and {counts.lost} "
        "lose more than that."
    )
)

# %% [markdown]
# ### Why does a cell have its verdict?

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
        f"- **The code separates {counts.gained} of {counts.pairs} pairs better** than raw spectra do, by more than {MARGIN} points on the mean "
        f"over the splits, on pixels that it was not trained on ({of}). With {code_gain.n} splits of the same pixels, this is an "
        "observation and no verdict.\n"
        "- **It is not unsupervised.** The code was trained with labels. Clustering it asks how well those labels carry over to other "
        "pixels. A classifier asks this more sharply; see [classification](07-classification).\n"
        "- **Unit length** is only a rough control here. Each band begins at zero, so dividing by the length makes the noise of dark "
        "pixels large.\n"
        "- **Not stated in the paper**: whether it drew test pixels or any pixels, and how K-means was started."
    )
)

# %% [markdown]
# ## Exercises
#
# **1.** How well do random clusters score? Shuffle the labels and cluster.
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
