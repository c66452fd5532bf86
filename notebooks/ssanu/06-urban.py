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
# **Finding.** This page judges no number of the paper. The whole image is not available everywhere, so the page runs on
# two real fragments of it, with the part of the public reference that belongs to them. A fragment has other mean
# abundances than the whole, so every verdict is `not comparable`. What a fragment shows is how the methods compare
# *with one another and with the controls* on the same pixels, as far as their few runs allow. Where the whole
# image is available, the same page runs on it.
#
# - **You need** [Samson](04-samson), which explains the two scores, the three readings and the controls. Terms are
# explained in the [glossary](../../glossary.md).
# - **You will learn** what a fragment can show and what it cannot, what happens to a method when a material is nearly
# missing, and how to read a table that cannot be judged.

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
from mixedpixels.chapters import baselines, figure_arrays
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
# **What you see.** One map for each material; brighter means a larger abundance. A material that hardly any pixel
# consists of is hard to find for a method that looks for pure pixels. Its angle (eq. 17) depends on a handful of pixels.
#
# ## Every method, on each fragment
#
# As on [Jasper Ridge](05-jasper-ridge), there are three networks in three readings, SMACC, and the controls. λ, γ, the
# weights and the rate are those that the paper prints for Urban. Those of CyCU-Net come from a public
# re-implementation, because its authors give none.


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
# *paper* is the printed number, of the whole image. *ours* and *build* are measured on a fragment. The lines below the
# table say which one.

# %%
recorded[chosen[-1], "paper"]

# %% [markdown]
# ## With one another, and with the controls

# %% tags=["hide-input"]
from mixedpixels.chapters.ssanu.spreads import overlapping
from mixedpixels.ledger.verdicts import ENOUGH

printed_rmse = {
    c.column: c.value for c in ledger.claims("ssanu/table-5") if c.row == "RMSE"
}
methods_shown = (
    *((m, "paper") for m in ("SMACC", SUN, "CyCU-net", "SSANU-Net")),
    *((m, "paper") for m in ("VCA + FCLS, L2 pixels", "EDAA")),
    *((m, "best") for m in (SUN, "CyCU-net", "SSANU-Net")),
    (baselines.START_ALONE, "paper"),
    ("NNLS / sum, reference endmembers", "paper"),
    ("constant prediction", "paper"),
)
for name in images:
    by_method = {
        m + (" (best)" if way == "best" else ""): np.array(
            recorded[name, way].cell("RMSE", m).values
        )
        for m, way in methods_shown
    }
    origin = recorded[name, "paper"].source("RMSE", "EDAA")
    spread_text = plotting.spread_words(by_method)
    in_order = sorted(
        ("SMACC", "CyCU-net", "SSANU-Net"),
        key=lambda m: np.median(by_method[m]),
    )
    open_pairs = overlapping({m: by_method[m] for m in in_order})
    constant_rmse = by_method["constant prediction"][0]
    worse = [m for m, v in by_method.items() if v.min() > constant_rmse]
    fewest = min(len(by_method[m]) for m in (SUN, "CyCU-net", "SSANU-Net"))
    display(
        plotting.plot_spread(
            by_method,
            f"abundance RMSE on {name}, per pixel (eq. 18)",
            f"Dots: the abundance RMSE of each method on {name}, one dot a run. {spread_text}.",
            f"{name} ({origin}): one dot for each run; the black tick is the median.",
        ),
        Markdown(
            f"**What you see: {name}** ({origin}). One row of dots for each method; further left is better. The networks "
            f"have as few as {fewest} {'run' if fewest == 1 else 'runs'}, below the {ENOUGH} that a verdict requires.\n\n"
            "- In print, the order of the three methods that run as the paper runs them is "
            + ", ".join(sorted(in_order, key=printed_rmse.get))
            + ". By the medians here, read literally, it is "
            + ", ".join(in_order)
            + ". "
            + (
                "The runs leave this order open: "
                + "; ".join(f"{a} and {b}" for a, b in open_pairs)
                + " overlap or have a single run."
                if open_pairs
                else "The runs of these methods do not overlap."
            )
            + "\n- Worse than the constant prediction in every run: "
            + (", ".join(worse) or "none")
            + "."
        ),
    )

# %% [markdown]
# ## Figs. 9 and 10: maps and spectra

# %% tags=["hide-input"]
drawn = ("SMACC", SUN, "CyCU-net", "SSANU-Net")
for name, image in images.items():
    in_spectra = (*drawn, "SSANU-Net (best)")
    in_maps = (*in_spectra, "EDAA")
    figure9 = ledger.record(
        "ssanu/figure-9",
        scene=image,
        run=run,
        arrays=figure_arrays.stored_maps(
            image, compared[name].first_runs(in_maps)
        ),
        fits=compared[name].fits_of(in_maps),
    )
    figure10 = ledger.record(
        "ssanu/figure-10",
        scene=image,
        run=run,
        arrays=figure_arrays.stored_spectra(
            image, compared[name].first_runs(in_spectra)
        ),
        fits=compared[name].fits_of(in_spectra),
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
            f"On {name} least squares with the reference's own spectra has {min(list(line.values())[:2]):.3f}, "
            f"{min(list(line.values())[:2]) / line['constant prediction']:.0%} of the constant's error"
            for name, line in rows.items()
        )
        + ". "
        + (
            "On a twin this is the error of least squares."
            if any(i.origin == "twin" for i in images.values())
            else "The smaller this error is, the more a low score means agreement with least squares."
        )
    )
)

# %% [markdown]
# ## What holds up, and what is open
#
# - **Nothing here judges Table V.** Its verdicts are `not comparable` until the whole image is available. This page then
#   runs on it with `scene=urban`.
# - **The order of the methods is open.** On a fragment it need not be that on the whole image, and the networks have too
#   few runs even for the fragment.
# - **What can be checked on any fragment** is whether a network has a smaller error than its start and the archetypes
#   alone. The figure above shows it for the recorded runs.
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
