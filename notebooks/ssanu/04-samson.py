# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Samson: three networks, and what least squares already does
#
# Section III-C of the SSANU-Net paper {cite}`chen2023ssanu` unmixes Samson, 95 × 95 pixels of a lake
# shore, into soil, trees and water. **Table III** compares five methods by two scores, **Fig. 5** shows
# their abundance maps and **Fig. 6** their spectra. The paper concludes that the network finds both
# better than its four rivals.
#
# What this page finds, in four lines:
#
# - The text, read literally, does not give the printed error of SSANU-Net. Our working reading, *best*, gives a lower one.
# - Least squares on the spectra that *best* starts from has a smaller error than the network that starts there.
# - Dividing each pixel by its length lowers the median error of VCA with least squares by more than the printed errors
#   of the five methods differ.
# - The reference abundances are themselves a least squares solution, so a low error means nearness to that solution.
#
# The page measures SSANU-Net in three readings of a text that leaves much open; CyCU-Net and SUnCNN, two of its
# rivals, in the same three; SMACC, the only method without learning; and the controls that the table does not have.
# It only quotes 3DCNN-var. The paper names {cite}`zhao2022variability`, whose code is not public, and wrote its own;
# what is public under that name is another model of the same group. Its cells stay `not run`.
#
# - **You need** to know what an endmember and an abundance are ([glossary](../../glossary)).
#   [The framework](01-framework) has the network's equations.
# - **You will learn** to read a verdict; how far a literal reading of a paper can lie from its table; why
#   a single start of VCA is not a result; how much one division per pixel changes; what can be said about a network
#   and its rivals when all are given the same; and what a reference is worth that was itself computed.

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
# Change these and run again, by hand or with
# `mixedpixels run ssanu/04-samson -p vca_starts=3`. A zero or an empty text means the profile's value.
#
# - `seeds`: how many times SSANU-Net is fitted in each reading.
# - `epochs`: of each fit of SSANU-Net; the paper's are 500, and a quick page stops much earlier.
# - `cycle_epochs`, `sun_iterations`: the same for CyCU-Net (a full run takes its demonstration's number) and
#   SUnCNN.
# - `slow_seeds`: how many times SUnCNN is fitted in the reading *best*.
# - `spread_seeds`: how many seeds are run with one start, how many starts with one seed, and how many searches for
#   archetypes and oracle fits are made.
# - `restarts`: how many times the archetypal start of the reading *best* is searched for.
# - `vca_starts`: how many random starts VCA gets; it changes the rows of VCA under Table III (the numbers
#   called *build*) and the last figure.
# - `smacc_seeds`: how many times SMACC is run, each with its own noise in the twelfth digit; the section on SMACC says
#   why.
# - `profile`: `quick`, or `full`, which records what it measures and lets no setting be changed.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "samson"
device: str = "auto"
seeds: int = 0
epochs: int = 0
cycle_epochs: int = 0
sun_iterations: int = 0
slow_seeds: int = 0
spread_seeds: int = 0
restarts: int = 0
vca_starts: int = 0
smacc_seeds: int = 0

# %%
from dataclasses import replace

import numpy as np
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes, unmixing
from mixedpixels.chapters import baselines, figure_arrays
from mixedpixels.chapters.ssanu.comparison import SUN, Comparison
from mixedpixels.fits import fit_or_load
from mixedpixels.ledger.checks import misprints
from mixedpixels.pipeline import resolve
from mixedpixels.unmixing import normalise

run = resolve("ssanu/04-samson", globals())
run

# %% [markdown]
# ## The scene: 156 bands, three materials
#
# 156 bands between 401 and 889 nm. A pixel is a spectrum; the reference says which fraction of it is
# rock (the paper's *soil*), tree and water.

# %%
image = scenes.load(run.scene, twin=run.twin)
pixels, reference = image.pixels, image.pixel_abundances
image

# %% tags=["hide-input"]
twin = " (simulated twin)" if image.origin == "twin" else ""
figure, axes = plotting.figure.new(7, 2.6, ncols=2)
axes[0].imshow(plotting.colour_image(image.cube, image.wavelengths))
axes[0].set_title(f"{image.title}, near-natural colours", fontsize=9)
axes[1].imshow(np.linalg.norm(image.cube, axis=2), cmap=plotting.figure.CMAP)
axes[1].set_title("brightness: length of each spectrum", fontsize=9)
for ax in axes:
    ax.set_axis_off()
