# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A test no real scene allows: the truth under the reference's conditions
#
# A virtual spectrum claims to show a pixel under the conditions of another. On a real image nobody knows what
# that would look like. Here a scene is simulated from known surfaces under known conditions: light, water vapour,
# haze, an admixture of another surface, and noise. So the truth under the reference's conditions is known for
# every pixel, and two questions have answers the paper {cite}`bhattacharjeesymae` could not give:
#
# 1. How near is a virtual spectrum to the truth?
# 2. How much of the surface leaks into the nuisance code, and how much of the conditions into the reflectance code?
#
# - **You need** [the network](02-symmetric-autoencoder).
# - **You will learn** to build a scene that can refute a method; and that two codes can both know the same thing.

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
# - `splits`: scenes, each with surfaces, conditions and a tenth of labels of its own, a network each.
# - `updates`, `precision`: of the training.

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
from IPython.display import Markdown, display
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mixedpixels import ledger, plotting
from mixedpixels.chapters.symae.study import DATAPOINTS, training_config
from mixedpixels.classification import classify
from mixedpixels.fits import symae_or_load
from mixedpixels.models.symae import Settings
from mixedpixels.pipeline import resolve
from mixedpixels.scenes.simulate.known import known_scene
from mixedpixels.scenes.splits import split_fraction
from mixedpixels.training import Grouping

run = resolve("symae/10-known-truth", globals())
run

# %% [markdown]
# ## The scenes
#
# Ten classes of 300 pixels: four kinds of surface (leaves, straw, soil, water) and kin within a kind, 100 bands from 400 to
# 2500 nm. What a pixel shows is
#
# $$x = \ell\,\big((1-m)\,\rho + m\,\rho_0\big)\,T^{w} + h\,(450/\lambda)^{1.3} + \text{noise}$$
#
# with light $\ell$, an admixture $m$ of one other surface $\rho_0$, the transmission $T$ of the air to the power of its vapour
# $w$, and haze $h$.

# %%
CLASSES, EACH, BANDS = 10, 300, 100
names = tuple(f"surface {k}" for k in range(1, CLASSES + 1))
labels = np.repeat(np.arange(1, CLASSES + 1), EACH)[:, None]
known = [
    known_scene(labels, names, BANDS, seed, spatial=False)
    for seed in range(run.splits)
]
parts = [split_fraction(k.scene, 0.1, seed) for seed, k in enumerate(known)]
known[0].scene

# %% tags=["hide-input"]
flat = labels.ravel()
one = known[0]
some = (1, 5, 2, 4)
plotting.plot_bundles(
    {
        "as seen": {names[k - 1]: one.scene.pixels[flat == k] for k in some},
        "the truth under one pixel's conditions": {
            names[k - 1]: one.under(np.flatnonzero(flat == k)[:5], 0)
            for k in some
        },
    },
    "reflectance",
    "Bundles of simulated spectra of four surfaces as seen, wide, and under the conditions of one pixel, where each surface is one line.",
    "Four of the ten surfaces of the first scene; surfaces 1 and 5 are kin.",
)

# %%
networks = symae_or_load(
    "known",
    np.stack(
        [k.scene.pixels[p.train] for k, p in zip(known, parts, strict=True)]
    ),
    np.stack([flat[p.train] for p in parts]),
    scale=1.0,
    settings=Settings(),
    grouping=Grouping(DATAPOINTS, 8),
    config=training_config(run.updates, run.precision),
    device=run.device,
)
f"{networks.networks} networks, {networks.history.seconds:.0f} s"

# %% [markdown]
# ## How near to the truth?
#
# The mean squared error of the virtual spectra of the test pixels to the truth under a reference's conditions, over that of the
# raw spectra, which make no attempt; ten reference pixels a scene. Controls: *brightness matched*, each spectrum scaled to the
# reference's mean; and *class mean*, which gives each pixel the mean of the virtual spectra of the training pixels of the class it is
# *named* by nearest neighbours on the code.


# %%
def matched(seen, reference):
    """Each spectrum at the reference's mean brightness."""
    return seen * (reference.mean() / seen.mean(1, keepdims=True))


def errors(k):
    """Relative errors of each way, a row a reference pixel."""
    truth_of, split, pixels = known[k], parts[k], known[k].scene.pixels
    code = networks.reflectance_code(pixels, k)
    named = classify(
        "KNN", code[split.train], flat[split.train], code[split.test]
    )
    rows = []
    for reference in np.random.default_rng(k).choice(
        split.train, 10, replace=False
    ):
        truth = truth_of.under(split.test, reference)

        def off(spectra, truth=truth):
            return np.square(spectra - truth).mean()

        raw = pixels[split.test]
        virtual = networks.redatum(pixels, pixels[reference], network=k)
        means = np.stack(
            [
                virtual[split.train][flat[split.train] == c + 1].mean(0)
                for c in range(CLASSES)
            ]
        )
        there = virtual[split.test]
        same = flat[split.test] == flat[reference]
        square = np.square(there - truth), np.square(raw - truth)
        rows.append(
            {
                "raw": 1.0,
                "brightness matched": off(matched(raw, pixels[reference]))
                / off(raw),
                "class mean": off(means[named - 1]) / off(raw),
                "SymAE, redatumed": off(there) / off(raw),
                "SymAE, reference of the pixel's class": square[0][same].mean()
                / square[1][same].mean(),
                "SymAE, reference of another class": square[0][~same].mean()
                / square[1][~same].mean(),
            }
        )
    return pd.DataFrame(rows).mean()


near = pd.DataFrame([errors(k) for k in range(run.splits)])
near.mean().round(3)

# %% [markdown]
# ## What leaks?
#
# A nearest-neighbour classifier reads the class from each code; a ridge regression, cross-validated, reads each condition. Chance is 10 %
# for the class, 0 for the share of variance explained (R²).


