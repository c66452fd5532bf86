# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The network of SSANU-Net, taken apart
#
# Section II of the paper {cite}`chen2023ssanu` builds an autoencoder whose code is the abundances. Two
# streams encode a pixel, one with its neighbours and one without (**Table I**); two streams decode it, one
# linear and one not (**Table II**); learnt weights join each pair (**Fig. 1**). The section claims that the
# second decoder stream stands for *higher order* interactions of light, and that the weights let one network
# suit many scenes.
#
# What this page finds, in three lines:
#
# - Tables I and II can be built as printed.
# - The three layers of the nonlinear stream multiply out to one. It can only darken a mixture between two materials,
#   while bilinear models of light brighten it.
# - The term that the paper calls sparse is smallest where every pixel is the same equal mixture.
#
# The page compares our network with the two tables, puts each equation beside the lines that compute it,
# and asks which nonlinear mixtures the nonlinear stream can express. Nothing is trained here; what a pass costs is
# counted on [a page of its own](11-cost).
#
# A text can be read in more than one way. The chapter has three *readings* of this one: `paper`, literally;
# `best`, with the gaps filled so that it works; `oracle`, started from the spectra of the reference. This page
# is about the first. Endmembers to start from come from VCA {cite}`nascimento2005`, which picks pixels at
# the corners of the cloud that all pixels form.
#
# - **You need** to know what an endmember and an abundance are ([glossary](../../glossary)), and what a convolution
#   does.
# - **You will learn** to read the layers of a network from its modules; why three layers in a row
#   can be one; and which abundances make a nuclear norm small.

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
# There is nothing to set. What is counted has no random part, and both profiles do the same.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "samson"
device: str = "auto"

# %%
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from IPython.display import Markdown, display
from torch import nn
from torch.nn import functional as F

from mixedpixels import ledger, plotting, scenes
from mixedpixels.models import Image, ssanu
from mixedpixels.pipeline import resolve
from mixedpixels.unmixing import VCA

run = resolve("ssanu/01-framework", globals())
run

# %% [markdown]
# The next cell loads the scene, finds spectra to start from with VCA, and builds the network in the reading `paper`:
# what is printed, and PyTorch's defaults where nothing is. Dropout is off, so that a pass can be repeated. Everything is
# in double precision, so that a difference of 10⁻¹⁵ is rounding and one of 10⁻³ is not.

# %%
image = scenes.load(run.scene, twin=run.twin)
R, B = len(image.endmember_names), image.shape[2]
settings = ssanu.settings(run.scene)


def tensor(values):
    return torch.tensor(values, dtype=torch.float64, device=run.device)


spectra = tensor(VCA(R, random_state=0).fit(image.pixels).endmembers_)
torch.manual_seed(0)
without_dropout = replace(settings, dropout=0.0)
network = without_dropout.network(spectra).double().to(run.device)
data = Image(tensor(image.cube))
torch.set_grad_enabled(False)  # nothing is trained on this page
image

# %% [markdown]
# ## The mixing model: eqs. 1 to 4
#
# The linear model is $\mathbf{x} = \mathbf{M}\mathbf{a} + \boldsymbol\varepsilon$ (eq. 1), with
# $a_i \ge 0$ (eq. 2) and $\sum_i a_i = 1$ (eq. 3). Eq. 4 adds a nonlinear part $\Psi$ and gives each part a
# weight: $\mathbf{x} = w_{d1}\mathbf{M}\mathbf{a} + w_{d2}\Psi(\mathbf{M}, \mathbf{a}) +
# \boldsymbol\varepsilon$. The paper does not write $\Psi$ down; the decoder is its only description.
#
# Do eqs. 1 to 3 hold for the scene's own reference?

