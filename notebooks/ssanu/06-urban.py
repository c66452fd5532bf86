# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Urban: what two fragments can say
#
# Section III-E of the SSANU-Net paper {cite}`chen2023ssanu` unmixes Urban, 307 × 307 pixels of streets, roofs and
# lawns, into asphalt, grass, trees and roofs. **Table V** compares five methods, **Fig. 9** shows their maps and
# **Fig. 10** their spectra.
#
# The whole image cannot be fetched from everywhere, so this page runs on two real fragments of it, with the part of
# the public reference that belongs to them; where the whole image is at hand, the same page runs on it. A fragment
# holds other shares of the materials than the whole, so every verdict is `not comparable`. What a fragment can say is how the methods compare *with one another and with the controls* on
# the same pixels.
#
# - **You need** [Samson](04-samson): the two scores, the three readings and the controls are explained there.
# - **You will learn** what a fragment can say and what not; what happens to a method when a material is nearly
# missing; and how to read a table that cannot be judged.

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
# Change these and run again, by hand or with `mixedpixels run ssanu/06-urban -p scene=urban-crop-s`. A zero or an
# empty text means the profile's value.
#
# - `scene`: `urban-crop-ne`, `urban-crop-s`, `both` fragments, or `urban`, the whole image.
# - `seeds`: fits of SSANU-Net and CyCU-Net in each reading, and searches for archetypes.
# - `slow_seeds`: fits of SUnCNN in each reading.
# - `epochs`, `cycle_epochs`, `sun_iterations`: of each fit of SSANU-Net, CyCU-Net and SUnCNN.
# - `restarts`: of the archetypal start.
# - `vca_starts`, `smacc_seeds`: how many starts VCA gets with least squares, and draws SMACC.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
seeds: int = 0
slow_seeds: int = 0
epochs: int = 0
cycle_epochs: int = 0
sun_iterations: int = 0
restarts: int = 0
vca_starts: int = 0
smacc_seeds: int = 0

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters import baselines
from mixedpixels.chapters.ssanu.comparison import SUN, Comparison
from mixedpixels.pipeline import resolve

run = resolve("ssanu/06-urban", globals())
run

# %% [markdown]
# ## The fragments

# %%
chosen = (
    ["urban-crop-ne", "urban-crop-s"] if run.scene == "both" else [run.scene]
)
images = {name: scenes.load(name, twin=run.twin) for name in chosen}
for image in images.values():
    display(image)

# %% tags=["hide-input"]
for image in images.values():
    display(
        plotting.abundance_maps(
            {"reference": image.abundances},
            list(image.endmember_names),
            f"The reference's abundance maps of {image.title}; mean abundances "
            + ", ".join(
                f"{n} {m:.2f}"
                for n, m in zip(
                    image.endmember_names,
                    image.pixel_abundances.mean(axis=0),
                    strict=True,
                )
            ),
            f"The reference of {ledger.describe(image)}. Pixels above 0.9: "
            + ", ".join(
                f"{n} {c}"
                for n, c in zip(
                    image.endmember_names,
                    (image.pixel_abundances > 0.9).sum(axis=0),
                    strict=True,
                )
            )
            + f", of {len(image.pixels):,}.",
        )
    )

# %% [markdown]
# **What you see.** A material that hardly any pixel is made of is hard to find for a method that looks for pure
# pixels, and its angle (eq. 17) hangs on a handful of them.
#
# ## Every method, on each fragment
#
# As on [Jasper Ridge](05-jasper-ridge): three networks in three readings, SMACC, and the controls. λ, γ, the
# weights and the rate are those the paper prints for Urban; CyCU-Net's are of a public re-implementation, for its
# authors give none.


# %%
def compare(image):
    """Run every method on an image."""
    methods = Comparison("ssanu/table-5", image, run)
    for name in methods.networks:
        count = run.slow_seeds if name == SUN else run.seeds
        for reading in ("paper", "best", "oracle"):
            methods.fit(name, reading, range(count))
    methods.measure([methods.smacc(), *methods.controls(range(run.seeds))])
    return methods


# %%
compared = {name: compare(image) for name, image in images.items()}
recorded = {
    (name, reading): shown
    for name, methods in compared.items()
    for reading, shown in methods.record().items()
}

# %% [markdown]
# ## Table V
#
# *paper* is the printed number, of the whole image. *ours* and *build* are measured on a fragment: which, the lines
# below the table say.

# %%
recorded[chosen[-1], "paper"]

# %% [markdown]
# ## With one another, and with the controls