plotting.picture(
    figure,
    "The scene in near-natural colours, beside a map of the length of its spectra, bright in yellow and "
    "dark in blue; patches of one colour on the left are uneven on the right.",
    f"The scene{twin} and the length of its spectra.",
)

# %% tags=["hide-input"]
from mixedpixels.chapters.ssanu import findings, references

ratios = references.brightness_ratios(pixels, reference)
display(
    Markdown(
        "**What you see.** The map on the right is uneven inside one material: light, slope and moisture "
        "change how bright a pixel is, not what it is made of. Among pixels with more than 90 % of one "
        "material, the 95th percentile of brightness is this many times the 5th: "
        + ", ".join(
            f"{material} {ratio:.1f}"
            for material, ratio in zip(
                image.endmember_names, ratios, strict=True
            )
        )
        + ". The normalisation of the pixels, below, is about this."
    )
)

# %% [markdown]
# ## Printed means that are not the means of their parts
#
# Before anything is measured, the printed numbers can be checked against each other. A mean must be the mean of its
# parts, within rounding:

# %% tags=["hide-input"]
display(
    Markdown(
        "\n".join(
            f"- **{column}, {row}:** {proof}"
            for (row, column), proof in misprints("ssanu/table-3").items()
        )
    )
)

# %% [markdown]
# These cells are judged `misprint`, whatever we measure. The soil cell of SMACC is printed `00349`, without its
# decimal point. We read it as 0.0349; the mean above says that either this reading or the mean is wrong.
#
# ## The two scores: RMSE and spectral angle
#
# With $N$ pixels, true abundances $\boldsymbol{\alpha}_i$ and estimates
# $\hat{\boldsymbol{\alpha}}_i$, eq. 18 of the paper is
#
# $$\mathrm{RMSE} = \sqrt{\frac1N \sum_{i=1}^N \|\boldsymbol{\alpha}_i -
# \hat{\boldsymbol{\alpha}}_i\|_2^2}.$$
#
# The norm *inside* sums over the endmembers, so this is $\sqrt{R}$ times the more usual error, which
# averages over them: see [one estimate under every convention](../guide/01-metric-conventions). Eq. 17
# is the angle between two spectra,
#
# $$\mathrm{SAD} = \cos^{-1}\frac{\mathbf{m}^\top\hat{\mathbf{m}}}{\|\mathbf{m}\|\|\hat{\mathbf{m}}\|},$$
#
# but of which spectra? The text says: of the *means of the pixels with abundances greater than 0.9*. So
# a method is scored not by the endmembers it found, but by whether its pure pixels are the reference's.
# That choice is generous: the average of a thousand pixels lies near the right spectrum.

# %%
methods = Comparison("ssanu/table-3", image, run)
estimates = methods.tables["paper"].estimates

# %% [markdown]
# ## SMACC: rounding decides some of its steps
#
# The sequential maximum angle convex cone {cite}`gruninger2004` starts from the longest spectrum, then
# adds, in turn, the pixel farthest from the cone of those it has. It finds the fractions on the way; they are
# non-negative, but need not sum to one. The authors of the paper wrote their own and do not say more, so the literal
# reading is: raw pixels, as many endmembers as materials, the fractions unscaled.
#
# SMACC has no random part. To see what rounding does, we run it on this image with noise in the *twelfth* digit, far
# below what any sensor resolves. The RMSE of each run of this build:

# %%
raw_scores = methods.measure([methods.smacc()])["SMACC"]
answers = [round(score.rmse["per_pixel"], 3) for score in raw_scores]
answers

# %% tags=["hide-input"]
runs_of = {f"this build{twin}": answers}
for record in ledger.records("ssanu/table-3"):
    if record.reading == "paper":
        values = record.cell("RMSE", "SMACC").values
        runs_of["the recorded full run"] = values
display(
    Markdown(
        "**What you see.** "
        + " ".join(
            f"In {which}, {findings.answers_in_words(found)}."
            for which, found in runs_of.items()
        )
        + " The step that keeps the cone convex divides one fraction by another. Where both are zero but for "
        "rounding, rounding decides the result, and that differs from processor to processor. So SMACC is run from "
        "several seeds, as the random methods are.\n\n"
        f"In the first run of this build its fractions sum to {estimates['SMACC'].sum(axis=1).mean():.2f} on average. "
        "Pixels above 0.9: "
        + ", ".join(
            f"{n} {c}"
            for n, c in zip(
                image.endmember_names, raw_scores[0].pure, strict=True
            )
        )
        + f"; the reference has {', '.join(str(int((reference[:, k] > 0.9).sum())) for k in range(3))}. "
        "So the angle compares the mean of the reference's many pure pixels with that of SMACC's few; "
        "where it has none, with the pixel of largest abundance."
    )
)