# %%
reference = tensor(image.pixel_abundances)
mixed = reference @ tensor(image.endmembers)  # eq. 1, without the noise
epsilon = data.pixels - mixed
brightness = (data.pixels * mixed).sum(1) / mixed.square().sum(1)
lit = data.pixels - brightness[:, None] * mixed  # each pixel scaled to fit
signal = data.pixels.norm()
{
    "least abundance (eq. 2)": round(reference.min().item(), 6),
    "least sum (eq. 3)": round(reference.sum(1).min().item(), 6),
    "greatest sum": round(reference.sum(1).max().item(), 6),
    "noise / signal (eq. 1)": round((epsilon.norm() / signal).item(), 3),
    "the same, each pixel scaled": round((lit.norm() / signal).item(), 3),
}

# %% tags=["hide-input"]
display(
    Markdown(
        "**What you see.** The reference obeys eqs. 2 and 3, but with its own spectra eq. 1 leaves a *noise* "
        f"{epsilon.norm() / signal:.2f} times as long as the image. That is not noise of the sensor: with one more "
        f"number per pixel, its brightness, {lit.norm() / signal:.2f} is left. "
        + (
            "The twin's light changes from pixel to pixel. "
            if image.origin == "twin"
            else "The public spectra of Samson are each scaled to a largest value of about one, and the "
            "reference is divided by its sum, so neither holds the brightness. "
        )
        + "Eq. 3 leaves no place for it, which matters when a network has to reconstruct raw pixels."
    )
)

# %% [markdown]
# ## The autoencoder: eqs. 5 to 8
#
# $H = f_E(X)$ maps the $B$ numbers of a pixel to $R$, and $\hat X = f_D(H)$ maps them back. Here are the shapes for a
# piece of the scene:

# %%
tiny = Image(tensor(image.cube[40:55, 40:55]))
H = network.encode(tiny)
reconstruction = network.decode(H)
{
    "X": tuple(tiny.pixels.shape),
    "H": tuple(H.shape),
    "X hat": tuple(reconstruction.shape),
}

# %% [markdown]
# Our code has one row per pixel, where the paper has one column. A whole image goes through at once; it is the
# batch.
#
# ## The encoder: Table I, eqs. 9 to 11
#
# Two streams of three blocks, joined by two learnt weights in [0, 1]:
#
# $$L_{spa} = f_{E_{spa}}(X),\quad L_{spe} = f_{E_{spe}}(X),\quad H = w_{e1} L_{spa} + w_{e2} L_{spe}.$$
#
# Section II-E adds a ReLU, which keeps $H$ from falling below zero. It can only stand after the sum: the
# last block of Table I has none. Computed by hand and by `encode()`:

# %%
w_e1, w_e2 = network.encoder_weights
fused = w_e1 * network.spatial(tiny) + w_e2 * network.spectral(tiny)
by_hand = torch.relu(fused)[0].flatten(1).T
{
    "largest difference to encode()": (by_hand - H).abs().max().item(),
    "share of H that the ReLU cut": round((H == 0).double().mean().item(), 3),
}

# %% [markdown]
# The next cell reads Table I from the modules of our network. A new block begins at every convolution.

# %%
KINDS = {
    "BatchNorm2d": "batch norm",
    "ByteDropout": "dropout",
    "ReLU": "ReLU",
}
FIELDS = ["kernel", "inputs", "units", "parameters", *KINDS.values()]


def blocks(stream):
    """The layers of a stream of the encoder, block by block."""
    found = []
    for layer in stream:
        if isinstance(layer, nn.Conv2d):
            found.append([])
        found[-1].append(layer)
    return found


def line(block):
    """What a block holds, as the numbers of FIELDS."""
    first, *rest = block
    units, inputs = first.weight.shape[:2]
    # a linear layer that is given pixel after pixel is a 1×1 convolution
    kernel = getattr(first, "kernel_size", (1,))[0]
    parameters = sum(p.numel() for layer in block for p in layer.parameters())
    kinds = [KINDS[type(layer).__name__] for layer in rest]
    return [
        kernel,
        inputs,
        units,
        parameters,
        *(k in kinds for k in KINDS.values()),
    ]


def then(numbers):
    """What follows the convolution, in words."""
    kinds = [k for k, has in zip(FIELDS[4:], numbers[4:], strict=True) if has]
    if len(kinds) > 1:
        kinds = [", ".join(kinds[:-1]) + " and " + kinds[-1]]
    return "then " + kinds[0] if kinds else ""


