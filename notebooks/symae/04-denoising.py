# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Against denoising: noise differs from nuisance
#
# A denoising autoencoder learns to reconstruct a spectrum from one with noise added. Section IV-A of the SymAE
# paper {cite}`bhattacharjeesymae` shows two classes (**Fig. 4**). The denoiser smooths each spectrum and leaves the
# class as wide as it was. Redatuming makes the class narrow, and its spectra come to look like those of the
# reference pixel.
#
# The paper prints no number. This page gives each method one. It adds a plain autoencoder of SymAE's size whose
# code is not shared by any group, to see what the symmetry adds.
#
# **What this page finds.** In the recorded splits, the denoiser leaves nearly all of the variance within the
# classes, and SymAE leaves a few percent. With equally few updates, SymAE separates the classes better than the
# plain autoencoder in each of the splits. Three splits are too few for a verdict.
#
# - **You need** [the network](02-symmetric-autoencoder). Terms and symbols are in the [glossary](../../glossary).
# - **You will learn** how noise differs from nuisance, and what makes a comparison fair.

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
# As on [page 2](02-symmetric-autoencoder): `scene`, `splits`, `updates` and `precision`.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
splits: int = 0
updates: int = 0
precision: str = ""

# %%
import numpy as np
import pandas as pd
import torch
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters.symae.study import Disentangling
from mixedpixels.fits import digest, train_or_load
from mixedpixels.models import TrainingConfig
from mixedpixels.models.rivals.denoising import DenoisingAutoencoder
from mixedpixels.pipeline import resolve
from mixedpixels.training.batches import Batches

run = resolve("symae/04-denoising", globals())
run

