# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The symmetric autoencoder: two codes, and why they part
#
# Section III of the paper {cite}`bhattacharjeesymae` builds an autoencoder for datapoints: several pixels of one
# group. It has one code for the whole datapoint, which cannot depend on the order of the pixels, and one code a pixel,
# of which dropout hides half (**Fig. 2**). What the pixels share is safer in the first, what is a pixel's own can
# only be in the second. Then the second codes can be swapped: a pixel is seen under the conditions of another,
# *redatumed* (**Fig. 1**).
#
# - **You need** [page 1, grouping](01-grouping), and to know what an autoencoder is.
# - **You will learn** what makes a code blind to order; what an update costs, and which part of it need not be
#   paid; and to read a virtual spectrum.

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
# - `scene`: `ksc-pixels`, what is at hand of Kennedy Space Center, or `ksc`, the whole image.
# - `splits`: how many times another tenth of the labels is drawn to learn from; a network each.
# - `updates`: of the training. A quick page stops so early that its numbers only show that the code runs.
# - `precision`: `fp32`, or `bf16`, which keeps 16 bits of each number in a product and is faster; `tf32` on a GPU.

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

from mixedpixels import ledger, plotting, scenes
from mixedpixels.chapters.symae.study import DATAPOINTS, RATE, Disentangling
from mixedpixels.models.symae import Settings
from mixedpixels.pipeline import resolve

run = resolve("symae/02-symmetric-autoencoder", globals())
run

# %%
image = scenes.load(run.scene, twin=run.twin)
study = Disentangling(image, run)
bands = image.shape[2]
settings = Settings()
settings

# %% [markdown]
# ## The network: eqs. 2 to 5
#
# $$\mathrm{Enc}(X_i) = [\mathrm{REnc}(X_i);\ \mathrm{NEnc}(X_i[1]); \dots; \mathrm{NEnc}(X_i[n_\tau])]
# \qquad (2)$$
#
# The first part is a mean over the pixels, so that no order is left in it (eqs. 3 and 4); the others pass through
# dropout (eq. 5). *Fuse* rebuilds each pixel from the shared code and its own. In the package:
#
# ```python
# shared = reflectance(pixels).mean over the datapoint      # eq. 4
# own = dropout(nuisance(pixel), 0.5)                       # eq. 5
# rebuilt = decoder([shared, own])
# ```
#
# The text gives no widths; [the authors' public notebook](https://github.com/archieb1999/SymAE_KSC) does, with a further dropout inside the nuisance
# encoder that the text does not mention. These are used here.

# %%
network = settings.network(bands)
parts = {
    "reflectance encoder": network.reflectance,
    "nuisance encoder": network.nuisance,
    "Fuse": network.decoder,
}
layers = {
    name: [tuple(m.weight.shape[1:]) for m in part if hasattr(m, "weight")]
    for name, part in parts.items()
}
layers

# %%
parameters = {
    name: sum(p.numel() for p in part.parameters())
    for name, part in parts.items()
}
parameters, sum(parameters.values())


# %% tags=["hide-input"]
def widths(name):
    return "–".join(
        str(n) for n in [layers[name][0][0], *(o for _, o in layers[name])]
    )


drawing = plotting.plot_network(
    [
        {"X": f"Datapoint X\nn_τ pixels of one group, {bands} bands"},
        {
            "R": f"Reflectance encoder\n{widths('reflectance encoder')}\nleaky ReLU",
            "N": f"Nuisance encoder\n{widths('nuisance encoder')}\nleaky ReLU, dropout ¼",
        },
        {"mean": "Mean\nover the n_τ pixels", "drop": "Dropout ½\nof the code"},
        {"fuse": f"Fuse\n{widths('Fuse')}"},
        {"out": "Each pixel, rebuilt"},
    ],
    [
        ("X", "R", ""),
        ("X", "N", ""),
        ("R", "mean", ""),
        ("N", "drop", ""),
        ("mean", "fuse", "shared"),
        ("drop", "fuse", "own"),
        ("fuse", "out", ""),
    ],
    "SymAE: the pixels of a datapoint go through a reflectance encoder, whose codes are averaged into one shared "
    "code, and through a nuisance encoder, whose codes pass dropout; Fuse rebuilds each pixel from the shared code "
    "and its own.",
    "Fig. 2, redrawn from the network that runs here.",
    {"R": 0, "mean": 0, "N": 1, "drop": 1},
)
ledger.record("symae/figure-2", scene=image, run=run)
drawing

# %% [markdown]
# ### Blind to order
#
# Eq. 3 asks that $\mathrm{REnc}(X_i[\Pi(1{:}n_\tau)]) = \mathrm{REnc}(X_i)$ for every order $\Pi$. Under another
# order only rounding differs; with one pixel of the eight left out, the code does:

# %%
torch.manual_seed(0)
exact = settings.network(bands).double().eval()
table = torch.tensor(
    study.pixels[study.splits[0].train][None], dtype=torch.float64
)
datapoints = torch.randint(table.shape[1], (1, 5, 8))
with torch.no_grad():
    turned = exact.shared(table, datapoints.flip(2)) - exact.shared(
        table, datapoints
    )
    one_less = exact.shared(table, datapoints[..., :7]) - exact.shared(
        table, datapoints
    )
{
    "another order": float(turned.abs().max()),
    "one pixel less": float(one_less.abs().max()),
}

# %% [markdown]
# ## What an update costs
#
# Multiplications of weights, forward; the gradients cost twice as many again. The shared code of a datapoint is a
# mean over codes of pixels that come many times in one update, so with 256 datapoints each is
# encoded once. (The networks of this chapter see few pixels in an update, and encode those that were drawn.)