encoder = {
    "Spatial encoder": np.array([line(b) for b in blocks(network.spatial)]),
    "Spectral encoder": np.array([line(b) for b in blocks(network.spectral)]),
}
WHAT = {
    "kernel": "side of the kernel, in pixels",
    "width": "channels that leave the block",
}
cells = []
for column, sheet in encoder.items():
    for k, numbers in enumerate(sheet, start=1):
        about = {"deterministic": True, "note": then(numbers)}
        cells.append(
            ledger.Cell(f"Block {k}", column, "kernel", (numbers[0],), **about)
        )
for k, (spatial, spectral) in enumerate(zip(*encoder.values(), strict=True), 1):
    assert spatial[2] == spectral[2], "the streams must be added"
    cells.append(
        ledger.Cell(
            f"Block {k}", "Unit", "width", (spatial[2],), deterministic=True
        )
    )
table1 = ledger.record(
    "ssanu/table-1", scene=image, run=run, cells=cells, metrics=WHAT
)
table1

# %% tags=["hide-input"]
printed = {(c.row, c.column): c for c in ledger.claims("ssanu/table-1")}
measured = [c for c in cells if c.column != "Unit"]
agree = sum(c.note == printed[c.row, c.column].note for c in measured)
display(
    Markdown(
        f"**What you see.** {agree} of {len(measured)} cells also agree in what follows the convolution: batch "
        "norm, dropout, ReLU. *R* is the number of endmembers. The text says that *the same activation function is "
        "used for each layer, i.e., the ReLU*; in the table, block 3 has none. We follow the table, and put the "
        "ReLU after the sum."
    )
)

# %% [markdown]
# ### The window of pixels that an abundance depends on
#
# One pixel is changed. Which outputs of each stream change with it?

# %%
moved = tiny.pixels.reshape(tiny.shape).clone()
moved[7, 7] += 1
moved = Image(moved)
network.eval()  # batch norm by its running means, as after a training


def reach(stream):
    """The window of outputs that changed."""
    change = (stream(moved) - stream(tiny)).abs().amax((0, 1))
    down, across = torch.nonzero(change > 1e-9, as_tuple=True)
    return f"{np.ptp(down.tolist()) + 1} × {np.ptp(across.tolist()) + 1}"


seen = {
    "spatial": reach(network.spatial),
    "spectral": reach(network.spectral),
}
network.train()
seen

# %% tags=["hide-input"]
display(
    Markdown(
        f"**What you see.** An abundance of the spatial stream depends on {seen['spatial']} pixels, one of "
        f"the spectral stream on {seen['spectral']}. This holds after training. In training, the batch norm "
        "of every block uses the mean and the variance of the whole image, so every pixel depends on all."
    )
)

# %% [markdown]
# ## The decoder: Table II, eq. 12
#
# $\hat X = w_{d1}\hat X_{lin} + w_{d2}\hat X_{nlin}$: one 1×1 convolution for the linear part, three for
# the other; the endmembers start the first layer of both. Table II prints one ReLU, after the three. In
# our code that ReLU is not a module, so it cannot be listed. We find it by what it does: of the eight ways
# to put ReLUs after three layers, only one gives what our decoder gives.

# %%
w_d1, w_d2 = network.decoder_weights


def through(layers, values, pattern):
    """Layer after layer, with a ReLU after those that the pattern marks."""
    for layer, has in zip(layers, pattern, strict=True):
        values = torch.relu(layer(values)) if has else layer(values)
    return values


rng = np.random.default_rng(0)
probe = tensor(rng.standard_normal((500, R)))  # of both signs
nonlinear = network.decode(probe) - w_d1 * network.linear(probe)
differences = {
    pattern: (w_d2 * through(network.nonlinear, probe, pattern) - nonlinear)
    .abs()
    .max()
    .item()
    for pattern in itertools.product((False, True), repeat=3)
}
pattern = min(differences, key=differences.get)
pattern