# %%
image = scenes.load(run.scene, twin=run.twin)
study = Disentangling(image, run)
networks = study.symae()
rival_updates = max(1, run.updates // 9)  # of what SymAE is compared with
image

# %% [markdown]
# ## The denoiser
#
# The denoiser is SymAE's encoder followed by its mirror image. The noise has a standard deviation of a twentieth of
# the unit. It is trained on the same pixels, 64 in an update. The paper states none of this.
#
# The denoiser and the plain autoencoder get a ninth of SymAE's updates, which is what the available time allowed. A
# SymAE with as few updates is therefore shown as well.


# %%
ROWS = 64


def build(device):
    """A denoiser per split, and what draws its pixels."""
    learnt = torch.from_numpy(study.stacked(study.pixels)).to(device)
    network = DenoisingAutoencoder(learnt.shape[2], len(learnt)).to(device)
    return network, Batches(learnt, rows=ROWS)


denoiser, denoiser_history = train_or_load(
    f"{image.name}-denoiser",
    build,
    TrainingConfig(
        rival_updates, 2e-4, "cosine", eval_every=-(-rival_updates // 100)
    ),
    made_from={"pixels": digest(study.stacked(study.pixels)), "rows": ROWS},
    device=run.device,
)

# %% [markdown]
# ## A plain autoencoder: SymAE without symmetry
#
# With one pixel in a datapoint there is nothing to share, and without dropout nothing is hidden. What is left is a
# plain autoencoder with all of SymAE's parameters. Redatuming then swaps halves of a code that never had to
# contain different things.

# %%
plain = study.symae(
    updates=rival_updates,
    datapoints=64,
    n_tau=1,
    inner_dropout=0.0,
    code_dropout=0.0,
)
short = study.symae(updates=rival_updates)

# %% [markdown]
# ## Two scores for each method
#
# - The residual variance of the test pixels as in [Table I](03-with-ground-truth), as the median over the classes;
# - Fisher's ratio, the variance between the means of the classes divided by the variance within them.
#
# The reference pixel is a bright one of salt marsh, as in the paper.


# %%
def scores(pixels, split):
    """The median residual variance in %, and Fisher's ratio."""
    labels = study.labels[split.test]
    raw = metrics.class_variances(study.pixels[split.test], labels)
    within = metrics.class_variances(pixels, labels)
    return 100 * np.median(within / raw), metrics.between_over_within(
        pixels, labels
    )


def reference(split):
    """The brightest training pixel of salt marsh."""
    marsh = image.class_names.index("salt marsh") + 1
    known = split.train[study.labels[split.train] == marsh]
    return image.pixels[known[image.pixels[known].mean(1).argmax()]]


def denoised(pixels, k):
    with torch.no_grad():
        stack = torch.from_numpy(np.ascontiguousarray(pixels)).to(run.device)
        return (
            denoiser(stack.expand(len(study.splits), -1, -1))[k].cpu().numpy()
        )


def swapped(stack, pixels, k):
    """Virtual spectra under the conditions of the reference pixel."""
    there = reference(study.splits[k])
    return stack.redatum(pixels * study.scale, there, network=k) / study.scale


ways = {
    "raw": lambda x, k: x,
    "denoised": denoised,
    "plain autoencoder, codes swapped": lambda x, k: swapped(plain, x, k),
    "SymAE, as few updates": lambda x, k: swapped(short, x, k),
    "SymAE, redatumed": lambda x, k: swapped(networks, x, k),
}
found = {
    way: np.array(
        [
            scores(change(study.pixels[s.test], k), s)
            for k, s in enumerate(study.splits)
        ]
    )
    for way, change in ways.items()
}

# %%
CLASSES = ("hardwood swamp", "graminoid marsh")
split = study.splits[0]
arrays = {}
for name in CLASSES:
    here = split.test[
        study.labels[split.test] == image.class_names.index(name) + 1
    ][:30]
    for way, change in ways.items():
        arrays[f"{way}|{name}"] = change(study.pixels[here], 0).astype(
            np.float16
        )
arrays["reference"] = (reference(split) / study.scale).astype(np.float16)
shown = ledger.record(
    "symae/figure-4",
    scene=image,
    run=run,
    cells=[
        ledger.Cell(row, way, metric, values[:, i], control=True)
        for i, (row, metric) in enumerate(
            (
                ("Residual variance (%)", "variance:residual:median"),
                ("Between over within", "fisher"),
            )
        )
        for way, values in found.items()
    ],
    metrics={
        "variance:residual:median": "variance within a class after over before, median over the classes, in %",
        "fisher": "variance between the class means over the mean variance within classes",
    },
    arrays=arrays,
    seconds={
        "SymAE, redatumed": [networks.history.seconds],
        "denoised": [denoiser_history.seconds],
        "plain autoencoder, codes swapped": [plain.history.seconds],
        "SymAE, as few updates": [short.history.seconds],
    },
)

# %% [markdown]
# ## Fig. 4
#
# The paper shows typha marsh and mud flats, which are not available; these are two other classes.

# %% tags=["hide-input"]
for label, drawn in shown.drawings:
    panels = {way: {} for way in ways}
    for key, spectra in drawn.items():
        way, bar, name = key.partition("|")
        if bar:
            panels[way][name] = spectra
    panels["SymAE, redatumed"]["reference pixel"] = drawn["reference"]
    for title, some in (
        ("denoising", ("raw", "denoised")),
        ("swapping codes", (tuple(ways)[2], tuple(ways)[4])),
    ):
        display(
            plotting.plot_bundles(
                {way: panels[way] for way in some},
                "digital number / 500",
                f"Bundles of spectra of {' and '.join(CLASSES)}: {' and '.join(some)}.",
                f"Fig. 4 of the paper, {title}, on other classes ({label}).",
                bold=("reference pixel",),
            )
        )

# %% [markdown]
# **What you see.** Each line is a pixel, each colour a class. In the first figure, denoised spectra are smoother and
# spread as widely as the raw ones. In the second, codes were swapped: the plain autoencoder is on the left,
# SymAE on the right, with the reference pixel as a bold line.
#
# ## The scores: mean ± standard deviation over the splits


# %% tags=["hide-input"]
def words(way, row):
    cell = shown.cell(row, way)
    return f"{cell.mean:.1f} ± {cell.sd:.1f}"


rows = ("Residual variance (%)", "Between over within")
display(
    plotting.number_table(
        pd.DataFrame(
            {row: {way: words(way, row) for way in ways} for row in rows}
        ),
        f"Median residual variance and Fisher's ratio of the test pixels ({shown.quoted_from}).",
    )
)

# %% tags=["hide-input"]
from mixedpixels.chapters.symae.split_findings import compare_splits

left = {way: shown.cell(rows[0], way).mean for way in ways}
ratio = {way: shown.cell(rows[1], way).mean for way in ways}
fair = compare_splits(
    *(
        shown.cell(rows[1], way).values
        for way in ("SymAE, as few updates", "plain autoencoder, codes swapped")
    )
)
display(
    Markdown(
        f"**What you see** ({shown.quoted_from}). The denoiser leaves {left['denoised']:.0f} % of the variance within the classes. SymAE "
        f"leaves {left['SymAE, redatumed']:.1f} %, and {left['SymAE, as few updates']:.1f} % with as few updates as the others.\n\n"
        "Fisher's ratio, from the largest to the smallest: "
        + ", ".join(
            f"{way} ({ratio[way]:.1f})"
            for way in sorted(ways, key=ratio.get, reverse=True)
        )
        + ".\n\n"
        f"With as few updates as the plain autoencoder, SymAE has the larger ratio in {fair.higher} of {fair.n} splits. The "
        f"difference is {fair.mean:+.1f} ± {fair.half:.1f} (95 % interval of the mean). With {fair.n} splits of the same pixels the "
        f"comparison is {fair.verdict}."
    )
)

# %% [markdown]
# ## What holds up, and what does not
#
# - **A denoiser removes what it was trained to remove.** Brightness and mixing are not white noise, so the denoiser
#   leaves them unchanged. This is no failure. As a competitor it is weak, because it knows no classes and SymAE does.
# - **The fair competitors** know the labels too. They are on the pages about [virtual images](05-virtual-images) and
#   [classification](07-classification).
# - **Open**: how far the order of the methods depends on the split and on the length of the training, which is much
#   shorter than the paper's.
# - **Not stated in the paper**: the denoiser's widths, noise and training.
#
# ## Exercises
#
# **1.** Train the denoiser to reconstruct the mean of its class instead of the clean spectrum. What is that network,
# and how does it compare?
#
# :::{dropdown} A solution
# ```python
# # It regresses each spectrum onto its class: a classifier in disguise. Replace the target in
# # DenoisingAutoencoder.losses by the class mean, given as a second table to Batches.
# ```
# :::
#
# **2.** How does the residual variance depend on the brightness of the reference pixel?
#
# :::{dropdown} A solution
# ```python
# for pixel in split.train[::40]:
#     seen = networks.redatum(image.pixels[split.test], image.pixels[pixel]) / study.scale
#     print(image.pixels[pixel].mean().round(), scores(seen, split))
# ```
# :::
