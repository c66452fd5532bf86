# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Jasper Ridge: a network, and what its reference rewards
#
# Section III-D of the SSANU-Net paper {cite}`chen2023ssanu` unmixes Jasper Ridge, 100 × 100 pixels of
# trees, water, soil and a road. **Table IV** compares five methods, **Fig. 7** shows their abundance maps
# and **Fig. 8** their spectra. The paper says that trees and soil are mixed together there, that the
# mixture may not be linear, and that the network finds both better than its four rivals.
#
# This page runs SSANU-Net in three readings, SMACC, and the controls the table does not have. The other
# networks' cells stay `not run` until their pages have run them.
#
# - **You need** [Samson](04-samson): the two scores, the three readings and the verdicts are explained
# there.
# - **You will learn** to look for what else gives a printed number; how a reference that was itself
# computed takes sides; and what is left of a network when its start is scored alone.

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
# `mixedpixels run ssanu/05-jasper-ridge -p vca_starts=3`. A zero or an empty text means the profile's value.
#
# - `seeds`: how many times SSANU-Net is fitted in each reading.
# - `epochs`: of each fit; the paper's are 500, and a quick page stops much earlier.
# - `spread_seeds`: how many seeds with one start, and starts with one seed.
# - `restarts`: how many times the archetypal start of the reading *best* is searched for.
# - `vca_starts`: how many random starts VCA gets with least squares.
# - `smacc_seeds`: how many draws SMACC gets.
# - `profile`: `quick`, or `full`, which records what it measures and lets no setting be changed.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "jasper-ridge"
device: str = "auto"
seeds: int = 0
epochs: int = 0
spread_seeds: int = 0
restarts: int = 0
vca_starts: int = 0
smacc_seeds: int = 0

# %%
import numpy as np
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.models import ssanu
from mixedpixels.pipeline import Readings, resolve
from mixedpixels.unmixing import (
    FCLS,
    NNLS,
    SMACC,
    VCA,
    ConstantPrediction,
    normalise,
)

run = resolve(
    "ssanu/05-jasper-ridge",
    {
        "profile": profile,
        "scene": scene,
        "device": device,
        "seeds": seeds,
        "epochs": epochs,
        "spread_seeds": spread_seeds,
        "restarts": restarts,
        "vca_starts": vca_starts,
        "smacc_seeds": smacc_seeds,
    },
    quick={
        "seeds": 1,
        "epochs": 30,
        "spread_seeds": 1,
        "restarts": 4,
        "vca_starts": 30,
        "smacc_seeds": 10,
    },
    full={
        "seeds": 10,
        "epochs": 500,
        "spread_seeds": 5,
        "restarts": 50,
        "vca_starts": 30,
        "smacc_seeds": 10,
    },
    choices={"scene": ["jasper-ridge"]},
)
run

# %% [markdown]
# ## The scene
#
# 198 of AVIRIS' 224 bands; the others were left out for water vapour and noise, hence the gaps in the
# spectra below. What is known about the files, and how their values became reflectance, is on
# [the data's page](../../generated/data).

# %%
image = scenes.load(run.scene, twin=run.twin)
pixels, reference = image.pixels, image.pixel_abundances
image

# %% tags=["hide-input"]
twin = " (simulated twin)" if image.origin == "twin" else ""
figure, axes = plotting.figure.new(7, 3.0, ncols=2, width_ratios=[1, 1.5])
axes[0].imshow(plotting.colour_image(image.cube, image.wavelengths))
axes[0].set_title("near-natural colours", fontsize=9)
axes[0].set_axis_off()
for k, (name, spectrum) in enumerate(
    zip(image.endmember_names, image.endmembers, strict=True)
):
    axes[1].plot(
        *plotting.spectra.broken(image.wavelengths, spectrum),
        color=plotting.figure.PALETTE[k],
        ls=plotting.figure.DASHES[k],
        label=name,
    )
