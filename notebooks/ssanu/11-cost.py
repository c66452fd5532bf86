# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The cost: operations, counted
#
# Section IV-C of the SSANU-Net paper {cite}`chen2023ssanu` compares the cost of four networks in *FLOPs*, on Samson
# and on Urban (**Table VIII**). No pixel is needed to check it: the cost follows from the layers and from the sizes that
# the text gives.
#
# **Finding.** The printed cost of SSANU-Net on Urban is that of its layers at stride 1, up to about the printed digits.
# The cost printed for Samson is not, under any reading tried here. The costs printed for CyCU-Net are many times what
# its public network needs. 3DCNN-var cannot be counted, because its layers are not public.
#
# - **You need** [the framework](01-framework) for the layers. Terms are explained in the
# [glossary](../../glossary.md).
# - **You will learn** to count operations before you believe a table of them, what a printed cost says about a text that
# does not mention strides, and how the same numbers can be computed with fewer operations.

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
# There is nothing to set. The count has no random part, and both profiles do the same.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "samson"
device: str = "auto"

# %%
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch
from IPython.display import Markdown, display
from torch import nn
from torch.nn import functional as F

from mixedpixels import ledger, plotting, scenes
from mixedpixels.models import Image, ssanu
from mixedpixels.models.operations import (
    multiply_accumulates,
    of_layers_at_every_pixel,
)
from mixedpixels.models.rivals import cycunet, suncnn
from mixedpixels.pipeline import resolve

run = resolve("ssanu/11-cost", globals())
torch.set_grad_enabled(False)  # nothing is trained on this page
run

# %% [markdown]
# ## Layer by layer
#
# A convolution multiplies and adds once for each number of its kernel, each input, each unit and each pixel. The paper
# gives the sizes of its scenes. For Urban it lists the bands that it removed, not the number that remained; the difference is
# our computation.

# %%
image = scenes.load(run.scene, twin=run.twin)
said = ledger.text_table("ssanu")
said["bands"] = said["bands"].fillna(
    said["original bands"] - said["removed bands"]
)
sizes = said[["image rows", "image columns", "bands", "endmembers"]]
sizes = sizes.dropna().astype(int).sort_values("bands")
STREAMS = ("spatial", "spectral", "linear", "nonlinear")


def made(model, place):
    """A new network for a scene of the paper."""
    _, _, bands, endmembers = sizes.loc[place]
    return model.settings(place).network(torch.zeros(endmembers, bands))


def layers(network):
    """A line for each layer that multiplies, stream by stream."""
    lines = {}
    for stream in STREAMS:
        kept = [
            layer
            for layer in getattr(network, stream).modules()
            if isinstance(layer, nn.Conv2d | nn.Linear)
        ]
        for k, layer in enumerate(kept, start=1):
            units, inputs = layer.weight.shape[:2]
            lines[f"{stream} {k}"] = {
                "kernel": getattr(layer, "kernel_size", (1,))[0],
                "inputs": inputs,
                "units": units,
                "a pixel": layer.weight.numel(),
            }
    return pd.DataFrame(lines).T


counted = layers(made(ssanu, run.scene))
shares = counted["a pixel"] / counted["a pixel"].sum()
plotting.number_table(
    counted.assign(share=[f"{s:.1%}" for s in shares]),
    f"Layers for {run.scene}; “a pixel”: multiply–accumulates for one pixel at stride 1, “share”: of all",
)

# %% [markdown]
# For each scene of the paper:

# %%
printed = {(c.row, c.scene): c for c in ledger.claims("ssanu/table-8")}
lines = []
for place, (rows, columns, bands, endmembers) in sizes.iterrows():
    network = made(ssanu, place)
    cost = of_layers_at_every_pixel(network, rows, columns)
    claim = printed.get(("SSANU-Net", place))
    lines.append(
        {
            "scene": place.replace("-", " ").title(),
            "size": f"{rows} × {columns}",
            "bands": bands,
            "endmembers": endmembers,
            "parameters": f"{sum(p.numel() for p in network.parameters()):,}",
            "multiply–accumulates": f"{cost / 1e9:.3f} G",
            "Table VIII": claim.printed if claim else "–",
        }
    )
plotting.number_table(
    pd.DataFrame(lines),
    "The network for each scene of the paper: stride 1, same padding; parameters with the four fusion weights",
    index=False,
)