# %% [markdown]
# ## SSANU-Net, in three readings
#
# The text gives the layers, the weights' first values, λ, γ, the learning rate and the epochs. It does not
# give the scale of the pixels, the initialisation, a schedule, what keeps the weights in [0, 1], whether
# the squared error is summed or averaged over the bands, or which endmembers the decoder starts from. So
# there are three readings:
#
# - **paper**: what is printed; PyTorch's defaults where nothing is; raw pixels (0 to 1); the
#   decoder starts from VCA. The scoreboard counts its verdicts.
# - **best**: the settings that the [search](09-search) came to. It needs no reference when it runs, but
#   was chosen with the references of both scenes in sight, as that page explains. It is judged beside *paper*.
# - **oracle**: *best*, started from the reference's endmembers, which no user has.

# %% tags=["hide-input"]
readings = methods.networks["SSANU-Net"]
plotting.difference_table(
    readings.settings, "Where the three readings differ; – means not done."
)

# %% [markdown]
# In words:
#
# - *decay* multiplies the learning rate by its second number every so many epochs;
# - *clip* is the longest gradient allowed;
# - *start* is where the decoder's endmembers come from: VCA, or archetypes, which are averages of the image's own
#   pixels found by entropic-descent archetypal analysis (EDAA {cite}`zouaoui2023`), or the reference;
# - *normalisation* is what each pixel is divided by: its length (l2) or nothing (none);
# - *reconstruction* says whether eq. 13 sums its squares over the bands or averages them;
# - *hold* is how the four weights stay between 0 and 1: clamped after each step, or through a sigmoid,
#   $1/(1+e^{-x})$;
# - *initialisation* is that of the convolutions: PyTorch's, or Kaiming's for networks with ReLUs;
# - *nonnegative* keeps the decoder's spectra from falling below zero;
# - *abundance scaling* is the unit in which abundances are counted: *unit peaks* means fractions of spectra that are
#   scaled to a largest value of one.
#
# A fit is made once and stored in `fits/` in your cache, so the fits of this page are not repeated when it is run
# again. Each seed of the reading *paper* draws its own weights and its own start of VCA. All seeds of *best* begin
# from one search for archetypes; what another search gives is among the controls below.


# %%
many, few = range(run.seeds), range(run.spread_seeds)
for reading, several in (("paper", many), ("best", many), ("oracle", few)):
    methods.fit("SSANU-Net", reading, several)

# %% [markdown]
# Two sources of random variation are in the seeds of *paper*: the network's own (first weights, dropout) and VCA's
# start. Here each varies while the other stays at one value.

# %%
_ = methods.add(
    "SSANU-Net, one start of VCA",
    lambda seed: readings.fit("paper", seed, start_seed=0),
    few,
)
_ = methods.add(
    "SSANU-Net, one seed, other starts",
    lambda start: readings.fit("paper", 0, start_seed=start),
    few,
)

# %% [markdown]
# The terms of the loss, epoch by epoch, and the last values of the four learnt weights:

# %% tags=["hide-input"]
fits = {reading: readings.fit(reading, 0) for reading in readings.settings}
display(
    plotting.plot_losses(
        {f"reading {r}": fits[r].losses for r in ("paper", "best")},
        f"The three terms of eq. 16 in the fits of seed 0 ({run.epochs} epochs{twin}). The two readings "
        "measure the reconstruction in different units.",
    )
)
display(
    Markdown(
        "**What you see.** Each panel above shows one reading: the terms of the loss on a logarithmic axis, over the "
        "epochs of this build. The four weights of the streams, before and after:\n\n| weight | first value | "
        + " | ".join(f"{r}, in the end" for r in fits)
        + " |\n|---|---|---|---|---|\n"
        + "\n".join(
            f"| {name} | {first} | "
            + " | ".join(f"{fit.balance[name]:.3f}" for fit in fits.values())
            + " |"
            for name, first in zip(
                fits["paper"].balance,
                [
                    *readings.settings["paper"].encoder_weights,
                    *readings.settings["paper"].decoder_weights,
                ],
                strict=True,
            )
        )
        + f"\n\nThese are the weights after {run.epochs} epochs with seed 0. A weight says little by itself, because "
        "the scale of its stream can make up for it ([the framework](01-framework)). But a weight of zero switches its "
        "stream off. Weights at zero in the literal reading: "
        + (
            ", ".join(
                name
                for name, weight in fits["paper"].balance.items()
                if weight == 0
            )
            or "none"
        )
        + "."
    )
)

