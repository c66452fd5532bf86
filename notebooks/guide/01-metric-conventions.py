# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # One estimate, every convention
#
# Two papers unmix the same scene. One prints an RMSE of 0.17, the other 0.10. Which is better? Perhaps
# they are equal. The five papers of this book and their rivals use three different formulas under the name
# RMSE. Spectral angles come in radians and in degrees, and are measured from the endmembers that a method found
# or from the pixels that it calls pure. Estimated endmembers are matched to the reference in four ways.
#
# This page takes **one** estimate and computes **all** of them.
#
# - **You need** to read a little Python and NumPy, and to know what a mean square is. Unmixing is explained
#   where it is used. The scene is downloaded, or replaced by a simulated twin.
# - **You will learn** to ask *which RMSE* before you compare.

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
seed: int = 0

# %%
from math import degrees, sqrt

import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.pipeline import resolve
from mixedpixels.unmixing import FCLS, NNLS, VCA

run = resolve("guide/01-metric-conventions", globals())
run

# %% [markdown]
# ## One estimate
#
# A pixel of the image often covers several materials. *Unmixing* describes its spectrum as a mixture of a few
# spectra of single materials, the **endmembers**. The fraction of each endmember in the pixel is its
# **abundance**. We need one estimate of both, and take two standard methods:
#
# - **Vertex component analysis** (VCA) {cite}`nascimento2005` picks the endmembers among the pixels. Mixtures
#   lie between their endmembers, so it looks for the outermost pixels, one random direction after another.
# - **Fully constrained least squares** (FCLS) {cite}`heinz2001` then finds the abundances of each pixel whose
#   mixture is closest to the pixel's spectrum. *Fully constrained* means that no abundance is negative and that
#   they sum to one.
#
# Each pixel is first divided by its length (the L2 norm), so that shade does not count as a material.
#
# The scene has a **reference**: endmembers and abundances that others determined. To compare with it, each
# estimated endmember must be paired with one of the reference. **Hungarian matching** does this: among all
# possible pairings it takes the one with the smallest total difference.

# %%
image = scenes.load(run.scene, twin=run.twin)
pixels, reference = image.pixels, image.pixel_abundances
model = FCLS(VCA(3, run.seed), "l2", run.device).fit(pixels)
estimate = model.transform(pixels)
order = metrics.match_endmembers(estimate, reference, by="abundance")
matched = estimate[:, order]
image

# %% [markdown]
# ## Three errors of the abundances
#
# With $N$ pixels, $R$ endmembers and errors $e_{ij} = \hat a_{ij} - a_{ij}$:
#
# | name here | formula | who uses it |
# |---|---|---|
# | `per_pixel` | $\sqrt{\frac1N \sum_i \sum_j e_{ij}^2}$ | SSANU-Net, eq. 18 |
# | `pooled` | $\sqrt{\frac1{NR} \sum_i \sum_j e_{ij}^2}$ | the public code of CyCU-Net and DeepTrans |
# | `per_endmember` | $\frac1R \sum_j \sqrt{\frac1N \sum_i e_{ij}^2}$ | LDVAE |

# %%
errors = {
    c: float(metrics.abundance_rmse(matched, reference, c))
    for c in metrics.CONVENTIONS
}
table = pd.DataFrame({"RMSE": errors})
table["times 100"] = 100 * table["RMSE"]
table["relative to pooled"] = table["RMSE"] / errors["pooled"]
plotting.number_table(
    table, f"RMSE of the abundances, on {ledger.describe(image)}"
)

# %% tags=["hide-input"]
r = reference.shape[1]
display(
    Markdown(
        "**What you see.** One estimate gives three numbers. `per_pixel` is always $\\sqrt R$ times `pooled`: "
        f"here {errors['per_pixel']:.4f} / {errors['pooled']:.4f} = "
        f"{errors['per_pixel'] / errors['pooled']:.4f} and $\\sqrt{{{r}}}$ = {sqrt(r):.4f}. "
        "`per_endmember` is never larger than `pooled`, and is equal when all materials have the same error. "
        "The factor $\\sqrt R$ grows with the number of materials, so it can reverse a ranking across scenes."
    )
)

# %% [markdown]
# ## Angles: of which spectra, in which unit?
#
# The spectral angle is the angle between two spectra seen as vectors: zero when they differ only in
# brightness. But three different things are called *the endmembers* of a method: the spectra that it uses, the
# mean of the pixels that it calls pure (SSANU-Net, eq. 17), and a non-negative fit to the image afterwards, as
# in CyCU-Net's script. The reference can also be its spectra or the mean of its pure pixels.

