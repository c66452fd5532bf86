# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The symmetric autoencoder: a shared code and a code of each pixel
#
# Section III of the paper {cite}`bhattacharjeesymae` builds an autoencoder for datapoints, which are several
# pixels of one group (**Fig. 2**). It has two kinds of codes. One code belongs to the whole datapoint and cannot
# depend on the order of the pixels. The other belongs to a single pixel, and dropout hides half of it.
#
# What the pixels share is therefore stored more safely in the first code, and what only one pixel has can only be
# in the second. The second codes can then be swapped: a pixel is seen under the conditions of another, which is
# called *redatuming* (**Fig. 1**).
#
# **What this page finds.** The mean over pixels makes the shared code independent of their order, up to rounding.
# In the paper's setting, a part of the counted cost of an update can be saved by encoding each pixel once. The
# networks of this chapter have a small part of the paper's updates, so their numbers may still change with longer
# training.
#
# - **You need** [page 1, grouping](01-grouping), and to know what an autoencoder is. Terms and symbols are in the
#   [glossary](../../glossary).
# - **You will learn** what makes a code independent of order, what an update costs and which part of the cost can
#   be saved, and how to read a virtual spectrum.

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
# - `scene`: `ksc-pixels`, the available pixels of Kennedy Space Center, or `ksc`, the whole image.
# - `splits`: how many times another tenth of the labels is drawn for training; each split has its own network.
# - `updates`: updates of the training. A quick page stops so early that its numbers only show that the code runs.
# - `precision`: `fp32`, or `bf16`, which uses 16 bits for each number in a product and is faster; `tf32` on a GPU.

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

# %% [markdown]
# ## The network: eqs. 2 to 5
#
# $$\mathrm{Enc}(X_i) = [\mathrm{REnc}(X_i);\ \mathrm{NEnc}(X_i[1]); \dots; \mathrm{NEnc}(X_i[n_\tau])]
# \qquad (2)$$
#
# The first part is a mean over the pixels, so it contains no order (eqs. 3 and 4). The other parts pass through
# dropout (eq. 5). *Fuse* reconstructs each pixel from the shared code and its own. In the package:
#
# ```python
# shared = reflectance(pixels).mean over the datapoint      # eq. 4
# own = dropout(nuisance(pixel), 0.5)                       # eq. 5
# rebuilt = decoder([shared, own])
# ```
#
# The text gives no widths of the layers.
# [The authors' public notebook](https://github.com/archieb1999/SymAE_KSC) gives them. It also has a further dropout
# inside the nuisance encoder that the text does not mention. Both are used here.

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

# %%
parameters = {
    name: sum(p.numel() for p in part.parameters())
    for name, part in parts.items()
}


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
        {"out": "Each pixel, reconstructed"},
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
    "code, and through a nuisance encoder, whose codes pass dropout; Fuse reconstructs each pixel from the shared code "
    "and its own.",
    "Fig. 2, redrawn from the network that runs here. The numbers are the widths of its layers.",
    {"R": 0, "mean": 0, "N": 1, "drop": 1},
)
ledger.record("symae/figure-2", scene=image, run=run)
drawing

# %% [markdown]
# **What you see.** A datapoint goes through two encoders. The path through the mean gives one code for all its
# pixels, the other path gives one code for each pixel. The decoder receives both.

# %% tags=["hide-input"]
display(
    plotting.number_table(
        pd.DataFrame(
            {
                part: {
                    "widths of the layers": widths(part),
                    "parameters": f"{parameters[part]:,}",
                }
                for part in parts
            }
        ).T,
        f"The parts of the network for {bands} bands; {sum(parameters.values()):,} parameters in all.",
    )
)

# %% [markdown]
# ### The shared code does not depend on the order of the pixels
#
# Eq. 3 asks that $\mathrm{REnc}(X_i[\Pi(1{:}n_\tau)]) = \mathrm{REnc}(X_i)$ for every order $\Pi$. This cell reverses
# the order of eight pixels, and then leaves one of them out.

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
moved = {
    "another order": float(turned.abs().max()),
    "one pixel less": float(one_less.abs().max()),
}

# %% tags=["hide-input"]
display(
    plotting.number_table(
        pd.DataFrame(
            {
                "largest change of the code": {
                    k: f"{v:.1e}" for k, v in moved.items()
                }
            }
        ),
        "What a change of the datapoint does to the shared code, in double precision.",
    )
)