# %% tags=["hide-input"]
nearest, next_best = sorted(differences.values())[:2]
where = " and ".join(str(k) for k, has in enumerate(pattern, 1) if has)
display(
    Markdown(
        f"**What you see.** The output above marks the layers that a ReLU follows. With a ReLU after layer {where} only, "
        f"eq. 12 by hand and `decode()` differ by {nearest:.0e} at most; the next best of the {len(differences)} patterns "
        f"differs by {next_best:.3f}."
    )
)


# %%
def sheets(network):
    """FIELDS of every block, stream by stream."""
    found = {
        "spatial": [line(b) for b in blocks(network.spatial)],
        "spectral": [line(b) for b in blocks(network.spectral)],
        "linear": [line([network.linear])],
        "nonlinear": [line([layer]) for layer in network.nonlinear],
    }
    for numbers, has in zip(found["nonlinear"], pattern, strict=True):
        numbers[-1] = has
    return {name: np.array(lines, dtype=int) for name, lines in found.items()}


ours = sheets(network)
decoder = {"Linear decoder": ours["linear"][0]}
for k, numbers in enumerate(ours["nonlinear"], start=1):
    decoder[f"Nonlinear decoder, conv {k}"] = numbers
cells = [
    ledger.Cell(
        "Block 1",
        column,
        "kernel",
        (numbers[0],),
        deterministic=True,
        note=then(numbers),
    )
    for column, numbers in decoder.items()
]
(width,) = {numbers[2] for numbers in decoder.values()}
cells.append(
    ledger.Cell("Block 1", "Unit", "width", (width,), deterministic=True)
)
table2 = ledger.record(
    "ssanu/table-2", scene=image, run=run, cells=cells, metrics=WHAT
)
table2

# %% [markdown]
# ## Fig. 1: the whole network
#
# The diagram is drawn from the same modules and is read from top to bottom: the image enters two streams of three
# blocks, their weighted sum is the abundances, and two decoder streams reconstruct the image from these. The weights
# are those the paper starts from on this scene.

# %% tags=["hide-input"]
drawn = {
    **ours,
    "weights": np.array([*settings.encoder_weights, *settings.decoder_weights]),
}
figure1 = ledger.record("ssanu/figure-1", scene=image, run=run, arrays=drawn)


def box(title, numbers):
    kernel, inputs, units, parameters, *_ = numbers
    lines = [title, f"{kernel}×{kernel} conv, {inputs} → {units}"]
    if kinds := then(numbers).removeprefix("then "):
        lines.append(kinds.replace("batch ", "").replace(" and ", ", "))
    return "\n".join([*lines, f"{parameters:,} parameters"])


