# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Against denoising: what noise is, and what it is not
#
# A denoising autoencoder learns to rebuild a spectrum from one with noise added. Section IV-A of the SymAE
# paper {cite}`bhattacharjeesymae` shows two classes (**Fig. 4**): the denoiser smooths each spectrum and leaves the
# class as wide as it was; redatuming makes it narrow, though its spectra come to look like those of the reference
# pixel.
#
# The paper prints no number. This page gives each method one, and adds a plain autoencoder of SymAE's own size, whose
# code is not shared by any group: what does the symmetry add?
#
# - **You need** [the network](02-symmetric-autoencoder).
# - **You will learn** that noise and nuisance are two things, and to tell a comparison from a straw man.

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
# As on [the pages before](02-symmetric-autoencoder): `scene`, `splits`, `updates` and `precision`.

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
# SymAE's encoder, mirrored; noise of a twentieth of the unit; trained on the same pixels, 64 an update. The paper
# gives none of this. It and the plain autoencoder get a ninth of SymAE's updates, which is what time allowed; so a SymAE with as
# few stands beside them.


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
    code=(
        "mixedpixels.models.rivals.denoising",
        "mixedpixels.training.Batches",
    ),
    device=run.device,
)

# %% [markdown]
# ## SymAE without symmetry
#
# With one pixel a datapoint there is nothing to share, and without dropout nothing is hidden: a plain autoencoder
# with all of SymAE's parameters. Redatuming it means to swap halves of a code that never had to differ.

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
# ## A number for each
#
# The residual variance of the test pixels, as in [Table I](03-with-ground-truth), the median of the classes; and
# Fisher's ratio, the variance between the classes' means over that within them. The reference is a bright pixel of
# salt marsh, as in the paper.


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
# The paper shows typha marsh and mud flats, which are not at hand; these are two other classes.

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
# The scores behind it, mean ± sd over the splits:


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
        f"Median residual variance and Fisher's ratio of the test pixels ({shown.whence}).",
    )
)

# %% tags=["hide-input"]
left = {way: shown.cell(rows[0], way).mean for way in ways}
ratio = {way: shown.cell(rows[1], way).mean for way in ways}
order = sorted(ways, key=ratio.get, reverse=True)
symmetric, asymmetric = (
    np.array(shown.cell(rows[1], way).values)
    for way in ("SymAE, as few updates", "plain autoencoder, codes swapped")
)
fair = metrics.effect(symmetric, asymmetric, paired=True)
display(
    Markdown(
        f"**What you see** ({shown.whence}). The denoiser leaves {left['denoised']:.0f} % of the variance within the classes, "
        f"SymAE {left['SymAE, redatumed']:.1f} %, and {left['SymAE, as few updates']:.1f} % with as few updates. Classes stand apart, from most to least: "
        + ", ".join(f"{way} ({ratio[way]:.1f})" for way in order)
        + ". "
        + (
            "With as few updates as the plain autoencoder, SymAE parts the classes better in every split."
            if fair.mean > 0 and min(symmetric - asymmetric) > 0
            else "With as few updates as the plain autoencoder, SymAE does not part the classes better in every split."
        )
        + f" The difference of the ratios is {fair.mean:+.1f} ± {fair.half:.1f} (95 % interval, n = {len(symmetric)} splits of the same pixels)."
    )
)

# %% [markdown]
# ## What holds up, and what does not
#
# - **A denoiser removes what it was told is noise.** Brightness and mixing are not white noise, so it keeps them; that is
#   no failure of it. As a rival it is a weak one, for it knows no classes and SymAE does.
# - **The fair rivals** know the labels too: they stand on the pages about [virtual images](05-virtual-images) and
#   [classification](07-classification).
# - **What we do not know**: the denoiser's widths, noise and training in the paper.
#
# ## Exercises
#
# **1.** Train the denoiser to rebuild the mean of its class instead of the clean spectrum. What is that network, and how
# does it compare?
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