# %% tags=["hide-input"]
printed = {(c.row, c.column): c for c in ledger.claims("ssanu/table-5")}
shown = {
    "SMACC": "paper",
    SUN: "paper",
    "CyCU-net": "paper",
    "SSANU-Net": "paper",
    "VCA + FCLS, L2 pixels": "paper",
    "EDAA": "paper",
    f"{SUN} (best)": "best",
    "CyCU-net (best)": "best",
    "SSANU-Net (best)": "best",
    baselines.START_ALONE: "paper",
    "NNLS / sum, reference endmembers": "paper",
    "constant prediction": "paper",
}
for name in images:
    table = recorded[name, "paper"]
    groups = {}
    for method, reading in shown.items():
        column = method.removesuffix(" (best)")
        groups[method] = np.array(
            recorded[name, reading].cell("RMSE", column).values
        )
    told = plotting.spread_words(groups)
    display(
        plotting.plot_spread(
            groups,
            f"abundance RMSE on {name}, per pixel (eq. 18)",
            f"Dots: the abundance RMSE of each method on {name}, one dot a run. {told}.",
            f"{name} ({table.source('RMSE', 'EDAA')}): one dot a run, the black tick is the median.",
        )
    )
    middle = {m: float(np.median(v)) for m, v in groups.items()}
    blind = {
        m: v
        for m, v in middle.items()
        if "reference" not in m and m != "constant prediction"
    }
    literal = {m: middle[m] for m in ("SMACC", "CyCU-net", "SSANU-Net")}
    display(
        Markdown(
            f"**What you see: {name}** ({table.source('RMSE', 'EDAA')}). {told}.\n\nOf the methods that are blind when they "
            f"run, {min(blind, key=blind.get)} has the lowest median, {min(blind.values()):.3f}. The paper's order of the "
            "three that are run as it runs them, best first, is "
            + ", ".join(sorted(literal, key=lambda m: printed["RMSE", m].value))
            + "; here, read literally, it is "
            + ", ".join(sorted(literal, key=literal.get))
            + ". Worse than the constant prediction: "
            + (
                ", ".join(
                    m
                    for m, v in middle.items()
                    if v > middle["constant prediction"]
                )
                or "none"
            )
            + "."
        )
    )

# %% [markdown]
# ## Figs. 9 and 10: maps and spectra

# %% tags=["hide-input"]
drawn = ("SMACC", SUN, "CyCU-net", "SSANU-Net")
for name, image in images.items():
    paper, best = (
        compared[name].tables[r].estimates for r in ("paper", "best")
    )
    maps = {m: paper[m] for m in drawn}
    maps |= {"SSANU-Net (best)": best["SSANU-Net"], "EDAA": paper["EDAA"]}
    figure9 = ledger.record(
        "ssanu/figure-9",
        scene=image,
        run=run,
        arrays=plotting.stored_maps(image, maps),
    )
    lines = {m: maps[m] for m in (*drawn, "SSANU-Net (best)")}
    figure10 = ledger.record(
        "ssanu/figure-10",
        scene=image,
        run=run,
        arrays=plotting.stored_spectra(image, lines),
    )
some = images[chosen[-1]]
display(
    *plotting.compared_maps(
        figure9.drawings, list(some.endmember_names), "Fig. 9", "3DCNN-var"
    ),
    *plotting.compared_spectra(figure10.drawings, some, "Fig. 10", "3DCNN-var"),
)

# %% [markdown]
# ## Is this reference circular too?

# %% tags=["hide-input"]
rows = {
    name: {
        "as they stand": recorded[name, "paper"]
        .cell("RMSE", "NNLS / sum, reference endmembers")
        .mean,
        "scaled to a largest value of 1": recorded[name, "paper"]
        .cell("RMSE", "NNLS / sum, scaled, reference endmembers")
        .mean,
        "constant prediction": recorded[name, "paper"]
        .cell("RMSE", "constant prediction")
        .mean,
    }
    for name in images
}
display(
    plotting.number_table(
        pd.DataFrame(rows).T,
        "RMSE (eq. 18) of non-negative least squares with the reference's spectra, over the sum, beside the constant.",
    )
)
between = {
    name: metrics.spectral_angle_matrix(image.endmembers, image.endmembers)
    for name, image in images.items()
}
display(
    Markdown(
        "**What you see.** "
        + "; ".join(
            f"on {name} least squares with the reference's own spectra has {min(list(line.values())[:2]):.3f}, "
            f"{min(list(line.values())[:2]) / line['constant prediction']:.0%} of the constant's error"
            for name, line in rows.items()
        )
        + ". "
        + (
            "On a twin this is the error of least squares."
            if any(i.origin == "twin" for i in images.values())
            else "The nearer that is to nothing, the more a low score means agreement with least squares."
        )
    )
)

# %% [markdown]
# ## What holds up, and what does not
#
# - **Nothing here judges Table V.** Its verdicts are `not comparable` until the whole image is at hand; this page then
#   runs on it with `scene=urban`, and a full run wants that value in its profile.
# - **The order of the methods** on a fragment need not be that on the whole.
# - **What can be checked on any fragment** is whether a network beats its start and the archetypes alone; see the
#   dots above.
#
# ## Exercises
#
# **1.** Which material does SSANU-Net miss on the fragment where roofs are rare?
#
# :::{dropdown} A solution
# ```python
# for name, methods in compared.items():
#     image = images[name]
#     error = methods.tables["best"].estimates["SSANU-Net"] - image.pixel_abundances
#     print(name, dict(zip(image.endmember_names, np.sqrt((error ** 2).mean(axis=0)).round(2))))
# ```
# :::
#
# **2.** The reference exists for four, five and six materials. Load the fragment with six. Does the constant's error
# grow?
#
# :::{dropdown} A solution
# ```python
# for count in (4, 5, 6):
#     a = scenes.load(chosen[0], twin=run.twin, reference=count).pixel_abundances
#     print(count, metrics.abundance_rmse(np.broadcast_to(a.mean(axis=0), a.shape), a, "per_pixel"))
# ```
# :::