def diagram(label, arrays):
    spatial, spectral = arrays["spatial"], arrays["spectral"]
    linear, nonlinear = arrays["linear"][0], arrays["nonlinear"]
    weights = [f"{w:g}" for w in arrays["weights"]]
    bands, materials = spatial[0][1], spatial[-1][2]
    chain = " → ".join(str(n) for n in [materials, *nonlinear[:, 2]])
    levels = [
        {"image": f"image X\n{bands} bands a pixel"},
        *(
            {
                f"spatial {k}": box(f"spatial {k}", a),
                f"spectral {k}": box(f"spectral {k}", b),
            }
            for k, (a, b) in enumerate(
                zip(spatial, spectral, strict=True), start=1
            )
        ),
        {"H": f"sum, ReLU: abundances H\n{materials} a pixel"},
        {
            "linear": box("linear", linear),
            "nonlinear": "\n".join(
                [
                    "nonlinear",
                    f"{len(nonlinear)} layers of 1×1 conv",
                    chain,
                    *(
                        f"ReLU after layer {k}"
                        for k, n in enumerate(nonlinear, 1)
                        if n[-1]
                    ),
                    f"{nonlinear[:, 3].sum():,} parameters",
                ]
            ),
        },
        {"out": f"sum: reconstruction\n{bands} bands a pixel"},
    ]
    last = len(spatial)
    arrows = [
        *(("image", f"{s} 1", "") for s in ("spatial", "spectral")),
        *(
            (f"{s} {k}", f"{s} {k + 1}", "")
            for s in ("spatial", "spectral")
            for k in range(1, last)
        ),
        (f"spatial {last}", "H", f"$w_{{e1}}$ = {weights[0]}"),
        (f"spectral {last}", "H", f"$w_{{e2}}$ = {weights[1]}"),
        ("H", "linear", ""),
        ("H", "nonlinear", ""),
        ("linear", "out", f"$w_{{d1}}$ = {weights[2]}"),
        ("nonlinear", "out", f"$w_{{d2}}$ = {weights[3]}"),
    ]
    colours = {"linear": 2, "nonlinear": 3}
    for k in range(1, last + 1):
        colours |= {f"spatial {k}": 0, f"spectral {k}": 1}
    kernels = {
        name: ", ".join(f"{n[0]}×{n[0]}" for n in arrays[name])
        for name in ("spatial", "spectral")
    }
    return plotting.plot_network(
        levels,
        arrows,
        f"Block diagram, top to bottom. The image of {bands} bands goes into two streams of {last} blocks "
        f"each: spatial, kernels {kernels['spatial']}, and spectral, kernels {kernels['spectral']}, with "
        f"{', '.join(str(n[2]) for n in spatial)} channels. Weighted by {weights[0]} and {weights[1]} they are "
        f"summed to {materials} abundances a pixel. These go into a linear stream of one layer and a nonlinear "
        f"stream of {len(nonlinear)} layers; weighted by {weights[2]} and {weights[3]} the two are summed to "
        f"{bands} bands again.",
        f"Fig. 1 ({label}): our network, from its own layers. Blue and orange encode, green and pink decode.",
        colours,
    )


for label, arrays in figure1.drawings:
    display(diagram(label, arrays))

# %% [markdown]
# ## The loss: eqs. 13 to 16
#
# Three terms: the squared error of the reconstruction (eq. 13), the sum over all pixels of how far the
# abundances are from summing to one (eq. 14), and the nuclear norm of all abundances (eq. 15), which is the
# sum of the singular values of $H$. Eq. 16 adds them with weights 1, λ and γ. By hand and by our code they are:

# %%
by_hand = {
    "reconstruction": (reconstruction - tiny.pixels).square().mean(),
    "sum to one": settings.sum_to_one * (1 - H.sum(1)).abs().sum(),
    "sparsity": settings.sparsity * torch.linalg.svdvals(H).sum(),
}
terms = network.losses(tiny)
pd.DataFrame(
    {
        "by hand": {name: f"{v.item():.6g}" for name, v in by_hand.items()},
        "losses()": {name: f"{v.item():.6g}" for name, v in terms.items()},
    }
)

# %% [markdown]
# Eq. 13 squares the difference of two *vectors* and does not say whether their bands are then averaged or
# summed. We average in the reading `paper`, as PyTorch's `MSELoss` does. With a sum, the same λ and γ would
# weigh less, by a factor of the number of bands.
#
# Eq. 14 sums over the pixels while eq. 13 averages over them, so λ weighs more on a larger image.
#
# ### The nuclear norm prefers equal mixtures
#
# The paper calls eq. 15 its *sparse constraint*. The table shows its value for several sets of abundances that sum to
# one in every pixel:

# %%
N = len(reference)
largest = F.one_hot(reference.argmax(1), R).double()
candidates = {
    "every pixel the same equal mixture": torch.full_like(reference, 1 / R),
    "every pixel the mean of the reference": reference.mean(0).expand(N, R),
    "every pixel wholly the first material": F.one_hot(
        torch.zeros_like(reference[:, 0], dtype=int), R
    ).double(),
    "the reference": reference,
    "every pixel wholly its largest material": largest,
}
nuclear = {
    name: torch.linalg.svdvals(a.contiguous()).sum().item()
    for name, a in candidates.items()
}
plotting.number_table(
    pd.DataFrame(
        {
            "nuclear norm": {k: f"{v:.1f}" for k, v in nuclear.items()},
            "abundances that are 0": {
                k: f"{(a == 0).double().mean().item():.0%}"
                for k, a in candidates.items()
            },
        }
    ),
    f"The term of eq. 15 for abundances that sum to one, on {ledger.describe(image)}",
)