axes[1].set_xlabel("wavelength (nm)")
axes[1].set_ylabel("reflectance")
axes[1].legend(fontsize=7)
heights = ", ".join(
    f"{n} {e.max():.2f}"
    for n, e in zip(image.endmember_names, image.endmembers, strict=True)
)
plotting.picture(
    figure,
    "The scene in near-natural colours, beside the four reference spectra over the wavelength; their "
    f"largest values are {heights}.",
    f"The scene{twin} and the reference's spectra.",
)

# %% tags=["hide-input"]
tops = image.endmembers.max(axis=1)
ranked = np.argsort(tops)
display(
    Markdown(
        f"**What you see{twin}.** The largest values of the spectra are {heights}. "
        + (
            "The twin's reference spectra have equal heights, as Samson's do; the real ones do not."
            if image.origin == "twin"
            else f"{image.endmember_names[ranked[0]].capitalize()} is dark. What share of a pixel is "
            f"{image.endmember_names[ranked[0]]} then depends on what one share of it is. Hold on to that."
        )
    )
)

# %% [markdown]
# ## SSANU-Net, in three readings
#
# As on [Samson's page](04-samson), with the values printed for this scene: *paper* is what is printed, on
# pixels as they come, started from VCA; *best* is what the [search](09-search) came to; *oracle* is *best*
# started from the reference's spectra.

# %%
results = ledger.UnmixingTable(
    image, "ssanu"
)  # the paper's soil is the scene's dirt
readings = Readings(ssanu, image, run)

seeds = range(run.seeds)
_ = results.add(
    "SSANU-Net", lambda seed: readings.fit("paper", seed, seed), seeds
)
others = {r: ledger.UnmixingTable(image, "ssanu") for r in ("best", "oracle")}
for reading, table in others.items():
    table.add("SSANU-Net", lambda seed, r=reading: readings.fit(r, seed), seeds)

# %%
few = range(run.spread_seeds)
_ = results.add(
    "SSANU-Net, one start of VCA",
    lambda seed: readings.fit("paper", seed),
    few,
    control=True,
)
_ = results.add(
    "SSANU-Net, one seed, other starts",
    lambda start: readings.fit("paper", 0, start),
    few,
    control=True,
)

# %% tags=["hide-input"]
fits = {reading: readings.fit(reading, 0) for reading in readings.settings}
display(
    plotting.plot_losses(
        {f"reading {r}": fits[r].losses for r in ("paper", "best")},
        f"The three terms of eq. 16 in the fits of seed 0 ({run.epochs} epochs{twin}). The two readings "
        "measure the reconstruction in different units.",
    )
)
sums = {r: fit.abundances.sum(axis=1) for r, fit in fits.items()}
display(
    Markdown(
        f"λ is {readings.settings['paper'].sum_to_one:g} here, {ssanu.settings('samson').sum_to_one:g} on Samson. "
        "So little that the abundances need not sum to one: in the reading *paper* their sums have a mean "
        f"of {sums['paper'].mean():.2f} and a standard deviation of {sums['paper'].std():.2f} (seed 0). "
        "Eq. 18 counts the missing part as an error, and the text mentions no division by the sum."
    )
)

# %% [markdown]
# ## SMACC and the controls
#
# SMACC from seeds that differ in the twelfth digit, as on Samson. Then least squares from VCA, on pixels as
# they come and normalised; the start of *best* without its network; least squares with the reference's
# spectra; and the constant prediction.

# %%
raw = [
    pixels * (1 + 1e-12 * rng.standard_normal(pixels.shape))
    for rng in map(np.random.default_rng, range(run.smacc_seeds))
]
_ = results.add(
    "SMACC",
    lambda seed: SMACC(4).fit_transform(raw[seed]),
    range(run.smacc_seeds),
    note="noise of 1e-12: rounding decides, so it is run from seeds",
)

# %%
labels = {"none": "raw pixels", "l2": "L2 pixels", "max": "max pixels"}
FCLS(VCA(4), device=run.device).fit_transform(pixels)  # the first call is slow
for how, label in labels.items():
    results.add(
        f"VCA + FCLS, {label}",
        lambda seed, how=how: FCLS(VCA(4, seed), how, run.device).fit_transform(
            pixels
        ),
        range(run.vca_starts),
        control=True,
    )
