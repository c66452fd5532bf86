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
# You have an image with many bands, and want to know what is in its pixels tonight. One command:
#
# ```bash
# mixedpixels unmix image.hdr --endmembers 5 --out unmixed
# ```
#
# This page does the same on a file we make, so that you see every step, and what the answer is worth.
#
# - **You need** an ENVI file (`.hdr` with its data), a GeoTIFF or a MATLAB file; here we make one.
# - **You will learn** what the command does, how to read its report, and three ways to be fooled.

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

from mixedpixels import ledger, metrics, plotting, products, scenes
from mixedpixels.pipeline import resolve

run = resolve("guide/02-your-own-image", globals())
run

# %% [markdown]
# ## A file
#
# We write a scene as an ENVI image, as a sensor's software would: a header with wavelengths and a
# geo-reference (a made-up one), and the data beside it. Two bands are marked bad, and a corner without
# data is filled with the header's ignore value.

# %%
image = scenes.load(run.scene, twin=run.twin)
kept = tempfile.TemporaryDirectory()  # removed when the notebook ends
folder = Path(kept.name)
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
    endmembers=run.endmembers,
    starts=run.starts,
    device=run.device,
)
files = [(p.name, p.stat().st_size) for p in sorted(report.folder.iterdir())]
plotting.number_table(
    pd.DataFrame(files, columns=["file", "bytes"]),
    "What lies in the folder",
    index=False,
)

# %% [markdown]
# What it did:
#
# 1. **Read** the image in blocks of rows, so that a scene of any size passes through little memory, and
#    masked pixels without data.
# 2. **Divided** each pixel by its length: otherwise a pixel in the shade becomes a mixture with whatever
#    is dark. `--normalise none` keeps the brightness.
# 3. **Found** the endmembers by VCA {cite}`nascimento2005` from several starts on a sample of pixels, and
#    kept the start that reconstructs the sample best. No reference is used; you have none.
# 4. **Solved** fully constrained least squares {cite}`heinz2001` for every pixel, exactly.
# 5. **Wrote** the maps with your geo-reference, the spectra with your wavelengths, and a report.
#
# `--search edaa` takes averages of pixels instead, such that mixtures of them give the sample back (archetypal analysis,
# EDAA {cite}`zouaoui2023`); the two are compared below. `--method nnls` drops the demand that shares sum to one and
# divides by the sum afterwards, so a pixel may be
# darker or brighter than its endmembers. `--method ssanu` fits a network of this book to the image, which
# takes minutes and depends on its seed; whether a network beats what it starts from, see
# [Samson](../ssanu/04-samson).

# %%
with rasterio.open(report.abundances) as file:
    maps = np.moveaxis(file.read(), 0, -1)
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
# **What you see.** Nobody told the program what rock or water is. It found corners of the cloud of
# pixels; to call one that jumps up near 700 nm *vegetation* is your part.
#
# ## Is it right?
#
# Here we happen to have a reference, so we can look. You will not, and the report cannot. Both searches, on this image
# and on another one: a real fragment of Urban, whose reference names four materials, of which hardly a pixel is pure in
# two.


# %%
def both(file, other):
    """Unmix a file with either search; return search → what was found, and the scores."""
    found = {}
    for search in ("vca", "edaa"):
        made = products.unmix(
            file,
            file.parent / f"{file.stem}-{search}",
            endmembers=len(other.endmember_names),
            search=search,
            starts=run.starts,
            device=run.device,
        )
        with rasterio.open(made.abundances) as opened:
            shares = np.moveaxis(opened.read(), 0, -1)
        valid = np.isfinite(shares).all(axis=2)
        scores = metrics.unmixing_scores(
            other.cube[valid], shares[valid], other.abundances[valid]
        )
        found[search] = made, scores
    return found


second = scenes.load("urban-crop-s", twin=run.twin)
spectral.envi.save_image(str(folder / "fragment.hdr"), second.cube)
pairs = {
    ledger.describe(image): both(folder / "image.hdr", image),
    ledger.describe(second): both(folder / "fragment.hdr", second),
}

# %% tags=["hide-input"]
rows = {
    f"{name}, {search}": {
        "RMSE, per pixel": f"{scores.rmse['per_pixel']:.3f}",
        "RMSE, pooled": f"{scores.rmse['pooled']:.3f}",
        "relative residual, median": f"{made.error_median:.3f}",
        "between starts or searches": f"{made.spread:.2f}",
        "seconds": f"{made.seconds:.1f}",
    }
    for name, found in pairs.items()
    for search, (made, scores) in found.items()
}
better = {
    name: min(found, key=lambda s: found[s][1].rmse["per_pixel"])
    for name, found in pairs.items()
}
closer = {
    name: min(found, key=lambda s: found[s][0].error_median)
    for name, found in pairs.items()
}
display(
    plotting.number_table(
        pd.DataFrame(rows).T,
        "Two searches on two images. The first two columns need the reference "
        "(which RMSE? see the page on conventions); the others you would have too.",
    ),
    Markdown(
        "**What you see.** Nearer to the reference is "
        + "; ".join(f"{search} on {name}" for name, search in better.items())
        + ". The smaller residual, which is what you would see, has "
        + "; ".join(f"{search} on {name}" for name, search in closer.items())
        + ". "
        + (
            "So neither search is the better one everywhere. That is why the quick one is the default; where both can be "
            "run, compare them."
            if len(set(better.values())) > 1
            else "On other images it may be the other way round; where both can be run, compare them."
        )
    ),
)

# %% [markdown]
# ## Three ways to be fooled
#
# - **A small residual is no proof.** More endmembers always lower it; the maps may mean less.
# - **The corners must be in the image.** VCA takes the outermost pixels, with whatever noise or fault made them so;
#   EDAA's endmembers are averages and stay inside the cloud. Neither finds a material that no pixel holds nearly pure:
#   in a scene where every pixel is mixed, both return mixtures.
# - **Normalised abundances are shares of shape, not of area.** After division by length, a dark material
#   counts for more than its share of the light. Compare `--normalise none` before you quote a percentage.
#
# ## Exercises
#
# **1.** Ask for five endmembers. Which maps stay, which split?
#
# :::{dropdown} A solution
# ```python
# more = products.unmix(folder / "image.hdr", folder / "five", endmembers=5)
# with rasterio.open(more.abundances) as file:
#     five = np.moveaxis(file.read(), 0, -1)
# plotting.abundance_maps({"five": np.nan_to_num(five)}, list("12345"),
#                         "Five abundance maps of the same image, one per endmember.")
# ```
# :::
#
# **2.** Unmix without normalisation (`normalise="none"`). Where do the maps differ most, and how bright is
# it there?
#
# :::{dropdown} A solution
# ```python
# raw = products.unmix(folder / "image.hdr", folder / "raw", endmembers=3, normalise="none")
# with rasterio.open(raw.abundances) as file:
#     other = np.moveaxis(file.read(), 0, -1)
# valid = np.isfinite(maps).all(axis=2)
# order = metrics.match_endmembers(other[valid], maps[valid], by="abundance")
# difference = np.abs(other[..., order] - maps).max(axis=2)
# brightness = np.linalg.norm(image.cube, axis=2)
# np.corrcoef(difference[valid], brightness[valid])
# ```
# :::