# %% tags=["hide-input"]
low, high = min(nuclear, key=nuclear.get), max(nuclear, key=nuclear.get)
display(
    Markdown(
        f"**What you see.** The term is least for *{low}* and greatest for *{high}*, "
        f"{nuclear[high] / nuclear[low]:.2f} times as much.\n\nThat an equal mixture has the least does not depend on this "
        "scene. No singular value is negative, so their sum is at least the root of the sum of their squares, which "
        "is the root of the sum of all squared abundances. Among abundances that sum to one, an equal mixture "
        "has the smallest sum of squares. So the nuclear norm prefers *few different* mixtures, not *pure* ones. "
        "Minimised under the constraint of eq. 14 alone, it gives every pixel the same equal mixture."
    )
)

# %% [markdown]
# ## Three layers without a nonlinearity between them are one
#
# Section II-D gives the nonlinear stream three layers because *three-layer neural networks can represent
# arbitrary nonlinear relationships*. They can, when there is a nonlinearity between the layers. Here there is none, and
# a product of three matrices is one matrix,
#
# $$\hat X_{nlin} = \mathrm{ReLU}(W_3 W_2 W_1 \mathbf{a}) = \mathrm{ReLU}(C\mathbf{a}),$$
#
# with a $C$ of $B \times R$ numbers. Our code multiplies it out first. The next cell compares that with applying one
# layer after the other, on the whole scene:

# %%
layers = [layer.weight for layer in network.nonlinear]
C = layers[2] @ layers[1] @ layers[0]
H = network.encode(data)
long = through(network.nonlinear, H, pattern)
short = torch.relu(H @ C.T)
error = (long - short).abs().max().item()
{
    "largest difference": error,
    "largest value": round(long.max().item(), 3),
    "numbers in the three layers": sum(w.numel() for w in layers),
    "numbers in C": C.numel(),
}

# %% [markdown]
# So the numbers of the three layers can express no more than the few in $C$. They change how a step of training moves
# $C$, not which functions the stream can represent.
#
# Which functions are these? Each band has one row of $C$. Abundances are not negative, so:
#
# - a row with no negative number is never cut: that band is **linear** in the abundances;
# - a row with no positive number is always cut: that band is **silent**, and gets no gradient of its own;
# - only a row with both has a **bend**, one straight fold through the origin.
#
# How many of each does a new network have? The table counts them in ten draws of PyTorch's initialisation:

# %%
kinds, cut = [], []
for seed in range(10):
    torch.manual_seed(seed)
    fresh = without_dropout.network(spectra).double().to(run.device)
    H = fresh.encode(data)
    first, second, third = (layer.weight for layer in fresh.nonlinear)
    C = third @ second @ first
    below, above = (C < 0).any(1), (C > 0).any(1)
    kinds.append(
        [
            (~below).sum().item(),
            (~above).sum().item(),
            (below & above).sum().item(),
        ]
    )
    lit = H[H.sum(1) > 0]  # a pixel without abundances has nothing to cut
    cut.append((lit @ C.T < 0).double().mean().item())
kinds = pd.DataFrame(kinds, columns=["linear", "silent", "bent"])
kinds["share of values cut"] = cut
plotting.number_table(
    kinds.rename_axis("draw"),
    f"Bands of the nonlinear stream of new networks, VCA's start, on {ledger.describe(image)}",
)

