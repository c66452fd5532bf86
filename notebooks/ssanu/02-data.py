# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The data and the two scores
#
# Section III-A of the SSANU-Net paper {cite}`chen2023ssanu` names one synthetic and three real images: **Fig. 2**
# shows the real ones in natural colours, **Fig. 3** the five spectra of the synthetic one. Section II-F defines
# the two scores that all its tables are made of. This page examines both before any network runs.
#
# What this page finds, in three lines:
#
# - Samson and Jasper Ridge are available whole, Urban only in part, and the synthetic image not at all.
# - The reference abundances of Samson and Jasper Ridge are, nearly, a least squares solution for given spectra.
# - The score of spectra compares sets of nearly pure pixels. It says little about the abundances of all other pixels.
#
# - **You need** only the words *endmember* (the spectrum of one material) and *abundance* (its fraction of a
#   pixel); the [glossary](../../glossary) has more.
# - **You will learn** which part of each image is available; how pure and how uneven the images are; what a prediction
#   that knows nothing scores; and what a score of spectra sees of an error in the maps.

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
# - `scene`: what stands for Urban: `urban-crop-ne`, `urban-crop-s`, or `urban` where the whole image is at hand.
# - `bands`: of the synthetic image; the paper's are 431.
# - `profile`: `quick`, or `full`, which records what it measures.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
bands: int = 0

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.pipeline import resolve
from mixedpixels.unmixing import NNLS, ConstantPrediction, normalise

run = resolve("ssanu/02-data", globals())
run

# %% [markdown]
# ## Fig. 2: the real images in natural colours
#
# Red, green and blue are the bands nearest to 640, 550 and 460 nm, each stretched from its 2nd to its 98th
# percentile. Of Urban, real fragments are available. [The data's page](../../generated/data) says what is known of
# each file.

# %%
images = {
    name: scenes.load(name, twin=run.twin)
    for name in ("jasper-ridge", "samson", run.scene)
}
for image in images.values():
    colours = plotting.colour_image(image.cube, image.wavelengths)
    ledger.record(
        "ssanu/figure-2",
        scene=image,
        run=run,
        arrays={"colours": np.round(255 * colours).astype(np.uint8)},
    )

# %% tags=["hide-input"]
canvas, axes = plotting.figure.new(8, 3.4, ncols=len(images))
for ax, image in zip(axes, images.values(), strict=True):
    ax.imshow(plotting.colour_image(image.cube, image.wavelengths))
    ax.set_title(ledger.describe(image), fontsize=9)
    ax.set_axis_off()
display(
    plotting.picture(
        canvas,
        "Three images in near-natural colours: "
        + "; ".join(
            f"{image.title}, {image.shape[0]} by {image.shape[1]} pixels"
            for image in images.values()
        )
        + ".",
        "Fig. 2: the real images that are available, in near-natural colours.",
    ),
    Markdown(
        "**What you see.** Each panel is one image, at its own scale: Jasper Ridge and Samson are vegetation, soil and "
        "water, Urban is a built-up area."
        if not any(i.origin == "twin" for i in images.values())
        else "**What you see.** Each panel is one image; those named as twins are simulated."
    ),
)

# %% [markdown]
# ## Purity, brightness, and where the references come from
#
# Four numbers decide much of what follows:
#
# - *Pure pixels*: how many pixels have more than 0.9 of a material. Only these enter the score of spectra.
# - *Unevenness*: among them, how many times brighter the 95th percentile is than the 5th.
# - *Constant*: the RMSE of eq. 18 (below) of a prediction that gives every pixel the mean abundances. A method that
#   scores worse has learnt nothing.
# - *Circular*: the RMSE of non-negative least squares with the reference's own spectra, divided by the sum, with the
#   spectra as they stand or scaled to a largest value of one.

# %%
lines = {}
for image in images.values():
    pixels, reference = image.pixels, image.pixel_abundances
    length = np.linalg.norm(pixels, axis=1)
    pure = reference > 0.9
    spread = [
        np.percentile(length[column], 95) / np.percentile(length[column], 5)
        for column in pure.T
        if column.sum() > 1
    ]
    answers = {
        "constant": ConstantPrediction()
        .fit(pixels, reference)
        .transform(pixels),
        "circular": NNLS(
            image.endmembers, renormalise=True, device=run.device
        ).fit_transform(pixels),
        "circular, scaled": NNLS(
            normalise(image.endmembers, "max"),
            renormalise=True,
            device=run.device,
        ).fit_transform(pixels),
    }
    lines[ledger.describe(image)] = {
        "pixels": f"{len(pixels):,}",
        "bands": str(image.shape[2]),
        "pure pixels": ", ".join(
            f"{name} {count}"
            for name, count in zip(
                image.endmember_names, pure.sum(axis=0), strict=True
            )
        ),
        "unevenness": f"{min(spread):.1f} to {max(spread):.1f}",
        **{
            name: f"{metrics.abundance_rmse(found, reference, 'per_pixel'):.4f}"
            for name, found in answers.items()
        },
    }
