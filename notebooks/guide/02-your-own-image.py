# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your own image
#
# You have an image with many bands and want to know tonight what is in its pixels. One command does it:
#
# ```bash
# mixedpixels unmix image.hdr --endmembers 5 --out unmixed
# ```
#
# This page runs the same on a file that it makes, shows every step, and asks how good the answer is.
#
# - **You need** an ENVI file (`.hdr` and its data), a GeoTIFF or a MATLAB file; here we make one.
# - **You will learn** what the command does, how to read its report, and three ways to be misled.

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

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "samson"
device: str = "auto"
endmembers: int = 0
starts: int = 0

# %%
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
import spectral
from IPython.display import Markdown, display

from mixedpixels import ledger, plotting, products, scenes
from mixedpixels.pipeline import resolve

run = resolve("guide/02-your-own-image", globals())
run

# %% [markdown]
# ## A file
#
# We write a scene as an ENVI image, as a sensor's software would: the data, and a header with wavelengths
# and a geo-reference (here an invented one). Two bands are marked as bad. A corner has no data and is filled
# with the header's ignore value.

# %%
image = scenes.load(run.scene, twin=run.twin)
temporary = tempfile.TemporaryDirectory()  # removed when the notebook ends
folder = Path(temporary.name)
cube = image.cube.copy()
cube[:8, :8] = -9999
bad = np.ones(image.shape[2], dtype=int)
bad[[0, -1]] = 0
spectral.envi.save_image(
    str(folder / "image.hdr"),
    cube,
    metadata={
        "wavelength": [f"{w:.2f}" for w in image.wavelengths],
        "wavelength units": "Nanometers",
        "bbl": bad.tolist(),
        "data ignore value": -9999,
        "map info": ["UTM", 1, 1, 600000, 4000000, 5, 5, 16, "North", "WGS-84"],
    },
)
image

# %% [markdown]
# ## One command
#
# `mixedpixels unmix image.hdr --endmembers 3 --out unmixed` calls this function:

# %%
report = products.unmix(
    folder / "image.hdr",
    folder / "unmixed",
    n_endmembers=run.endmembers,
    starts=run.starts,
    device=run.device,
)
files = [(p.name, p.stat().st_size) for p in sorted(report.folder.iterdir())]
plotting.number_table(
    pd.DataFrame(files, columns=["file", "bytes"]),
    "The files in the folder",
    index=False,
)

# %% [markdown]
# What it did:
#
# 1. It **read** the image in blocks of rows and masked pixels without data. ENVI files, GeoTIFFs and MATLAB
#    7.3 files are never in memory as a whole. The peak depends on the number of bands, on a sample of pixels and
#    on one row of a GeoTIFF's tiles, but not on the number of rows ([measured peaks](../../generated/times)). A
#    MATLAB file of an earlier version is read as a whole.
# 2. It **divided** each pixel by its length. Otherwise a pixel in the shade looks like a mixture with
#    something dark. `--normalise none` keeps the brightness.
# 3. It **found** the endmembers, the spectra of the materials, by vertex component analysis (VCA)
#    {cite}`nascimento2005`, which picks the outermost pixels. It did so from several random starts on a sample
#    of the pixels and chose the start that reconstructs the sample best. No reference is used, because you
#    have none.
# 4. It **solved** for the abundances of every pixel, exactly, by fully constrained least squares (FCLS)
#    {cite}`heinz2001`: no abundance is negative, and they sum to one.
# 5. It **wrote** the maps with your geo-reference, the spectra with your wavelengths, and a report.
#
# Three options change this:
#
# - `--search edaa` takes averages of pixels as endmembers, chosen so that mixtures of them reproduce the sample
#   (archetypal analysis, EDAA {cite}`zouaoui2023`). The two searches are compared below.
# - `--method nnls` does not require that abundances sum to one and divides by the sum afterwards. A pixel may
#   then be darker or brighter than its endmembers.
# - `--method ssanu` fits a network of this book to the image. That takes minutes and more memory, and the answer
#   depends on the seed. [Samson](../ssanu/04-samson) shows whether a network is better than the endmembers it starts from.

# %%
maps = report.maps()
with rasterio.open(report.abundances) as file:
    print(file.crs, file.transform[:6], file.descriptions, sep="\n")

# %% tags=["hide-input"]
names = [f"endmember {k}" for k in range(1, run.endmembers + 1)]
display(
    plotting.abundance_maps(
        {"your image": maps},
        names,
        f"Abundance maps of the {run.endmembers} endmembers found, from 0, dark blue, to 1, yellow; the "
        "corner without data is grey. Mean abundances: "
        + ", ".join(f"{m:.2f}" for m in report.means),
        f"The maps of abundances.tif, from {ledger.describe(image)}.",
    )
)
spectra = pd.read_csv(report.endmembers)
display(
    plotting.plot_spectra(
        {
            "endmembers.csv": {
                name: spectra.iloc[:, k].to_numpy()
                for k, name in enumerate(names, start=1)
            }
        },
        spectra.iloc[:, 0].to_numpy(),
        "reflectance",
        f"Spectra of the {run.endmembers} endmembers found, over wavelength in nanometres; their largest "
        f"values are {', '.join(f'{v:.2f}' for v in spectra.iloc[:, 1:].max())}.",
        f"The spectra of endmembers.csv: pixels of {ledger.describe(image)}.",
    )
)