# %% tags=["hide-input"]
mean = kinds.mean()
display(
    Markdown(
        f"**What you see.** Of {B} bands, {mean['bent']:.0f} have a bend on average over {len(kinds)} draws; "
        f"{mean['linear']:.0f} are linear and {mean['silent']:.0f} silent. The ReLU cuts "
        f"{min(cut):.0%} to {max(cut):.0%} of all values, because the signs come from the random second and third "
        "layers.\n\nIf training made every number of $C$ "
        "non-negative, as spectra are, the ReLU would never act and the whole decoder would be linear: "
        "$(w_{d1} W + w_{d2} C)\\mathbf{a}$."
    )
)

# %% [markdown]
# ### The nonlinear stream can darken a mixture, not brighten it
#
# A ReLU of a straight line is convex: halfway between two mixtures it lies on or below the mean of both.
# The usual models of light that is reflected from one material to another add the product of two spectra and
# two abundances, $a_i a_j\, \mathbf{m}_i \odot \mathbf{m}_j$, and that lies *above*. Halfway between two
# pure materials, in reflectance (VCA's spectra, with values below zero set to zero):

# %%
pure = torch.eye(R, dtype=torch.float64, device=run.device)
decoded = network.decode(pure)
light = spectra.clamp(min=0)
halfway = {}
for i, j in itertools.combinations(range(R), 2):
    middle = network.decode((pure[i] + pure[j])[None] / 2)[0]
    halfway[f"VCA's {i + 1} and {j + 1}"] = {
        "decoder, lowest": (middle - (decoded[i] + decoded[j]) / 2).min(),
        "decoder, highest": (middle - (decoded[i] + decoded[j]) / 2).max(),
        "bilinear, lowest": (light[i] * light[j] / 4).min(),
        "bilinear, highest": (light[i] * light[j] / 4).max(),
    }
halfway = pd.DataFrame(halfway).T.astype(float)
plotting.number_table(
    halfway.round(12) + 0.0,  # no −0.0000
    "Halfway between two materials, minus the mean of both: lowest and highest over the bands, on "
    + ledger.describe(image),
)

# %% tags=["hide-input"]
display(
    Markdown(
        f"**What you see.** Over all bands and pairs, the decoder's bend runs from {halfway['decoder, lowest'].min():.4f} to "
        f"{abs(halfway['decoder, highest'].max()):.4f}, the bilinear one from "
        f"{halfway['bilinear, lowest'].min():.4f} to {halfway['bilinear, highest'].max():.4f}. As $w_{{d2}}$ "
        "is never negative, no training turns the first into the second: between two materials the decoder "
        "can darken a mixture, as an intimate mixture of grains does, but it cannot brighten it, as light between a tree "
        "and the ground does."
    )
)

# %% [markdown]
# ## What the paper leaves open, and what we chose
#
# No code is public. Where the text is silent, the reading `paper` uses PyTorch's defaults. What other choices
# change is measured on [the page of the search](09-search).

# %% tags=["hide-input"]
conv, norm = network.spatial[0], network.spatial[1]
training = settings.training
said = ledger.text_table("ssanu")
seed_printed = int(said.loc["all", "seed"])
bias = {True: "no", False: "yes"}
display(
    Markdown(
        f"""
| item | the paper | reading `paper` |
|---|---|---|
| batch | – | the whole image, one step an epoch |
| stride | a *stride strategy* | {conv.stride[0]}, by [Table VIII](11-cost) |
| padding | – | zeros, {conv.padding[0]} a side for the kernel of {conv.kernel_size[0]} |
| bias | – | encoder: {bias[conv.bias is None]}; decoder: {bias[network.linear.bias is None]}, so that zero abundances give a zero spectrum |
| memory of batch norm | – | {norm.momentum:g} a step, PyTorch's default |
| dropout rate | – | {settings.dropout:g} |
| initialisation | the spectra, in the first layer of both decoders | the rest by PyTorch's {settings.initialisation} |
| which spectra | *VCA or field measurements* | `{settings.start}` |
| scale of the pixels | – | `{settings.normalisation}`: raw reflectance |
| weights of the streams | in [0, 1] | a `{settings.hold}` after each step |
| eq. 13 over the bands | the square of a vector | their `{settings.reconstruction}` |
| learning rate | an *initial* one | {"constant" if training.decay is None else f"decays: {training.decay}"} |
| gradients | – | {"not clipped" if training.clip is None else f"clipped at {training.clip:g}"} |
| spectra below zero | – | {"set to zero" if settings.nonnegative else "allowed"} |
| ReLU | *each layer* (II-C), or not block 3 (Table I) | Table I, and after the sum |
| abundances at the end | – | {settings.abundance_scaling} |
| matching to the reference | – | the order with the least squared error of the abundances |
| seeds | one, {seed_printed} | several, with their spread |
"""
    )
)