# %% [markdown]
# ## Two rivals that learn
#
# **CyCU-Net** {cite}`gao2022cycu` looks at each pixel by itself. A small network unmixes it, a decoder reconstructs
# it, the same network unmixes the reconstruction, and the two sets of abundances must agree. SSANU-Net's
# spectral stream, its sum-to-one loss and its nuclear norm are CyCU-Net's. **SUnCNN** {cite}`rasti2022suncnn`
# fits a convolutional network with a bottleneck to this one image. It takes a library of spectra and does not
# change it.
#
# The paper ran the demonstrations that the authors of both made public. It does not say from which spectra they
# started, nor which library it used. Ours are our own implementations, read in the same way as SSANU-Net:
#
# - **paper**: the demonstration's settings, raw pixels, started from VCA. Because the library is not named, SUnCNN is
#   given one spectrum a material, those that VCA finds.
# - **best**: three of the things that SSANU-Net's *best* has: pixels of equal length, archetypes, and fractions of
#   scaled spectra. The rest of *best*, found with this reference in sight, is SSANU-Net's own. So a control gives
#   SSANU-Net, read literally, the same three things and no more.
# - **oracle**: *best* with the reference's spectra.
#
# SUnCNN's demonstration makes 4000 iterations or more on a GPU, on an image whose noise was removed. Here a full run
# makes 300, without removing noise, which is what ten seeds on a processor allow. So it is a control and not judged,
# and its own cells stay `not run`. SUnCNN is also run once with a real library: the USGS library at this scene's
# bands, without the spectra nearer than 10° to one before them. Each of its spectra counts for the material
# whose reference spectrum is nearest in angle.

# %%
methods.fit("CyCU-net", "paper", many)
methods.fit("CyCU-net", "best", many)
methods.fit("CyCU-net", "oracle", few)
methods.fit(SUN, "paper", many)
methods.fit(SUN, "best", range(run.slow_seeds))
_ = methods.same_three_things(few)

# %%
library = scenes.load("usgs-1995", twin=run.twin)
atoms = library.at(image.wavelengths).pruned(np.radians(10))
angles = metrics.spectral_angle_matrix(atoms.spectra, image.endmembers)
nearest = angles.argmin(axis=1)
shelf = replace(
    image,
    endmembers=atoms.spectra,
    endmember_names=atoms.spectrum_names,
    abundances=None,
)


def from_library(seed):
    """SUnCNN with the library; each material gets the abundances of its spectra."""
    settings = replace(
        methods.networks[SUN].settings["paper"], start="reference"
    )
    fit = fit_or_load(shelf, settings, seed=seed, device=run.device)
    materials = nearest[:, None] == np.arange(len(image.endmember_names))
    return replace(fit, abundances=fit.abundances @ materials)


_ = methods.add(
    "SUnCNN, USGS library",
    from_library,
    note=f"{len(atoms)} spectra, grouped by their angle to the reference's; their reflectances against this "
    f"image's own scale; {run.sun_iterations} iterations",
)

# %% tags=["hide-input"]
display(
    Markdown(
        f"The library has {len(library)} spectra, {len(atoms)} of them far enough from one another{twin}. The one "
        "nearest to the reference's "
        + "; to ".join(
            f"{name} is {atoms.spectrum_names[k]}, {angles[k, m]:.2f} rad away"
            for m, (name, k) in enumerate(
                zip(image.endmember_names, angles.argmin(axis=0), strict=True)
            )
        )
        + ". Sparse unmixing cannot find a material that its library does not hold."
    )
)

# %% [markdown]
# ## The controls
#
# There are five kinds, and the paper's table has none of them:
#
# - **Blind, like the methods of the table:** VCA {cite}`nascimento2005` for the endmembers, fully
#   constrained least squares for the abundances; on raw pixels, and with each pixel divided by its
#   length (L2) or by its largest value (max), so that brightness no longer counts. SMACC on
#   L2-normalised pixels: it starts from the longest of spectra that are all equally long, so the noise
#   in the twelfth digit picks its first endmember at random.
# - **Archetypes:** EDAA {cite}`zouaoui2023` with its own abundances, on L2-normalised pixels. It is blind too.
# - **The start alone:** the archetypes that the reading *best* starts from, and least squares. If a
#   network adds something to its start, its error must be lower than this one.
# - **With the reference's endmembers**, which no user has.
# - **The constant prediction**: every pixel gets the mean abundances. A method that scores worse has learnt
#   nothing about where the materials are.