# %% [markdown]
# Table VIII speaks of FLOPs. It must mean multiply–accumulates. Counted as two operations each, our numbers would be
# twice as large, and far from both printed ones.
#
# ## Which stride?
#
# Section II-C says that *a stride strategy is used to compress the data instead of a pooling layer to reduce the
# size of the features*. It does not say which size. The table below compares four readings with the two printed costs.


# %%
def multiplications(place, stride=1, padded=True):
    """Multiply–accumulates of one pass under a reading of the text."""
    rows, columns, _, _ = sizes.loc[place]
    total, ends = 0, []
    table = layers(made(ssanu, place))
    for stream in STREAMS[:2]:
        size = np.array([rows, columns])
        for name, layer in table.iterrows():
            if name.startswith(f"{stream} "):
                size = size if padded else size - (layer["kernel"] - 1)
                size = -(-size // stride) if name.endswith(" 1") else size
                total += layer["a pixel"] * size.prod()
        ends.append(size)
    pixels = np.min(ends, axis=0).prod()  # where both streams have a value
    decoder = table.index.str.startswith(STREAMS[2:])
    return int(total + table.loc[decoder, "a pixel"].sum() * pixels)


def extras(place):
    """Operations that some counters add: bias, batch norm (two a value), ReLU."""
    rows, columns, bands, endmembers = sizes.loc[place]
    network, a_pixel = made(ssanu, place), endmembers + bands  # two late ReLUs
    for stream in (network.spatial, network.spectral):
        for layer in stream:
            if isinstance(layer, nn.Conv2d):
                units = layer.out_channels
                a_pixel += units
            a_pixel += units * (
                2 * isinstance(layer, nn.BatchNorm2d)
                + isinstance(layer, nn.ReLU)
            )
    return int(a_pixel * rows * columns)


places = [place for row, place in printed if row == "SSANU-Net"]
ways = {
    "stride 1, same padding": {},
    "stride 1, no padding": {"padded": False},
    "stride 2 in block 1": {"stride": 2},
}
PLAIN, FULLER = (
    "stride 1, same padding",
    "stride 1, with bias, batch norm and ReLU",
)
costs = {
    way: {place: multiplications(place, **how) for place in places}
    for way, how in ways.items()
}
costs[FULLER] = {place: costs[PLAIN][place] + extras(place) for place in places}
frame = pd.DataFrame(costs).T.map(lambda v: f"{v / 1e9:.2f} G")
frame.loc["printed"] = {p: printed["SSANU-Net", p].printed for p in places}
plotting.number_table(
    frame.rename(columns=str.title),
    "Operations of one pass, by what the stride and the padding are",
)


# %% tags=["hide-input"]
def ratio(values):
    return max(values.values()) / min(values.values())


parts = []
for place in places:
    claim = printed["SSANU-Net", place]
    hits = [
        way
        for way, values in costs.items()
        if abs(values[place] - claim.value) <= claim.half_digit
    ]
    off = {
        way: values[place] / claim.value - 1 for way, values in costs.items()
    }
    parts.append(
        f"**{place.title()}**, printed {claim.printed}: stride 1 is off by {off[PLAIN]:+.1%}, with the extras "
        f"{off[FULLER]:+.1%}, stride 2 by {off['stride 2 in block 1']:+.0%}. "
        + (
            f"To the printed digits: *{', '.join(hits)}*."
            if hits
            else "No reading gives the printed digits."
        )
    )
claimed = {p: printed["SSANU-Net", p].value for p in places}
display(
    Markdown(
        "**What you see.** "
        + " ".join(parts)
        + " A stride above 1 is out: it costs a fraction of what is printed, and the code would no longer "
        "have one column a pixel, as eq. 6 has. So the features shrink in channels, not in size, and we take "
        "stride 1 with same padding. No rule of the table gives both printed numbers: their ratio is "
        f"{ratio(claimed):.1f}, those of the rules run from {min(map(ratio, costs.values())):.1f} to "
        f"{max(map(ratio, costs.values())):.1f}."
    )
)

# %% [markdown]
# ## Table VIII
#
# The table counts the rivals in the same way. CyCU-Net encodes and decodes twice. The cost of SUnCNN grows with its
# library, whose size the paper does not give. It is counted with one spectrum for each material, and in the text below with
# 240, as in its demonstration. The layers of 3DCNN-var are not public.


# %%
def counted_pass(model, place):
    """Multiply–accumulates of one pass over a scene of the paper."""
    rows, columns, bands, _ = sizes.loc[place]
    network = made(model, place)
    if model is ssanu:  # its decoder is multiplied out first; as it stands:
        return of_layers_at_every_pixel(network, rows, columns)
    return multiply_accumulates(network, rows, columns, bands)


models = {"SUnCNN": suncnn, "CyCu-net": cycunet, "SSANU-Net": ssanu}
found = {}
for place in places:
    found |= {
        (name, place): counted_pass(m, place) for name, m in models.items()
    }
    table8 = ledger.record(
        "ssanu/table-8",
        # counted from the sizes alone, so the scene is its name
        scene=SimpleNamespace(name=place, origin=image.origin, hashes={}),
        run=run,
        cells=[
            ledger.Cell(
                name,
                printed[name, place].column,
                "macs:forward",
                (found[name, place],),
                deterministic=True,
                note="counted from the layers and the printed sizes",
            )
            for name in models
        ],
        metrics={
            "macs:forward": "multiply–accumulates of the layers in one pass over the image"
        },
    )
table8

# %% tags=["hide-input"]
larger = {
    place: multiply_accumulates(
        suncnn.settings(place).network(
            torch.zeros(240, sizes.loc[place, "bands"])
        ),
        *sizes.loc[place].iloc[:3],
    )
    for place in places
}
ratios = {key: printed[key].value / cost for key, cost in found.items()}
display(
    Markdown(
        "**What you see.** Printed over counted: "
        + "; ".join(
            f"{name}, {place.title()}: {r:.2f}"
            for (name, place), r in ratios.items()
        )
        + ". "
        + (
            ", ".join(
                f"{name} on {place.title()}"
                for (name, place), r in ratios.items()
                if abs(r - 1) < 0.05
            )
            or "none"
        )
        + " agree within 5 %. With a library of 240 spectra SUnCNN would need "
        + " and ".join(
            f"{v / 1e9:.2f} G ({p.title()})" for p, v in larger.items()
        )
        + ": the printed costs fit a library of one spectrum a material. CyCU-Net's printed costs are "
        + " and ".join(f"{ratios['CyCu-net', p]:.0f}" for p in places)
        + " times what its public network needs: printed for a network of single pixels is more than for SSANU-Net, whose "
        "kernels of 5 × 5 pixels are most of its work. And a pass is not a fit: a cost in operations also wants the "
        f"number of passes, {ssanu.settings('samson').training.updates} here for SSANU-Net, "
        f"{cycunet.settings('samson').training.updates} for CyCU-Net and {suncnn.settings('samson').training.updates} or more for "
        "SUnCNN in their demonstrations."
    )
)

# %% [markdown]
# ## Two exact savings
#
# Both give the same numbers up to rounding.
#
# **The decoder** needs no layer after layer. Its three nonlinear layers are one matrix ([the framework](01-framework)).
# It is multiplied out once in a step, which costs very little, and each pixel then meets one small matrix.
#
# **The 5×5 convolution** is most of the work. Its input is the image, which never changes. Winograd's minimal filtering
# transforms tiles of the image, and the kernel, to another domain, where a convolution is an element-wise product. The
# transform of the image is computed once in a fit. The table compares our layer with PyTorch's `conv2d`.

# %%
torch.manual_seed(0)
network = ssanu.settings(run.scene).network(
    torch.tensor(image.endmembers, dtype=torch.float64)
)
compared = {}
for dtype in (torch.float64, torch.float32):
    layer = network.spatial[0].to(run.device, dtype)
    same = Image(torch.tensor(image.cube, dtype=dtype, device=run.device))
    both = {
        "ours": lambda x=same, f=layer: f(x),
        "conv2d": lambda x=same, f=layer: F.conv2d(
            x.planes, f.weight, f.bias, padding=f.padding
        ),
    }
    outputs, seconds = {}, {}
    for name, way in both.items():
        way()  # the first call makes what is kept
        began = time.perf_counter()
        outputs[name] = way().double()
        outputs[name].sum().item()  # wait for the device
        seconds[name] = time.perf_counter() - began
    compared[str(dtype).removeprefix("torch.")] = {
        "largest difference": f"{(outputs['ours'] - outputs['conv2d']).abs().max().item():.0e}",
        "largest value": f"{outputs['conv2d'].abs().max().item():.2f}",
        "ours (ms)": f"{1e3 * seconds['ours']:.0f}",
        "conv2d (ms)": f"{1e3 * seconds['conv2d']:.0f}",
    }
plotting.number_table(
    pd.DataFrame(compared).T,
    f"The first convolution of {ledger.describe(image)}, forward, on this machine",
)

# %% tags=["hide-input"]
rows, columns, B, R = sizes.loc[run.scene]
N = rows * columns
kernel, inputs, units = counted.loc[
    "spatial 1", ["kernel", "inputs", "units"]
].astype(int)
products, tiles = same.tiles(kernel).shape[:2]
outputs_a_tile = (int(products**0.5) - kernel + 1) ** 2
literal = counted["a pixel"] * N
evaluated = literal.astype(float)
evaluated["spatial 1"] = (
    products * tiles * inputs * units  # number by number
    + products * kernel**2 * inputs * units  # the kernels, there
    + outputs_a_tile * products * tiles * units  # and the outputs, back
)
evaluated["nonlinear 1"] = N * R * B
evaluated["nonlinear 2"] = evaluated["nonlinear 3"] = B * B * R
figure, ax = plotting.figure.new(4.2, 4.4)
place = np.arange(len(literal))
ax.barh(
    place - 0.2,
    literal / 1e9,
    0.38,
    color=plotting.figure.PALETTE[0],
    label="layer by layer",
)
ax.barh(
    place + 0.2,
    evaluated / 1e9,
    0.38,
    color=plotting.figure.PALETTE[4],
    label="as our code does it",
    hatch="///",
    edgecolor="white",
    lw=0,
)
for y, (whole, name) in enumerate(
    zip(literal / 1e9, literal.index, strict=True)
):
    ax.text(
        whole + 0.05, y - 0.2, f"{shares[name]:.1%}", va="center", fontsize=8
    )
ax.set_yticks(place, literal.index)
ax.invert_yaxis()
ax.set_xlim(0, literal.max() / 1e9 * 1.16)
ax.set_xlabel("multiply–accumulates a pass (G)")
ax.grid(axis="x", alpha=0.3)
ax.legend(fontsize=8, loc="center right")
plotting.picture(
    figure,
    "Bars of the multiply–accumulates of each layer, layer by layer and as our code evaluates them. Shares "
    "of the first: "
    + ", ".join(f"{name} {s:.1%}" for name, s in shares.items())
    + f". In all {literal.sum() / 1e9:.2f} G against {evaluated.sum() / 1e9:.2f} G.",
    f"One pass over {image.title}: {literal.sum() / 1e9:.2f} G layer by layer, of which the bars' labels are "
    f"shares, and {evaluated.sum() / 1e9:.2f} G as evaluated.",
)

# %% tags=["hide-input"]
settings = ssanu.settings(run.scene)
display(
    Markdown(
        f"**What you see.** One layer, the 5×5 convolution, is {shares['spatial 1']:.0%} of all multiplications. A tile of "
        f"{outputs_a_tile} outputs takes {products} products in place of {outputs_a_tile} × {kernel**2}: "
        f"{products / outputs_a_tile:g} an output in place of {kernel**2}, and on this image, whose sides are no multiple "
        f"of the tile's, {products * tiles / N:.2f}. Evaluated so, it is {evaluated['spatial 1'] / evaluated.sum():.0%} of "
        f"a pass that is {literal.sum() / evaluated.sum():.1f} times smaller. The encoder weighs this stream with "
        f"{settings.encoder_weights[0]:g} at the start on this scene, its rival with "
        f"{settings.encoder_weights[1]:g}."
    )
)

# %% [markdown]
# ## What holds up, and what is open
#
# - **Table VIII**: some of its cells can be counted from the layers. Others cannot be what their network needs.
# - **SSANU-Net**: the cost printed for Urban is its cost at stride 1. The cost printed for Samson is not, and a stride
#   above 1 fits neither.
# - **A count is not a time.** The same numbers can be computed with fewer operations, and one pass is not a fit.
# - **Open**: the size of the library of SUnCNN, the layers of 3DCNN-var, and which version of CyCU-Net was counted.
#
# ## Exercises
#
# **1.** The 5×5 convolution looks at the neighbours in all bands. Let a 1×1 convolution bring the bands
# down to 16 channels first. What does a pass cost, and how many pixels does an output see?
#
# :::{dropdown} A solution
# ```python
# saved = 25 * B * 128 - (B * 16 + 25 * 16 * 128)
# print((literal.sum() - saved * N) / 1e9)
# ```
# It sees as many as before: a 1×1 convolution adds no neighbours.
# :::
#
# **2.** How large would SUnCNN's library have to be to cost as much as its convolutions?
#
# :::{dropdown} A solution
# ```python
# rows, columns, bands, _ = sizes.loc["samson"]
# for count in (3, 240, 10_000):
#     network = suncnn.settings("samson").network(torch.zeros(count, bands))
#     print(count, multiply_accumulates(network, rows, columns, bands) / 1e9)
# ```
# :::