# %%
per_pixel = {
    name: sum(i * o for i, o in shape) for name, shape in layers.items()
}
seen = 256 * 8
plain = seen * sum(per_pixel.values())
learnt = len(study.splits[0].train)
once = plain - (seen - learnt) * per_pixel["reflectance encoder"]
printed = ledger.text_table("symae")["all"]
per_epoch = printed["minibatches in an epoch"]
updates = [
    int(printed[f"epochs, {end}"] * per_epoch) for end in ("least", "most")
]
pd.Series(
    {
        "floating-point operations of an update (billions)": 6 * plain / 1e9,
        "what is left of it if each pixel is encoded once (share)": once
        / plain,
        "updates in the paper (millions)": updates[1] / 1e6,
        "operations in the paper (10¹⁵)": 6 * plain * updates[1] / 1e15,
        "updates a second in the paper's 12 hours": updates[1] / (12 * 3600),
    }
).round(3)

# %% [markdown]
# ## Training
#
# One network per split; all are trained together, in batched products.

# %%
networks = study.symae()
history = networks.history
f"{networks.networks} networks, {history.updates[-1]:,} updates, {history.seconds:.0f} s"

# %% [markdown]
# ## Redatuming: Fig. 1
#
# $$\hat D[\cdot] = \mathrm{Fuse}\big([\mathrm{REnc}_1(D[\cdot]);\ \mathrm{NEnc}(D[k_0])]\big) \qquad (6)$$
#
# Every pixel of a class keeps its own reflectance code and gets the nuisance code of one pixel $k_0$. The paper shows
# oak hammock; so does this page, with pixels of the test and, as the reference, the training pixel that is nearest to the
# class's mean.

# %%
name = "oak hammock"
split = study.splits[0]
own = image.class_names.index(name) + 1
test = split.test[study.labels[split.test] == own]
known = split.train[study.labels[split.train] == own]
middle = image.pixels[known].mean(0)
reference = known[np.square(image.pixels[known] - middle).sum(1).argmin()]
virtual = networks.redatum(image.pixels[test], image.pixels[reference])
raw = image.pixels[test]
residual = virtual.var(0).mean() / raw.var(0).mean()
shown = ledger.record(
    "symae/figure-1",
    scene=image,
    run=run,
    arrays={
        "raw": (raw[:60] / study.scale).astype(np.float16),
        "virtual": (virtual[:60] / study.scale).astype(np.float16),
        "reference": (image.pixels[reference] / study.scale).astype(np.float16),
        "residual": np.array(residual),
    },
    seconds={"SymAE": [history.seconds]},
)

# %% tags=["hide-input"]
for label, drawn in shown.drawings:
    display(
        plotting.plot_bundles(
            {
                "raw": {name: drawn["raw"]},
                "virtual": {
                    name: drawn["virtual"],
                    "reference pixel": drawn["reference"],
                },
            },
            "digital number / 500",
            f"Two bundles of spectra of {name}: raw ones, and the same pixels under the conditions of one, whose variance "
            f"is {float(drawn['residual']):.1%} of the raw ones'.",
            f"Fig. 1 of the paper, {label}: test pixels of {name}, before and after redatuming. Variance left: "
            f"{float(drawn['residual']):.1%}.",
            bold=("reference pixel",),
        )
    )

# %% [markdown]
# ### How short the schedule is

# %% tags=["hide-input"]
ours = shown.quoted.parameters
display(
    Markdown(
        f"The paper's {updates[0] / 1e6:.1f} to {updates[1] / 1e6:.1f} million updates want a GPU. The networks "
        f"shown here ({shown.whence}) had a **short schedule**, which one core of a processor can do: {ours['updates']:,} "
        f"updates of {DATAPOINTS} datapoints in `{ours['precision']}`, at a rate that falls from {RATE:g} to zero, "
        "where the paper has 256 datapoints and a constant 0.0001. That is "
        f"{ours['updates'] / updates[1]:.2%} of the paper's updates and "
        f"{ours['updates'] * DATAPOINTS / (updates[1] * 256):.3%} of its datapoints. What a longer training brings is asked on "
        "[the page about the losses](09-rising-loss)."
    )
)

# %% [markdown]
# A bundle that shrinks is not yet a code that parts: a network that answers every pixel with one spectrum shrinks all
# bundles to nothing. Whether classes stay apart is asked on [the next page](03-with-ground-truth).
#
# ## What holds up, and what does not
#
# - **The network is the authors'**, as their public notebook has it; the text alone would not have been enough.
# - **Blindness to order** is exact, as the mean gives it.
# - **The cost**: not all of the counted operations need be paid.
# - **What we do not know**: the split, the seed, and the reference pixel of Fig. 1.
#
# ## Exercises
#
# **1.** Take the largest of the codes instead of their mean. Is the code still blind to order?
#
# :::{dropdown} A solution
# ```python
# codes = exact.reflectance(table)[0][datapoints[0]]
# print((codes.max(1).values - codes.flip(1).max(1).values).abs().max())
# ```
# :::
#
# **2.** Redatum with a reference of another class. What stays of the shape, what of the height?
#
# :::{dropdown} A solution
# ```python
# other = split.train[study.labels[split.train] == 1][0]
# again = networks.redatum(image.pixels[test], image.pixels[other])
# print(again.mean() / virtual.mean(), np.corrcoef(again.mean(0), virtual.mean(0))[0, 1])
# ```
# :::