# %%
scores = methods.measure([methods.smacc("l2"), *methods.controls(few)])

# %% [markdown]
# ## Table III
#
# *paper* is the printed number. *ours* is the recorded full run, with a dot per seed and a bar at the
# printed number. *build* is what this page measured while it was built, in a quick build with far fewer epochs (see
# *Settings*). Only recorded runs are judged ([how to read a verdict](../../verdicts)). Open a verdict for its reason.

# %%
both = replace(image, hashes=image.hashes | library.hashes)
recorded = methods.record(both)
table = recorded["paper"]
table

# %% tags=["hide-input"]
printed = {(c.row, c.column): c for c in ledger.claims("ssanu/table-3")}
verdicts = {
    reading: {
        (j.claim.row, j.claim.column): j.verdict.word
        for j in ledger.judged("ssanu/table-3", reading)
    }
    for reading in ("paper", "best")
}


def rmse(method, reading="paper"):
    """The RMSE of a method in the record the prose speaks of."""
    return recorded[reading].cell("RMSE", method)


def words(method, reading="paper", row="RMSE"):
    return recorded[reading].words(row, method)


claimed, smacc_printed = printed["RMSE", "SSANU-Net"], printed["RMSE", "SMACC"]
best = rmse("SSANU-Net", "best")
start_alone = rmse(baselines.START_ALONE).values[0]
display(
    Markdown(
        f"**What you see: the network** ({table.source('RMSE', 'SSANU-Net')}). The table prints {claimed.printed} for the "
        f"RMSE of SSANU-Net. Read literally it has {words('SSANU-Net')}, which is judged "
        f"`{verdicts['paper']['RMSE', 'SSANU-Net']}`. Read as *best*, it has a median of {np.median(best.values):.3f}, "
        f"from {min(best.values):.3f} to {max(best.values):.3f} over {findings.count(best.n, 'seed')}, which is judged "
        f"`{verdicts['best']['RMSE', 'SSANU-Net']}`. With the reference's endmembers to start from, it has "
        f"{words('SSANU-Net', 'oracle')}. Its mean angle in the reading *best* is "
        f"{words('SSANU-Net', 'best', 'Mean SAD')} (`{verdicts['best']['Mean SAD', 'SSANU-Net']}`); the paper prints "
        f"{printed['Mean SAD', 'SSANU-Net'].printed}.\n\n"
        "**What *best* changes:** pixels of equal length; a start from archetypes in place of VCA; the squared "
        "error summed over the bands, as eq. 13 can also be read; Kaiming's initialisation, a learning rate "
        "that decays, gradients of bounded length, spectra held above zero (all four as in CyCU-Net's "
        "public code); weights held by a sigmoid; and abundances counted as fractions of spectra of equal "
        "height, which is how the reference's were made (below). [The search](09-search) measures what each changes, "
        "and says how they were chosen.\n\n"
        "**What the network adds:** its start alone, with least squares and no network, has "
        f"{words(baselines.START_ALONE)} over several searches, and {start_alone:.3f} for the very search that the "
        f"networks begin from. Of *best*, {findings.below_in_words(best.values, start_alone)}. In this build, "
        f"finding the start took {readings.start('best').seconds:.0f} s, which the seconds of the networks below the table do not count."
    )
)

# %% tags=["hide-input"]
literal = {
    name: float(np.median(rmse(name).values)) for name in methods.networks
}
equal_terms = {
    name: rmse("SSANU-Net, the same three things")
    if name == "SSANU-Net"
    else rmse(name, "best")
    for name in methods.networks
}
ranking = findings.pairs_in_words(
    {name: c.values for name, c in equal_terms.items()}
)
display(
    Markdown(
        f"**What you see: the rivals** ({table.source('RMSE', 'CyCU-net')}). CyCU-Net has {words('CyCU-net')} in the "
        f"reading *paper*, printed {printed['RMSE', 'CyCU-net'].printed} "
        f"(`{verdicts['paper']['RMSE', 'CyCU-net']}`). {SUN}, has {words(SUN)}; the paper prints "
        f"{printed['RMSE', 'SUnCNN'].printed} for SUnCNN. Medians, without and with the same three things: "
        + "; ".join(
            f"{name} {literal[name]:.3f} and {np.median(c.values):.3f} (n = {c.n})"
            for name, c in equal_terms.items()
        )
        + f". With the same three things, {ranking}.\n\nWith these three things and nothing else SSANU-Net has {words('SSANU-Net, the same three things')}, where "
        f"{claimed.printed} is printed; whether that is how the printed number came about, we cannot know. With all of "
        f"its *best* it has a median of {np.median(best.values):.3f}.\n\nThe spread matters as much as the median. In "
        "*best*, "
        + ", ".join(
            f"{name} runs from {min(rmse(name, 'best').values):.3f} to {max(rmse(name, 'best').values):.3f}"
            for name in methods.networks
        )
        + "."
    )
)