facts = pd.DataFrame(lines)
plotting.number_table(
    facts, "What each image is like; RMSE as in eq. 18, a fraction."
)

# %% tags=["hide-input"]
from mixedpixels.chapters.ssanu import references

circular = {
    name: min(float(line["circular"]), float(line["circular, scaled"]))
    for name, line in lines.items()
}
display(
    Markdown(
        "**What you see.** Inside one material the brightness varies by the factor in the line *unevenness*, which "
        "misleads a method that takes brightness for material. The last two lines say where the references come from. "
        "The smaller circular error of each image is "
        + ", ".join(
            f"{circular[name]:.4f} for {name} ({circular[name] / float(lines[name]['constant']):.0%} of the constant's)"
            for name in lines
        )
        + ". Where it is close to zero, the reference is, up to that error, least squares with those spectra. A score "
        "against it says how near a method comes to that computation."
        if not any(i.origin == "twin" for i in images.values())
        else "**What you see.** These are simulated twins. Their abundances are known and not computed, so the last two "
        "lines hold the error of least squares."
    )
)

# %% [markdown]
# ## Fig. 3: the spectra of the synthetic image
#
# The paper draws Matérn random fields, 128 × 128 pixels, for five spectra of the USGS library {cite}`clark1993` at
# 431 bands from 0.39 to 2.56 µm. It does not name the spectra in its text. The toolbox it used is not available,
# and neither is a library at those bands. So ours are chosen by a rule: at the wanted bands, the
# first five spectra of the public 1995 library, in its order, that are each more than 15° from those before.

# %%
library = scenes.load("usgs-1995", twin=run.twin)
apart = 5 if library.origin == "twin" else 15
first, last = 390.0, min(2560.0, library.wavelengths[-1])
shelf = library.at(np.linspace(first, last, run.bands)).pruned(
    np.radians(apart)
)
made = scenes.synthetic(shelf, list(range(5)), 128, 128)
figure3 = ledger.record(
    "ssanu/figure-3",
    scene=made,
    run=run,
    arrays={
        "wavelengths": made.wavelengths.astype(np.float32),
        "spectra": made.endmembers,
    },
)

# %% tags=["hide-input"]
label, arrays = figure3.drawings[0]
*_, nearest = references.nearest_pair(arrays["spectra"])
display(
    plotting.plot_spectra(
        {
            "five spectra": dict(
                zip(made.endmember_names, arrays["spectra"], strict=True)
            )
        },
        arrays["wavelengths"],
        "reflectance",
        f"Reflectance of {', '.join(made.endmember_names)} from {first:.0f} to {last:.0f} nm; the two nearest are "
        f"{nearest:.2f} rad apart.",
        f"Fig. 3 ({label}): the spectra of our synthetic image.",
    ),
    Markdown(
        f"**What you see.** {len(arrays['wavelengths'])} bands from {first:.0f} to {last:.0f} nm, interpolated between the "
        f"library's {len(library.wavelengths)}; the paper's 2560 nm lie beyond the library's end, "
        f"{library.wavelengths[-1]:.0f} nm. The two nearest spectra are {nearest:.2f} rad apart. Interpolation adds bands, "
        "but no information: neighbouring bands hold nearly the same."
    ),
)

# %%
figure = plotting.abundance_maps(
    {"synthetic": made.abundances},
    [name.split()[0] for name in made.endmember_names],
    "Five smooth abundance maps of the synthetic image; mean abundances "
    + ", ".join(f"{m:.2f}" for m in made.pixel_abundances.mean(axis=0)),
    "The abundances: the softmax of five Matérn fields. Pixels above 0.9: "
    + ", ".join(str(n) for n in (made.pixel_abundances > 0.9).sum(axis=0)),
)
figure

# %% [markdown]
# **What you see.** Each panel is the abundance map of one spectrum, yellow where a pixel is all of it. Abundances vary
# smoothly, with pure regions and mixed borders. The caption counts the pure pixels of each spectrum.
#
# ## What each of the two scores notices
#
# For the maps, eq. 18, with $N$ pixels, true abundances $\boldsymbol{\alpha}_i$ and estimates
# $\hat{\boldsymbol{\alpha}}_i$,
#
# $$\mathrm{RMSE} = \sqrt{\frac1N \sum_{i=1}^N \|\boldsymbol{\alpha}_i - \hat{\boldsymbol{\alpha}}_i\|_2^2},$$
#
# which is $\sqrt R$ times the error that averages over the $R$ endmembers
# ([one estimate under every convention](../guide/01-metric-conventions)). For the spectra, eq. 17, the angle
# between two of them; but both are *means of the pixels whose abundance exceeds 0.9*, by the reference and by the
# method. So it compares two sets of pixels.
#
# How large can the error of the maps become before the angle notices? To find out, the reference's own maps are
# flattened step by step towards their mean. The RMSE grows in proportion. The angle does not.