# %% [markdown]
# The paper prints these settings for each scene (Sections III-B to III-E); the table shows the values in our code:

# %% tags=["hide-input"]
ROWS = {
    "epochs": lambda s: s.training.updates,
    "initial learning rate": lambda s: s.training.learning_rate,
    "initial w_e1": lambda s: s.encoder_weights[0],
    "initial w_e2": lambda s: s.encoder_weights[1],
    "initial w_d1": lambda s: s.decoder_weights[0],
    "initial w_d2": lambda s: s.decoder_weights[1],
    "lambda": lambda s: s.sum_to_one,
    "gamma": lambda s: s.sparsity,
}
given = said[list(ROWS)].dropna()
held = pd.DataFrame(
    {
        name: {row: get(ssanu.settings(name)) for row, get in ROWS.items()}
        for name in given.index
    }
)
equal = int(np.isclose(held.T[list(ROWS)], given, rtol=1e-12).sum())
display(
    plotting.number_table(
        held.map(lambda v: f"{v:g}").rename(
            columns=lambda n: n.replace("-", " ").title()
        ),
        f"Settings by scene; {equal} of {given.size} equal what the paper prints",
    )
)

# %% [markdown]
# The two weights of a pair sum to one at the start, but nothing keeps their sum at one: each is learnt on its own.
# A weight cannot be interpreted alone either. Doubling a stream and halving its weight leaves the output unchanged, so
# a small $w_{d2}$ does not mean *little nonlinear scattering*.
#
# ## What holds up, and what does not
#
# - **Tables I and II** can be built as printed. They leave open where the encoder's last ReLU stands.
# - **The three layers** of the nonlinear stream are equivalent to one. It has one bend a band at most, in the opposite
#   direction to that of bilinear models of light. So it does not represent *higher order* interactions.
# - **The nuclear norm** is not a sparse constraint. It is smallest where every pixel is the same equal mixture.
# - **The weights** of the streams have no scale of their own, so they do not measure what they are named for.
# - **Brightness** has no place in eqs. 1 to 3, and the paper does not say how it scales its pixels.
#
# The measures of Section II-F, eqs. 17 and 18, have a page of their own:
# [one estimate, every convention](../guide/01-metric-conventions).
#
# ## Exercises
#
# **1.** Put a ReLU after each of the three layers. For a new network and the scene's abundances, does the
# first one act? Does the second?
#
# :::{dropdown} A solution
# ```python
# values = reference
# for layer in network.nonlinear:
#     values = layer(values)
#     print((values < 0).double().mean().item())
#     values = torch.relu(values)
# ```
# The first layer holds spectra and the abundances are not negative, so it has little to cut; the second
# layer is random, and there the ReLU acts. Two bends in a row can make a shape that is not convex: this
# stream *could* do what its name says.
# :::
#
# **2.** Minimise the nuclear norm alone: start from the reference, follow its gradient, and project the
# abundances to zero or more and a sum of one after each step. Where do they end?
#
# :::{dropdown} A solution
# ```python
# a = reference.clone()
# for step in range(200):
#     u, s, v = torch.linalg.svd(a, full_matrices=False)
#     a = a - u @ v  # the slope of the sum of s
#     a = (a + (1 - a.sum(1, keepdim=True)) / R).clamp(min=0)
#     a /= a.sum(1, keepdim=True)
# print(torch.linalg.svdvals(a).sum(), a.std(0), a.mean(0))
# ```
# Compare the norm with the first row of the table above, and the spread over the pixels with zero.
# :::