# %% tags=["hide-input"]
l2, shaken = rmse("VCA + FCLS, L2 pixels"), rmse("SMACC, L2 pixels")
display(
    Markdown(
        f"**What you see: no network** ({table.source('RMSE', 'EDAA')}). On raw pixels SMACC's RMSE is {words('SMACC')} where the paper "
        f"prints {smacc_printed.printed}; VCA with FCLS has {words('VCA + FCLS, raw pixels')}, and the "
        f"constant prediction {words('constant prediction')}.\n\nWhen each pixel is divided by its length and nothing else "
        f"changes, VCA with FCLS has a median of {np.median(l2.values):.3f}. The paper prints {claimed.printed} for "
        f"SSANU-Net; of the starts, {findings.below_in_words(l2.values, claimed.value)}, and the worst has "
        f"{max(l2.values):.3f}. EDAA, which is blind and has no network either, has {words('EDAA')}. The reference "
        "serves only to name the maps. The paper mentions no "
        f"normalisation.\n\nSMACC on L2 pixels runs from {min(shaken.values):.3f} to {max(shaken.values):.3f} over "
        f"{findings.count(shaken.n, 'seed')}, depending on which pixel becomes its first endmember. A single run "
        "shows one of these."
    )
)

# %% [markdown]
# ### The reason for each verdict
#
# These are the verdicts on the cells that are run, with their reasons:

# %% tags=["hide-input"]
display(Markdown(ledger.reasons("ssanu/table-3")))

# %% [markdown]
# ## Fig. 5: the abundance maps

# %% tags=["hide-input"]
drawn = ("SMACC", SUN, "CyCU-net", "SSANU-Net")
in_maps = (
    *drawn,
    "SSANU-Net (best)",
    "VCA + FCLS, raw pixels",
    "VCA + FCLS, L2 pixels",
    "EDAA",
)
compared = methods.first_runs(in_maps)
missing = ", ".join(
    c.column
    for c in ledger.claims("ssanu/table-3")
    if c.row == "RMSE" and not any(m.startswith(c.column) for m in compared)
)
figure5 = ledger.record(
    "ssanu/figure-5",
    scene=image,
    run=run,
    arrays=figure_arrays.stored_maps(image, compared),
    fits=methods.fits_of(in_maps),
)
display(
    *plotting.compared_maps(
        figure5.drawings, list(image.endmember_names), "Fig. 5", missing
    )
)

# %% tags=["hide-input"]
water = image.endmember_names.index("water")
label, arrays = figure5.drawings[0]
means = ", ".join(
    f"{a[..., water].mean() / 255:.2f} ({name})" for name, a in arrays.items()
)
display(
    Markdown(
        f"**What you see** ({label}). Each row shows the abundance maps of one method, a column a material; the first "
        f"row is the reference. The mean abundance of water is {means}.\n\nOn raw pixels, fully constrained least "
        "squares must make every pixel's fractions sum to one, and the only way to make a shaded tree dark is to add "
        "water. SMACC has no such sum: its fractions fall short wherever a pixel is darker than SMACC's brightest "
        "endmember. Divided by its length, a shaded tree has nearly the spectrum of a lit one."
    )
)

# %% [markdown]
# ## Fig. 6: the spectra of the pure pixels
#
# These are the mean spectra of the pixels above 0.9, as eq. 17 compares them: a panel a material, a line a method.

# %% tags=["hide-input"]
in_spectra = (*drawn, "SSANU-Net (best)")
lines = methods.first_runs(in_spectra)
figure6 = ledger.record(
    "ssanu/figure-6",
    scene=image,
    run=run,
    arrays=figure_arrays.stored_spectra(image, lines),
    fits=methods.fits_of(in_spectra),
)
display(*plotting.compared_spectra(figure6.drawings, image, "Fig. 6", missing))