_ = results.add(
    "EDAA + NNLS / sum, scaled spectra",
    lambda seed: NNLS(
        normalise(readings.start("best", seed).spectra, "max"),
        renormalise=True,
        device=run.device,
    ).fit_transform(pixels),
    few,
    control=True,
    note="the start of the reading best, without the network; one search a seed",
)

# %%
given = {
    "control": True,
    "deterministic": True,
    "note": "uses the reference's endmembers",
}
spectra = image.endmembers
for label, how in {"raw pixels": "none", "L2 pixels": "l2"}.items():
    results.add(
        f"FCLS, {label}, reference endmembers",
        lambda seed, how=how: FCLS(spectra, how, run.device).fit_transform(
            pixels
        ),
        **given,
    )
as_given = results.add(
    "NNLS / sum, reference endmembers",
    lambda seed: NNLS(
        spectra, renormalise=True, device=run.device
    ).fit_transform(pixels),
    **given,
)[0]
scaled = results.add(
    "NNLS / sum, reference endmembers scaled",
    lambda seed: NNLS(
        normalise(spectra, "max"), renormalise=True, device=run.device
    ).fit_transform(pixels),
    **given,
)[0]
_ = results.add(
    "constant prediction",
    lambda seed: ConstantPrediction().fit(pixels, reference).transform(pixels),
    only=("RMSE",),  # it has no pure pixels, hence no angle
    control=True,
    deterministic=True,
    note="uses the reference's mean abundances",
)

# %% [markdown]
# ## Table IV
#
# *paper* is the printed number; *ours* the recorded full run, and only this is judged
# ([how to read a verdict](../../verdicts)); *build* is what this page measured while it was built.

# %%
recorded = {
    reading: ledger.record(
        "ssanu/table-4",
        scene=image,
        run=run,
        cells=made.cells,
        metrics=ledger.UNMIXING_METRICS,
        seconds=made.seconds,
        reading=reading,
    )
    for reading, made in [*others.items(), ("paper", results)]
}
table = recorded["paper"]
table

# %% tags=["hide-input"]
judged = ledger.judged("ssanu/table-4")
printed = {(j.claim.row, j.claim.column): j.claim for j in judged}
claimed = printed["RMSE", "SSANU-Net"]


def cell(method, reading="paper", row="RMSE"):
    return recorded[reading].cell(row, method)


def words(method, reading="paper", row="RMSE"):
    return recorded[reading].words(row, method)


best, start_alone = (
    cell("SSANU-Net", "best"),
    cell("EDAA + NNLS / sum, scaled spectra"),
)
display(
    Markdown(
        f"**What you see** ({table.source('RMSE', 'SSANU-Net')}). The table prints an RMSE of {claimed.printed} for SSANU-Net. Read "
        f"literally it has {words('SSANU-Net')}; read as *best*, a median of {np.median(best.values):.3f}, "
        f"from {min(best.values):.3f} to {max(best.values):.3f} over {best.n} "
        f"seed{'s' if best.n > 1 else ''}; with the reference's spectra to start from, "
        f"{words('SSANU-Net', 'oracle')}. The mean angle is {words('SSANU-Net', row='Mean SAD')} literally and "
        f"{words('SSANU-Net', 'best', 'Mean SAD')} in *best*, printed "
        f"{printed['Mean SAD', 'SSANU-Net'].printed}. SMACC has {words('SMACC')}, printed "
        f"{printed['RMSE', 'SMACC'].printed}.\n\n**What the network adds:** all seeds of *best* begin from one search for archetypes. That "
        "start alone, with least squares and no network, has "
        f"{words('EDAA + NNLS / sum, scaled spectra')} from search to search"
        + (
            ": the network is not better than what it starts from."
            if start_alone.mean <= np.median(best.values)
            else ": the network is better than what it starts from."
        )
    )
)

# %% [markdown]
# ### Why is a cell `worse`?