# %% [markdown]
# **What you see.** Nobody told the program what rock or water is. It found the outermost pixels. To call a
# spectrum that rises near 700 nm *vegetation* is your part.
#
# ## Is it right?
#
# Here we have a reference and can check. You will not have one, and the report cannot check. We run both
# searches on this image and on a second one, a fragment of Urban. Its reference names four materials, and
# two of them have hardly a pure pixel.

# %%
second = scenes.load("urban-crop-s", twin=run.twin)
spectral.envi.save_image(str(folder / "fragment.hdr"), second.cube)
table = pd.concat(
    {
        ledger.describe(scene): products.compare_searches(
            folder / name,
            scene.cube,
            scene.abundances,
            starts=run.starts,
            device=run.device,
        )
        for name, scene in (("image.hdr", image), ("fragment.hdr", second))
    },
    names=["image", "search"],
)
plotting.number_table(
    table.reset_index(),
    "Two searches on two images. The RMSE columns need the reference (which RMSE? see the page on "
    "conventions). The others you would have too: the relative residual, the largest difference of a mean "
    "abundance between starts or searches, and the seconds.",
    index=False,
)

# %% tags=["hide-input"]
better = table["RMSE, per pixel"].groupby(level="image").idxmin()
closer = table["median residual"].groupby(level="image").idxmin()
display(
    Markdown(
        "**What you see.** Closer to the reference is "
        + "; ".join(f"{search} on {name}" for name, search in better)
        + ". The smaller residual, which you would see too, has "
        + "; ".join(f"{search} on {name}" for name, search in closer)
        + ". "
        + (
            "So neither search is always better. That is why the faster one is the default. "
            if better.str[1].nunique() > 1
            else "On other images it may be the other way round. "
        )
        + "Where you can run both, compare them."
    )
)

# %% [markdown]
# ## Three ways to be misled
#
# - **A small residual is no proof.** More endmembers always reduce it, but the maps may mean less.
# - **The materials must be in the image.** VCA takes the outermost pixels, including those that noise or a
#   fault put there. EDAA's endmembers are averages and stay inside the cloud of pixels. Neither finds a material
#   that no pixel holds almost pure. In a scene where every pixel is mixed, both return mixtures.
# - **Normalised abundances are fractions of the light, not of the area.** After division by length, a material
#   counts for about the fraction of the pixel's light that comes from it. For a dark material beside a bright
#   one, this is less than its fraction of the area. Compare with `--normalise none` before you quote a
#   percentage. Exercise 3 shows the size of the difference.
#
# ## Exercises
#
# **1.** Ask for five endmembers. Which maps stay the same, which split?
#
# :::{dropdown} A solution
# ```python
# more = products.unmix(folder / "image.hdr", folder / "five", n_endmembers=5)
# plotting.abundance_maps({"five": np.nan_to_num(more.maps())}, list("12345"),
#                         "Five abundance maps of the same image, one per endmember.")
# ```
# :::
#
# **2.** Unmix without normalisation (`normalise="none"`). Where do the maps differ most, and how bright is
# the image there?
#
# :::{dropdown} A solution
# ```python
# from mixedpixels import metrics
#
# raw = products.unmix(folder / "image.hdr", folder / "raw", n_endmembers=3, normalise="none")
# other = raw.maps()
# valid = np.isfinite(maps).all(axis=2)
# order = metrics.match_endmembers(other[valid], maps[valid], by="abundance")
# difference = np.abs(other[..., order] - maps).max(axis=2)
# brightness = np.linalg.norm(image.cube, axis=2)
# np.corrcoef(difference[valid], brightness[valid])
# ```
# :::
#
# **3.** How much less than its area does a dark material get? Mix a bright and a dark spectrum with known areas,
# and compare.
#
# :::{dropdown} A solution
# ```python
# from mixedpixels.unmixing import FCLS
#
# wave = np.linspace(0, 1, 50)
# dark, bright = 0.08 - 0.04 * wave, 0.3 + 0.2 * wave
# area = np.random.default_rng(0).random((2000, 1))  # of the dark material
# pixels = area * dark + (1 - area) * bright
# spectra = np.stack([dark, bright])
# from_dark, from_bright = area * np.linalg.norm(dark), (1 - area) * np.linalg.norm(bright)
# print("area", area.mean(), "light", (from_dark / (from_dark + from_bright)).mean())
# for how in ("l2", "none"):
#     print(how, FCLS(spectra, normalise=how).fit_transform(pixels)[:, 0].mean())
# ```
# The dark material covers half of the area. With `l2` its mean abundance is its fraction of the light, less than
# half as much. Without normalisation it is the area, because these pixels are lit evenly.
# :::