# %%
def leaks(k):
    """What the raw spectra and each code tell of the class and of the conditions."""
    pixels, split = known[k].scene.pixels, parts[k]
    told = {
        "raw spectra": pixels,
        "reflectance code": networks.reflectance_code(pixels, k),
        "nuisance code": networks.nuisance_code(pixels, k),
    }
    out = {}
    for name, features in told.items():
        named = classify(
            "KNN",
            features[split.train],
            flat[split.train],
            features[split.test],
        )
        row = {"class (%)": 100 * (named == flat[split.test]).mean()}
        for condition, values in vars(known[k].conditions).items():
            folds = KFold(5, shuffle=True, random_state=0)
            model = make_pipeline(
                StandardScaler(), RidgeCV(np.logspace(-3, 4, 8))
            )
            test = split.test
            guess = cross_val_predict(
                model, features[test], values[test], cv=folds
            )
            row[f"{condition} (R²)"] = (
                1 - np.square(guess - values[test]).mean() / values[test].var()
            )
        out[name] = row
    return pd.DataFrame(out)


told = [leaks(k) for k in range(run.splits)]

# %%
cells = [
    ledger.Cell(
        "error to the truth, raw = 1",
        way,
        "error:truth",
        near[way],
        control=True,
    )
    for way in near
] + [
    ledger.Cell(
        row, code, "leak", [t.loc[row, code] for t in told], control=True
    )
    for row in told[0].index
    for code in told[0].columns
]
shown = ledger.record(
    "symae/study-1",
    scene=known[0].scene,
    run=run,
    cells=cells,
    metrics={
        "error:truth": "mean squared error of the test pixels' virtual spectra to the truth under the reference's conditions, over that of their raw spectra; mean over 10 reference pixels; one value a scene",
        "leak": "class: share of the test pixels named rightly by nearest neighbours, in %; conditions: share of their variance that a cross-validated ridge regression explains; one value a scene",
    },
    seconds={"SymAE": [networks.history.seconds]},
)


# %% tags=["hide-input"]
def words(row, column):
    cell = shown.cell(row, column)
    return f"{cell.mean:.2f} ± {cell.sd:.2f}"


display(
    plotting.number_table(
        pd.DataFrame(
            {
                "error to the truth, raw = 1": {
                    w: words("error to the truth, raw = 1", w) for w in near
                }
            }
        ),
        f"Relative error to the truth, mean ± sd over the scenes ({shown.whence}).",
    ),
    plotting.number_table(
        pd.DataFrame(
            {
                r: {c: words(r, c) for c in told[0].columns}
                for r in told[0].index
            }
        ).T,
        f"What each code tells, mean ± sd over the scenes ({shown.whence}).",
    ),
)

# %% tags=["hide-input"]
WITHIN, ACROSS = (
    "SymAE, reference of the pixel's class",
    "SymAE, reference of another class",
)
error = {w: shown.cell("error to the truth, raw = 1", w).mean for w in near}
leak = {c: shown.cell("class (%)", c).mean for c in told[0].columns}
conditions = [r for r in told[0].index if "R²" in r]
stays = {
    c: np.mean([shown.cell(r, c).mean for r in conditions])
    for c in told[0].columns
}
display(
    Markdown(
        f"**What you see** ({shown.whence}). The squared error of virtual spectra to the truth is {error['SymAE, redatumed']:.2f} times that of raw "
        f"ones; with brightness matched alone it is {error['brightness matched']:.2f} times, with the mean of the named class {error['class mean']:.2f} times. "
        + (
            "The virtual spectrum is nearer to the truth than any control. "
            if error["SymAE, redatumed"]
            < min(v for w, v in error.items() if not w.startswith("SymAE"))
            else "A control is at least as near to the truth as the virtual spectrum. "
        )
        + f"Where the reference is of the pixel's own class, the factor is {error[WITHIN]:.2f}, where it is of another {error[ACROSS]:.2f}. In training, both codes of a pixel always "
        "come from one group, so a pair from two groups is one that Fuse has never seen; that this is the reason is not tested. "
        + f"The class can be read from the reflectance code in {leak['reflectance code']:.0f} % of the pixels, from the *nuisance* code in "
        f"{leak['nuisance code']:.0f} % (chance {100 / CLASSES:.0f} %), from raw spectra in {leak['raw spectra']:.0f} %. "
        + f"Of the conditions, the reflectance code still tells a mean R² of "
        f"{stays['reflectance code']:.2f}, the nuisance code {stays['nuisance code']:.2f}."
    )
)

# %% [markdown]
# ## What holds up, and what does not
#
# - **Dropout hides; it does not remove.** Nothing in the loss asks the nuisance code to forget the surface: it may know all of it, as long as
#   Fuse does not rely on it. The table says how much it knows.
# - **Swapping works as far as Fuse ignores the surface in the nuisance code**, which is what the error to the truth measures.
# - **A simulation is a simulation**: these conditions are smooth and few. What it refutes is refuted here only.
#
# ## Exercises
#
# **1.** Double the strength of the conditions. Which way suffers least?
#
# :::{dropdown} A solution
# ```python
# harder = known_scene(labels, names, BANDS, 0, strength=2.0, spatial=False)
# ```
# :::
#
# **2.** Take the admixture away from the conditions (strength 0 for it alone). Does the reflectance code still know the light?
#
# :::{dropdown} A solution
# ```python
# from dataclasses import replace
# from mixedpixels.scenes.simulate.forward import at_sensor
# pure = replace(one.conditions, mixing=np.zeros(len(one.conditions)))
# pixels = at_sensor(one.wavelengths, one.surfaces[one.shown], one.other, pure)
# ```
# :::