# %% tags=["hide-input"]
display(
    Markdown(
        "\n".join(
            f"- **{j.claim.column}, {j.claim.row}: {j.verdict.word}.** {j.verdict.reason}"
            for j in judged
            if j.verdict.word != "not run"
        )
        or "No full run is recorded yet."
    )
)

# %% [markdown]
# ## What else gives the printed number?
#
# Of everything on this page, which rows come nearest to the printed RMSE of SSANU-Net? And do they agree
# with the printed angles too?

# %% tags=["hide-input"]
near = {}
for reading, shown in recorded.items():
    for c in (*shown.quoted.cells, *shown.record.cells):
        name = c.column if reading == "paper" else f"{c.column} ({reading})"
        near.setdefault(name, {}).setdefault(c.row, c.mean)
near = {name: row for name, row in near.items() if len(row) > 1}
ordered = sorted(near, key=lambda name: abs(near[name]["RMSE"] - claimed.value))
across = list(dict.fromkeys(row for row, _ in printed))
display(
    Markdown(
        f"| method{twin} | "
        + " | ".join(across)
        + " |\n|---|"
        + "---|" * len(across)
        + "\n| **printed for SSANU-Net** | "
        + " | ".join(
            f"**{printed[row, 'SSANU-Net'].printed}**" for row in across
        )
        + " |\n"
        + "\n".join(
            f"| {name} | "
            + " | ".join(f"{near[name][row]:.4f}" for row in across)
            + " |"
            for name in ordered[:3]
        )
    )
)
theirs = cell("FCLS, raw pixels, reference endmembers")
blind = cell("VCA + FCLS, raw pixels")
display(
    Markdown(
        f"**What you see.** Of the {len(near)} rows, the nearest is *{ordered[0]}*, "
        f"{abs(near[ordered[0]]['RMSE'] - claimed.value):.4f} away. "
        + (
            "On the twin that means nothing."
            if image.origin == "twin"
            else "Fully constrained least squares on raw pixels, *given the reference's spectra*, has "
            f"{theirs.mean:.4f}, and no network is in it. From VCA, with nothing given, the same least squares "
            f"has {blind.mean:.3f} ± {blind.sd:.3f}. The paper says that the endmembers for the start are easy to "
            "obtain, by VCA or by field measurements; it does not say which were taken. Our *oracle*, started "
            f"from the reference, has {words('SSANU-Net', 'oracle')}. We cannot know what was run: one of many "
            "rows comes near by chance, too, and material by material the angles of the nearest row are not "
            "the printed ones. What can be said is that the printed error is in reach of a method without any "
            "network that holds the reference's spectra, and not of the text read literally."
        )
    )
)

# %% [markdown]
# ## A reference that takes sides
#
# Samson's reference is non-negative least squares with its own spectra, divided by the sum. Is this one?

# %% tags=["hide-input"]
plain_shares = results.estimates["NNLS / sum, reference endmembers"]
worst = np.abs(
    results.estimates["NNLS / sum, reference endmembers scaled"] - reference
).max(axis=1)
dark = int(ranked[0])
name = image.endmember_names[dark]
some = (reference[:, dark] > 0.05) & (reference[:, dark] < 0.2)
display(
    Markdown(
        f"| convention{twin} | with the spectra as they stand | each spectrum scaled to a largest value of 1 |\n"
        "|---|---|---|\n"
        + "\n".join(
            f"| {c} | {as_given.rmse[c]:.4f} | {scaled.rmse[c]:.4f} |"
            for c in metrics.CONVENTIONS
        )
    )
)
display(
    Markdown(
        "On the twin, whose abundances are shares of scaled spectra by construction, both columns hold the "
        "error of least squares alone."
        if image.origin == "twin"
        else "As they stand, no. Scaled to equal height, "
        f"{(worst < 1e-5).mean():.0%} of the pixels agree to 10⁻⁵, and the farthest is {worst.max():.2f} away: "
        "**the reference abundances are shares of scaled spectra.** Where this reference says between "
        f"0.05 and 0.2 of {name}, {reference[some, dark].mean():.2f} on average, least squares with the spectra as "
        f"they stand says {plain_shares[some, dark].mean():.2f}: it takes more of a dark thing to make the same "
        "light. A method that answers in another unit is marked down for the unit. That is why the reading "
        "*best* counts its abundances as shares of scaled spectra. That unit was read off the reference. On an "
        "image of your own there is no reference to agree with, and any stated unit will do."
    )
)