# %% [markdown]
# **What you see.** Another order changes the code only by rounding errors. Leaving out a pixel changes it far more.
#
# ## What an update costs, and what can be saved
#
# The cost is counted in multiplications by weights in the forward pass; the gradients cost twice as many again. The
# shared code of a datapoint is a mean over the codes of its pixels, and the same pixel comes many times in one
# update. With 256 datapoints it is therefore enough to encode each pixel once. (The networks of this chapter see
# few pixels in an update, and encode those that were drawn.)

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
cost = {
    "floating-point operations of an update (billions)": 6 * plain / 1e9,
    "what is left of it if each pixel is encoded once (fraction)": once / plain,
    "updates in the paper (millions)": updates[1] / 1e6,
    "operations in the paper (10¹⁵)": 6 * plain * updates[1] / 1e15,
    "updates per second in the paper's 12 hours": updates[1] / (12 * 3600),
}

# %% tags=["hide-input"]
display(
    plotting.number_table(
        pd.DataFrame({"value": {k: f"{v:.3g}" for k, v in cost.items()}}),
        "The cost of training in the paper's setting, counted for the network and the split of this page.",
    )
)
display(
    Markdown(
        f"**What you see.** Encoding each pixel once leaves {once / plain:.0%} of the operations of an update. "
        "This is a count; measured times are on [the page about the cost](12-cost)."
    )
)

# %% [markdown]
# ## Training
#
# Each split has its own network. All networks are trained together, in batched products.

# %%
networks = study.symae()
history = networks.history
Markdown(
    f"{networks.networks} networks, {history.updates[-1]:,} updates each, {history.seconds:.0f} s in all."
)

# %% [markdown]
# ## Redatuming: Fig. 1
#
# $$\hat D[\cdot] = \mathrm{Fuse}\big([\mathrm{REnc}_1(D[\cdot]);\ \mathrm{NEnc}(D[k_0])]\big) \qquad (6)$$
#
# Every pixel of a class keeps its own reflectance code and receives the nuisance code of one pixel $k_0$, the
# reference pixel. The paper shows oak hammock, and so does this page. It uses test pixels, and as the reference
# the training pixel that is nearest to the mean of the class.

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
# **What you see.** On the left, the raw spectra of the class. On the right, the same pixels after redatuming, which
# form a narrower bundle, and the reference pixel as a bold line.
#
# ### The training is much shorter than the paper's

# %% tags=["hide-input"]
from mixedpixels.chapters.symae.training_budget import paper_budget

ours = shown.quoted.parameters
theirs = paper_budget()
display(
    Markdown(
        f"The paper trains for {theirs.least / 1e6:.1f} to {theirs.most / 1e6:.1f} million updates, which need a GPU. The networks "
        f"shown here ({shown.quoted_from}) had a **short schedule**, which one core of a processor can do: "
        f"{ours['updates']:,} updates of {DATAPOINTS} datapoints in `{ours['precision']}`, at a learning rate that falls from {RATE:g} to "
        f"zero. The paper has {theirs.datapoints} datapoints per update and a constant rate of 0.0001.\n\n"
        f"This is {theirs.percentage(ours['updates'])} of the paper's updates and "
        f"{theirs.datapoint_percentage(ours['updates'], DATAPOINTS)} of its datapoints. "
        "[The page about the losses](09-rising-loss) follows the numbers over the training and shows which of them are "
        "still changing at its end."
    )
)

# %% [markdown]
# A narrower bundle does not yet mean that the codes are separated. A network that answers every pixel with the
# same spectrum makes every bundle infinitely narrow. [The next page](03-with-ground-truth) asks whether the classes
# stay apart.
#
# ## What holds up, and what does not
#
# - **The network is the authors'**, as in their public notebook. The text alone would not have been enough.
# - **Independence of order** is a property of the mean and holds up to rounding.
# - **The cost**: a part of the counted operations can be saved.
# - **Open**: what longer training would change. The schedule here is short, and Fig. 1 shows one split.
# - **Not stated in the paper**: the split, the seed, and the reference pixel of Fig. 1.
#
# ## Exercises
#
# **1.** Take the largest of the codes instead of their mean. Is the code still independent of order?
#
# :::{dropdown} A solution
# ```python
# codes = exact.reflectance(table)[0][datapoints[0]]
# print((codes.max(1).values - codes.flip(1).max(1).values).abs().max())
# ```
# :::
#
# **2.** Redatum with a reference of another class. How much of the shape and of the height remains?
#
# :::{dropdown} A solution
# ```python
# other = split.train[study.labels[split.train] == 1][0]
# again = networks.redatum(image.pixels[test], image.pixels[other])
# print(again.mean() / virtual.mean(), np.corrcoef(again.mean(0), virtual.mean(0))[0, 1])
# ```
# :::
