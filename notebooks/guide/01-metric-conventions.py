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
# Two papers unmix the same scene; one prints an RMSE of 0.17, the other 0.10. Which is better? Perhaps
# they are equal. Under the name RMSE the five papers of this book and their rivals use three different
# formulas; spectral angles come in radians and degrees, from the endmembers a method found or from the
# pixels it calls pure; estimated endmembers are matched to the reference in four ways.
#
# This page takes **one** estimate and computes **all** of them.
#
# - **You need** nothing.
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
# VCA {cite}`nascimento2005` finds three endmembers, fully constrained least squares
# {cite}`heinz2001` the abundances, on L2-normalised pixels.

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
        f"**What you see.** One estimate, three numbers. `per_pixel` is always $\\sqrt R$ times `pooled`: "
        f"here {errors['per_pixel']:.4f} / {errors['pooled']:.4f} = "
        f"{errors['per_pixel'] / errors['pooled']:.4f} and $\\sqrt{{{r}}}$ = {sqrt(r):.4f}. "
        "`per_endmember` never exceeds `pooled`, and equals it when every material is equally wrong. "
        "The factor grows with the number of materials, so a ranking across scenes can turn round."
    )
)

# %% [markdown]
# ## Angles: of which spectra, in which unit?
#
# Three things are called *the endmembers* of a method: the spectra it holds, the mean of the pixels it
# calls pure (SSANU-Net, eq. 17), and a non-negative fit after the fact, as CyCU-Net's script makes one.
# The reference too is either its spectra or its pure pixels' mean.

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
        f"**What you see.** The mean angle of one and the same estimate runs from {min(means):.4f} to "
        f"{max(means):.4f} rad, a factor of {max(means) / min(means):.1f}. Of the fitted spectra, "
        f"{(refit == 0).mean():.0%} of the values are zero: a fit after the fact can leave a dark "
        "material hardly any spectrum at all. A table must say which angle it prints."
    )
)

# %% [markdown]
# ## Matching: who decides which endmember is which?
#
# A blind method returns its endmembers in any order. Somebody must line them up with the reference, and
# that uses the reference. Hungarian matching takes the best order of all at once; a greedy one takes the
# best pair first and lives with the rest; some code has the order typed in.


# %%
def greedy(cost):
    """Take the best pair, strike out its row and column, repeat."""
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
    "as they come": np.arange(r),
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
    table, f"RMSE by the way of matching, on {ledger.describe(image)}"
)

# %% [markdown]
# **What you see.** Where the endmembers are good, every sensible matching agrees, and the order in which
# they happen to come shows what a typed-in order costs when the seed changes. This book matches by
# abundance, Hungarian, and records the order of every seed.
#
# ## What to take along
#
# - Ask *which RMSE*, *which spectra*, *which unit*, *which matching*; a number without them cannot be
#   compared.
# - In this book every number carries the id of its definition, and a claim measured under another one is
#   `not comparable`, not `worse`.
#
# ## Exercises
#
# **1.** Why can `per_endmember` never exceed `pooled`?
#
# :::{dropdown} A solution
# With $m_j$ the mean square error of endmember $j$, `pooled` is $\sqrt{\frac1R\sum_j m_j}$ and
# `per_endmember` $\frac1R\sum_j\sqrt{m_j}$. The root is concave, so by Jensen's inequality the mean of
# the roots is at most the root of the mean; they are equal when all $m_j$ are.
# :::
#
# **2.** A paper prints RMSE 0.0963 for four endmembers, pooled. What would SSANU-Net's eq. 18 give?
#
# :::{dropdown} A solution
# ```python
# 0.0963 * sqrt(4)
# ```
# :::