# %%
image = images["samson"]
reference = image.pixel_abundances
steps = np.linspace(0, 1, 21)
flat = reference.mean(axis=0)
scored = [
    metrics.unmixing_scores(
        image.pixels, (1 - step) * reference + step * flat, reference
    )
    for step in steps
]
rmse = np.array([s.rmse["per_pixel"] for s in scored])
angle = np.array([s.angles.mean() for s in scored])
ordinary = np.array([min(s.pure) > 0 for s in scored])  # no stand-in is needed

# %% tags=["hide-input"]
final = int(np.flatnonzero(ordinary)[-1])
least = min(
    (c for c in ledger.claims("ssanu/table-3") if c.row == "Mean SAD"),
    key=lambda c: c.value,
)
canvas, ax = plotting.figure.new(6, 3)
ax.plot(steps, rmse, color=plotting.figure.PALETTE[0], label="RMSE (eq. 18)")
ax.plot(
    steps[ordinary],
    angle[ordinary],
    color=plotting.figure.PALETTE[1],
    ls="--",
    marker="o",
    ms=4,
    label="mean angle (eq. 17), radians",
)
ax.axvspan(steps[final], 1, color=plotting.figure.MASKED, alpha=0.5)
ax.text(
    (steps[final] + 1) / 2,
    rmse[-1] / 8,
    "no pixel above 0.9 for a material",
    ha="center",
    fontsize=8,
)
ax.set_xlabel("fraction of the constant in the maps")
ax.set_ylabel("RMSE (a fraction), angle (radians)")
ax.legend()
display(
    plotting.picture(
        canvas,
        f"As the reference's maps are flattened, the RMSE rises in a straight line to {rmse[-1]:.2f}; the mean angle "
        f"goes from {angle[0]:.3f} to {angle[final]:.3f} radians at a fraction of {steps[final]:.2f}, beyond which it is not "
        "defined.",
        f"Flattening the maps of {ledger.describe(image)}: what the two scores see. Grey: eq. 17 is not defined.",
    ),
    Markdown(
        "**What you see.** The RMSE rises in a straight line, from left to right. Up to a fraction of "
        f"{steps[final]:.2f} it rises to {rmse[final]:.3f}, and the mean angle to {angle[final]:.4f} rad; the lowest that "
        f"Table III prints is {least.printed} ({least.column}).\n\nBeyond that fraction some material has no pixel above "
        "0.9, so eq. 17 is not defined. The tables of this book then take the pixel of largest abundance, which is the "
        f"same pixel however flat the map is. The angle stays at {angle[-2]:.3f} rad while the RMSE goes on to "
        f"{rmse[-1]:.3f}. So an angle says which pixels a method takes for the purest, and little about all the others."
    ),
)

# %% [markdown]
# ## What holds up, and what does not
#
# - **The images** of Samson and Jasper Ridge are available whole, and Urban in fragments. The synthetic one can only be
#   made again with other spectra.
# - **The references** are computations wherever the circular error is close to zero.
# - **The range of noise** is stated three times in three ways: 0 to 40 dB, 20 to 40 dB, and 0, 20 and 40 dB.
# - **The score of spectra** compares sets of pixels. Whether it is defined depends on how pure a method's maps become.
#
# ## Exercises
#
# **1.** Move the threshold of eq. 17 from 0.9 to 0.5. What does the curve of the angle do?
#
# :::{dropdown} A solution
# ```python
# truth, _ = metrics.pure_pixel_spectra(image.pixels, reference, 0.5)
# for step in (0, 0.3, 0.6):
#     found, _ = metrics.pure_pixel_spectra(image.pixels, (1 - step) * reference + step * flat, 0.5)
#     print(step, metrics.spectral_angle(found, truth).mean())
# ```
# :::
#
# **2.** Make the synthetic image sharper or flatter (`sharpness`). How does the constant's RMSE change?
#
# :::{dropdown} A solution
# ```python
# for sharpness in (1, 2.5, 5):
#     a = scenes.synthetic(shelf, list(range(5)), 128, 128, sharpness=sharpness).pixel_abundances
#     print(sharpness, metrics.abundance_rmse(np.broadcast_to(a.mean(axis=0), a.shape), a, "per_pixel"))
# ```
# :::