# %%
pure, counts = metrics.pure_pixel_spectra(pixels, matched)
pure_reference, _ = metrics.pure_pixel_spectra(pixels, reference)
refit = (
    NNLS(matched.T, device=run.device).fit_transform(pixels.T).T
)  # band by band
angles = {
    "endmembers against the reference spectra": metrics.spectral_angle(
        model.endmembers_[order], image.endmembers
    ),
    "pure pixels against the reference's pure pixels (eq. 17)": metrics.spectral_angle(
        pure, pure_reference
    ),
    "pure pixels against the reference spectra": metrics.spectral_angle(
        pure, image.endmembers
    ),
    "non-negative fit against the reference spectra": metrics.spectral_angle(
        refit, image.endmembers
    ),
}
table = pd.DataFrame(angles, index=image.endmember_names).T
table["mean (rad)"] = table.mean(axis=1)
table["mean (degrees)"] = table["mean (rad)"].map(degrees)
plotting.number_table(table, f"Spectral angles, on {ledger.describe(image)}")

# %% tags=["hide-input"]
means = [float(np.mean(a)) for a in angles.values()]
display(
    Markdown(
        f"**What you see.** The mean angle of the same estimate ranges from {min(means):.4f} to "
        f"{max(means):.4f} rad, a factor of {max(means) / min(means):.1f}. Of the fitted spectra, "
        f"{(refit == 0).mean():.0%} of the values are zero: a fit afterwards can leave a dark material "
        "almost without a spectrum. A table must say which angle it prints."
    )
)

# %% [markdown]
# ## Matching: who decides which endmember is which?
#
# A blind method returns its endmembers in any order. Somebody must put them in the order of the reference, and
# that uses the reference. Hungarian matching minimises the sum over all pairs at once. Greedy matching takes the
# best pair first and accepts what remains for the others. Some published code contains a fixed order.


# %%
def greedy(cost):
    """Take the best pair, remove its row and column, repeat."""
    cost, out = cost.copy(), np.empty(len(cost), dtype=int)
    for _ in range(len(cost)):
        row, column = np.unravel_index(cost.argmin(), cost.shape)
        out[column] = row
        cost[row], cost[:, column] = np.inf, np.inf
    return out


angle_cost = metrics.spectral_angle_matrix(model.endmembers_, image.endmembers)
orders = {
    "Hungarian, by abundance": order,
    "Hungarian, by angle": metrics.match_endmembers(
        model.endmembers_, image.endmembers, by="angle"
    ),
    "greedy, by angle": greedy(angle_cost),
    "unmatched": np.arange(r),
}
table = pd.DataFrame(
    [
        {
            "matching": name,
            "order": " ".join(map(str, o)),
            "RMSE, per pixel": float(
                metrics.abundance_rmse(estimate[:, o], reference, "per_pixel")
            ),
        }
        for name, o in orders.items()
    ]
).set_index("matching")
plotting.number_table(
    table, f"RMSE for each kind of matching, on {ledger.describe(image)}"
)

# %% [markdown]
# **What you see.** Where the endmembers are good, all reasonable kinds of matching agree. The unmatched order
# shows what a fixed order costs when the seed changes. This book uses Hungarian matching by abundance and
# records the order for every seed.
#
# ## What to remember
#
# - Ask *which RMSE*, *which spectra*, *which unit*, *which matching*. A number without these answers cannot be
#   compared.
# - In this book every number has the id of its definition. A claim that was measured under another definition
#   is `not comparable`, not `worse`.
#
# ## Exercises
#
# **1.** Why can `per_endmember` never exceed `pooled`?
#
# :::{dropdown} A solution
# With $m_j$ the mean square error of endmember $j$, `pooled` is $\sqrt{\frac1R\sum_j m_j}$ and
# `per_endmember` $\frac1R\sum_j\sqrt{m_j}$. The root is concave, so by Jensen's inequality the mean of
# the roots is at most the root of the mean. They are equal when all $m_j$ are equal.
# :::
#
# **2.** A paper prints RMSE 0.0963 for four endmembers, pooled. What would SSANU-Net's eq. 18 give?
#
# :::{dropdown} A solution
# ```python
# 0.0963 * sqrt(4)
# ```
# :::