# %% [markdown]
# **What you see.** The angle ignores brightness, so a line far above the reference can still score well. The
# figure's alternative text lists the angle of each line to the reference.
#
# ## The reference is a least squares solution
#
# What does non-negative least squares give with the reference's endmembers, pixel by pixel, divided by the sum?

# %% tags=["hide-input"]
circular = scores["NNLS / sum, reference endmembers"][0]
constant = scores["constant prediction"][0]
display(
    Markdown(
        f"| convention{twin} | NNLS / sum with the reference's endmembers | constant prediction |\n|---|---|---|\n"
        + "\n".join(
            f"| {c} | {circular.rmse[c]:.4f} | {constant.rmse[c]:.4f} |"
            for c in metrics.CONVENTIONS
        )
        + f"\n\nThe pooled error is {circular.rmse['pooled']:.4f}."
        + (
            " On the twin, whose abundances are known and not computed, this is the error of the method."
            if image.origin == "twin"
            else " So small an error is no measurement error: **the reference abundances of Samson are this "
            "computation**, up to that difference. They were not measured on the ground. An abundance score on Samson "
            "says how near a method comes to non-negative least squares with three given spectra. A method that models "
            "the light better than that scores worse for it."
        )
    )
)

# %% [markdown]
# ## The spread over seeds and starts
#
# Every number that the paper prints in Table III is one run with seed 0. A run draws the network's first weights, its
# dropout, and VCA's start at random. The figure shows many runs: with everything random, with only the network's seed
# varied, and with only VCA's start varied.

# %% tags=["hide-input"]
sources = {
    "seed and start": rmse("SSANU-Net"),
    "the seed alone": rmse("SSANU-Net, one start of VCA"),
    "VCA's start alone": rmse("SSANU-Net, one seed, other starts"),
}
source = table.source("RMSE", "SSANU-Net, one start of VCA")
spread = {
    f"paper, {name}": np.array(c.values) for name, c in sources.items()
} | {r: np.array(rmse("SSANU-Net", r).values) for r in ("best", "oracle")}
spread |= {
    f"paper, {name}": np.array(rmse(name).values)
    for name in list(methods.networks)[1:]
}
told = plotting.spread_words(spread)
display(
    plotting.plot_spread(
        spread,
        "abundance RMSE, per pixel (eq. 18)",
        f"Dots: the abundance RMSE of the networks, run by run. {told}. A bar at the number printed for SSANU-Net.",
        f"The networks, run by run ({source}), SSANU-Net where none is named; the black tick is the median.",
        {"SSANU-Net (printed)": claimed.value},
    ),
    Markdown(
        f"**What you see** ({source}). Each row is a method, each dot a run, and the tick its median.\n\n- "
        + told.replace("; ", "\n- ")
        + "\n\nA difference between two methods that is smaller than their spread cannot be seen from one run of each."
        + "\n\n**Seed and start, one at a time.** "
        + findings.one_at_a_time({n: c.values for n, c in sources.items()})
        + " Such runs vary one source while the other stays at one value, so they show the spread at that value only, "
        "and nothing of how the two act together. They do not give variance components. A crossed design, every seed "
        "with every start, does (`metrics.variance_components`): see [seeds and starts](12-seeds-and-starts)."
    ),
)

# %% [markdown]
# ### The spread over starts of VCA alone
#
# Least squares has no seed, so the spread over VCA's starts can be measured without any network. VCA projects onto
# random directions, and a single printed number stands for one draw of them. How many different sets of endmembers do
# the starts of this build find, for each normalisation of the pixels?

# %%
corners = {
    how: len(
        {
            tuple(sorted(found))
            for found in unmixing.vca_starts(
                normalise(pixels, how), 3, range(run.vca_starts)
            )[1]
        }
    )
    for how in ("none", "l2", "max")
}
corners

# %% tags=["hide-input"]
shown = {table.source("RMSE", "VCA + FCLS, L2 pixels"): table.quoted}
built = table.record.cell("RMSE", "VCA + FCLS, L2 pixels").values
if not findings.agree(built, l2.values):
    shown[f"this build, {ledger.describe(image)}"] = table.record