# %% [markdown]
# ## What one run hides

# %% tags=["hide-input"]
lucks = {
    "seed and start": cell("SSANU-Net"),
    "the seed alone": cell("SSANU-Net, one start of VCA"),
    "VCA's start alone": cell("SSANU-Net, one seed, other starts"),
}
source = table.source("RMSE", "SSANU-Net, one start of VCA")
spread = (
    {f"paper, {name}": np.array(c.values) for name, c in lucks.items()}
    | {r: np.array(cell("SSANU-Net", r).values) for r in others}
    | {
        f"VCA + FCLS, {label}": np.array(cell(f"VCA + FCLS, {label}").values)
        for label in labels.values()
    }
)
told = "; ".join(
    f"{name}: from {v.min():.3f} to {v.max():.3f}, n = {len(v)}"
    for name, v in spread.items()
)
display(
    plotting.plot_spread(
        spread,
        "abundance RMSE, per pixel (eq. 18)",
        f"Dots: the abundance RMSE, run by run. {told}. Bars at the numbers printed for SSANU-Net and SMACC.",
        f"Run by run ({source}); the black tick is the median.",
        {
            f"{name} (printed)": printed["RMSE", name].value
            for name in ("SSANU-Net", "SMACC")
        },
    ),
    Markdown(
        f"**What you see** ({source}). {told}. "
        + (
            "The standard deviations of the literal reading are "
            + ", ".join(f"{c.sd:.3f} ({name})" for name, c in lucks.items())
            + "."
            if min(c.n for c in lucks.values()) > 1
            else "One run each shows no spread."
        )
    ),
)

# %% [markdown]
# ## Fig. 7: the maps

# %% tags=["hide-input"]
drawn = ["SMACC", "SSANU-Net", "VCA + FCLS, L2 pixels"]
compared = {
    "reference": reference,
    **{name: results.estimates[name] for name in drawn},
    **{
        f"SSANU-Net ({r})": made.estimates["SSANU-Net"]
        for r, made in others.items()
    },
}
maps = {
    name: np.round(255 * np.clip(image.grid(shares), 0, 1)).astype(np.uint8)
    for name, shares in compared.items()
}
missing = ", ".join(
    j.claim.column
    for j in judged
    if j.claim.row == "RMSE" and j.claim.column not in compared
)
figure7 = ledger.record("ssanu/figure-7", scene=image, run=run, arrays=maps)
for label, arrays in figure7.drawings:
    display(
        plotting.abundance_maps(
            {name: stored / 255 for name, stored in arrays.items()},
            list(image.endmember_names),
            "Abundance maps of tree, water, dirt and road, one row a method: "
            + "; ".join(
                f"{name}, mean abundances {' '.join(f'{m:.2f}' for m in stored.mean((0, 1)) / 255)}"
                for name, stored in arrays.items()
            ),
            f"Fig. 7, the rows at hand ({label}). Yellow is all, dark blue is none of a material. "
            f"Not run: {missing}.",
        )
    )

# %% tags=["hide-input"]
between = metrics.spectral_angle_matrix(image.endmembers, image.endmembers)
first, second = np.unravel_index(
    np.where(np.eye(len(between)), np.inf, between).argmin(), between.shape
)
errors = {
    name: np.sqrt(((results.estimates[name] - reference) ** 2).mean(axis=0))
    for name in drawn
}
display(
    Markdown(
        f"**What you see{twin}.** The two reference spectra nearest in shape are "
        f"{image.endmember_names[first]} and {image.endmember_names[second]}, "
        f"{between[first, second]:.2f} rad apart. In this build, the material with the largest error is "
        + ", ".join(
            f"{image.endmember_names[int(e.argmax())]} ({e.max():.2f}, {name})"
            for name, e in errors.items()
        )
        + "."
    )
)

# %% [markdown]
# ## Fig. 8: the spectra

# %% tags=["hide-input"]
curves = {
    name: metrics.pure_pixel_spectra(pixels, shares)[0].astype(np.float32)
    for name, shares in compared.items()
}
figure8 = ledger.record("ssanu/figure-8", scene=image, run=run, arrays=curves)
for label, arrays in figure8.drawings:
    display(
        plotting.plot_spectra(
            {
                name: {m: s[k] for m, s in arrays.items()}
                for k, name in enumerate(image.endmember_names)
            },
            image.wavelengths,
            "reflectance",
            "Mean spectra of tree, water, dirt and road, one line a method; angles to the reference in "
            "radians: "
            + "; ".join(
                f"{m} {' '.join(f'{a:.3f}' for a in metrics.spectral_angle(s, arrays['reference']))}"
                for m, s in arrays.items()
                if m != "reference"
            ),
            f"Fig. 8, the lines at hand ({label}): means of the pixels above 0.9. Not run: {missing}.",
        )
    )

# %% [markdown]
# ## What holds up, and what does not
#

# %% tags=["hide-input"]
median = np.median(best.values)
display(
    Markdown(
        f"- **The printed RMSE** of SSANU-Net, {claimed.printed}, is "
        + (
            "reached"
            if cell("SSANU-Net").mean <= claimed.value
            else "not reached"
        )
        + f" by its text read literally ({cell('SSANU-Net').mean:.3f}). Least squares with the reference's "
        f"spectra has {theirs.mean:.4f}.\n- **The reading *best*** has a median of {median:.3f}, so it "
        + ("reaches" if median <= claimed.value else "does not reach")
        + " the printed number. It is blind when it runs; it was chosen with the references of both scenes in "
        "sight, and takes the unit of its abundances from theirs.\n- **The network** "
        + (
            "is no better than its start"
            if start_alone.mean <= median
            else "is better than its start"
        )
        + f", which has {start_alone.mean:.3f} with least squares.\n- **The reference** is "
        + (
            "known here, for the twin is simulated."
            if image.origin == "twin"
            else "a computation, in a unit of its own. Scores below its own error mean nothing."
        )
    )
)

# %% [markdown]
# ## Exercises
#
# **1.** Express FCLS on L2 pixels with the reference's spectra as shares of scaled spectra. How much of its
# error was the unit?
#
# :::{dropdown} A solution
# ```python
# a = FCLS(image.endmembers, "l2").fit_transform(pixels)
# lengths = np.linalg.norm(image.endmembers, axis=1)
# shares = a / lengths * image.endmembers.max(axis=1)
# shares /= shares.sum(axis=1, keepdims=True)
# print(metrics.unmixing_scores(pixels, a, reference).rmse["per_pixel"],
#       metrics.unmixing_scores(pixels, shares, reference).rmse["per_pixel"])
# ```
# Dividing a spectrum by its length multiplies its coefficient by it; undo that, then scale.
# :::
#
# **2.** The literal reading's abundances do not sum to one. What is its error after dividing by the sum?
#
# :::{dropdown} A solution
# ```python
# a = fits["paper"].abundances
# shares = a / np.maximum(a.sum(axis=1, keepdims=True), 1e-9)
# print(metrics.unmixing_scores(pixels, shares, reference).rmse["per_pixel"])
# ```
# :::
#
# **3.** VCA on raw pixels: which material does a bad start miss?
#
# :::{dropdown} A solution
# ```python
# for seed in range(30):
#     model = FCLS(VCA(4, seed)).fit(pixels)
#     score = metrics.unmixing_scores(pixels, model.transform(pixels), reference)
#     found = metrics.spectral_angle(model.endmembers_[score.order], image.endmembers)
#     print(round(score.rmse["per_pixel"], 2), dict(zip(image.endmember_names, found.round(2))))
# ```
# :::