for origin, record in shown.items():
    spread = {
        name: np.array(record.cell("RMSE", name).values)
        for name in baselines.BLIND
    }
    starts = findings.count(len(spread["VCA + FCLS, L2 pixels"]), "start")
    told = plotting.spread_words(spread)
    display(
        plotting.plot_spread(
            spread,
            "abundance RMSE, per pixel (eq. 18)",
            f"Dots: the abundance RMSE of VCA and FCLS for {starts}. {told}. Bars at the numbers "
            "printed for SSANU-Net and SMACC.",
            f"VCA + FCLS from {starts} ({origin}); the black tick is the median.",
            {
                f"{name} (printed)": printed["RMSE", name].value
                for name in ("SSANU-Net", "SMACC")
            },
        )
    )
    far = sum(np.sum(np.abs(v - np.median(v)) > 0.1) for v in spread.values())
    display(
        Markdown(
            f"**What you see** ({origin}). {told}. Of these {sum(map(len, spread.values()))} runs, {far} "
            f"{'lies' if far == 1 else 'lie'} more than 0.1 from the median of their row."
        )
    )

# %% [markdown]
# Starts that end at the same endmembers fall on one point. When a paper prints one start, its reader cannot know
# whether it was one of the many or one of the few far off. A handful of starts may show none of the far ones.
#
# ## What holds up, and what does not

# %% tags=["hide-input"]
display(
    Markdown(
        f"- **SSANU-Net's row** ({table.source('RMSE', 'SSANU-Net')}): the printed RMSE is {claimed.printed}. The text "
        f"read literally is judged `{verdicts['paper']['RMSE', 'SSANU-Net']}` (median {literal['SSANU-Net']:.3f}), and "
        f"the reading *best* `{verdicts['best']['RMSE', 'SSANU-Net']}` (median {np.median(best.values):.3f}). *best* is "
        "blind when it runs, but was chosen with the reference in sight.\n"
        "- **What the network adds** in *best*: least squares on the very archetypes it starts from has "
        f"{start_alone:.3f}; of *best*, {findings.below_in_words(best.values, start_alone)}.\n"
        "- **The order of the networks**: given the same three things, the medians are "
        + ", ".join(
            f"{np.median(c.values):.3f} ({name}, n = {c.n})"
            for name, c in equal_terms.items()
        )
        + f"; {ranking}.\n"
        f"- **SMACC's RMSE** on raw pixels is judged `{verdicts['paper']['RMSE', 'SMACC']}`. Ours is the method of "
        "the `spectral` package; the paper's own code is not public, so we cannot say which step differs."
    )
)

# %% [markdown]
# - **SMACC depends on rounding**: on raw pixels through a division of zero by zero, on normalised ones through a tie
#   among all pixels.
# - **The order of the methods** in Table III cannot be read as a ranking of ideas while the normalisation
#   that each method used is not stated.
# - **The reference** is a computation. A score near its own error says nothing about a method.
# - **One start is no result.** Without a network, the spread over starts costs little to measure.
#
# ## Exercises
#
# **1.** Does the reconstruction error, which needs no reference, tell a good start from a bad one?
#
# :::{dropdown} A solution
# ```python
# from mixedpixels.unmixing import FCLS
# shaped = normalise(pixels, "l2")
# found, _ = unmixing.vca_starts(shaped, 3, range(30))
# for spectra in found:
#     a = FCLS(spectra).fit_transform(shaped)
#     residual = np.sqrt(((shaped - a @ spectra) ** 2).mean())
#     print(residual, metrics.unmixing_scores(pixels, a, reference).rmse["per_pixel"])
# ```
# Print the pairs in order of the residual. Few distinct values appear, because few sets of endmembers do. See whether
# the smallest residual has the smallest error.
# :::
#
# **2.** The metric's threshold is 0.9. Recompute the mean angle of SMACC with 0.7 and 0.99. Which number
# of the table would you print?
#
# :::{dropdown} A solution
# ```python
# for threshold in (0.7, 0.9, 0.99):
#     ours, n = metrics.pure_pixel_spectra(pixels, estimates["SMACC"], threshold)
#     theirs, _ = metrics.pure_pixel_spectra(pixels, reference, threshold)
#     print(threshold, n, metrics.spectral_angle(ours, theirs).mean())
# ```
# All of them, with the threshold: a score that moves with an arbitrary choice needs the choice beside it.
# :::
#
# **3.** Give VCA four endmembers instead of three. What does the fourth one find?
#
# :::{dropdown} A solution
# ```python
# from mixedpixels.unmixing import FCLS, VCA
# model = FCLS(VCA(4, random_state=0), "l2").fit(pixels)
# maps = image.grid(model.transform(pixels))
# plotting.abundance_maps({"four": maps}, ["1", "2", "3", "4"],
#                         "Four abundance maps of the scene, one per endmember found by VCA.")
# ```
# Look for a map that is bright only along the shore, or only in a few pixels: mixtures and outliers can be
# corners of the cloud too.
# :::
