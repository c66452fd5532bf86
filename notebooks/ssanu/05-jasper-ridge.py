# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Jasper Ridge: three networks, and what the reference rewards
#
# Section III-D of the SSANU-Net paper {cite}`chen2023ssanu` unmixes Jasper Ridge, 100 × 100 pixels of
# trees, water, soil and a road. **Table IV** compares five methods, **Fig. 7** shows their abundance maps
# and **Fig. 8** their spectra. The paper says that trees and soil are mixed together there, that the
# mixture may not be linear, and that the network finds both better than its four rivals.
#
# What this page finds, in four lines:
#
# - The text, read literally, does not give the printed error of SSANU-Net.
# - Our working reading, *best*, comes near the printed error, but varies too much from seed to seed for a verdict.
# - Least squares on the spectra that *best* starts from has a smaller error than the network that starts there.
# - The reference abundances are fractions of *scaled* spectra. A method that answers in another unit is marked down.
#
# The page runs SSANU-Net, CyCU-Net and SUnCNN in three readings each, SMACC, and the controls that the table does
# not have. It only quotes 3DCNN-var, for the reason given on [Samson's page](04-samson).
#
# - **You need** [Samson](04-samson): it explains the two scores, the three readings and the verdicts. The
#   [glossary](../../glossary) explains terms.
# - **You will learn** to look for other methods that give a printed number; how a reference that was itself
#   computed favours some methods; and what a network adds to the spectra it starts from.

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
# - `epochs`: of each fit of SSANU-Net; the paper's are 500, and a quick page stops much earlier.
# - `cycle_epochs`, `sun_iterations`: the same for CyCU-Net (a full run takes its demonstration's number) and
#   SUnCNN.
# - `slow_seeds`: how many times SUnCNN is fitted in the reading *best*.
# - `spread_seeds`: how many seeds are run with one start, how many starts with one seed, and how many searches for
#   archetypes and oracle fits are made.
# - `restarts`: how many times the archetypal start of the reading *best* is searched for.
# - `vca_starts`: how many random starts of VCA are followed by least squares.
# - `smacc_seeds`: how many times SMACC is run, each with its own noise in the twelfth digit.
# - `profile`: `quick`, or `full`, which records what it measures and lets no setting be changed.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = "jasper-ridge"
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
import numpy as np
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters import baselines, figure_arrays
from mixedpixels.chapters.ssanu.comparison import SUN, Comparison
from mixedpixels.models import ssanu
from mixedpixels.pipeline import resolve

run = resolve("ssanu/05-jasper-ridge", globals())
run

# %% [markdown]
# ## The scene: 198 bands, four materials
#
# The file holds 198 of the 224 bands of AVIRIS. The others were left out because of water vapour and noise, which
# leaves gaps in the spectra below. [The data's page](../../generated/data) says what is known about the files and
# how their values became reflectance.

# %%
image = scenes.load(run.scene, twin=run.twin)
pixels, reference = image.pixels, image.pixel_abundances
image

# %% tags=["hide-input"]
from mixedpixels.chapters.ssanu import findings, references

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
            else f"{image.endmember_names[ranked[0]].capitalize()} is dark. So the fraction of a pixel that is "
            f"{image.endmember_names[ranked[0]]} depends on the unit: a fraction of the spectrum as it stands, or of "
            "the spectrum scaled to the height of the others. The section on the reference comes back to this."
        )
    )
)

# %% [markdown]
# ## Three networks, in three readings
#
# The readings are those of [Samson's page](04-samson):
#
# - **paper** uses what is printed for this scene, or set in the rivals' demonstrations, on raw pixels, started from
#   VCA.
# - **best** uses the settings that the [search](09-search) came to. The rivals are given three of them: the same
#   pixels, the same start and the same unit of abundances. A control gives SSANU-Net, read literally, just these three.
# - **oracle** is *best* started from the reference's spectra.
#
# SUnCNN makes 300 iterations here instead of the 4000 or more of its demonstration, and the noise of the image is not
# removed first. So it is a control, and its own cells stay `not run`.

# %%
methods = Comparison(
    "ssanu/table-4", image, run
)  # the paper's soil is the scene's dirt
readings = methods.networks["SSANU-Net"]
estimates = methods.tables["paper"].estimates
many, few = range(run.seeds), range(run.spread_seeds)
for name in methods.networks:
    methods.fit(name, "paper", many)
for name, several in (
    ("SSANU-Net", many),
    ("CyCU-net", many),
    (SUN, range(run.slow_seeds)),
):
    methods.fit(name, "best", several)
for name in ("SSANU-Net", "CyCU-net"):
    methods.fit(name, "oracle", few)
_ = methods.same_three_things(few)

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
        "**What you see.** Each panel shows one reading: the terms of the loss on a logarithmic axis, over the "
        "epochs of this build. "
        f"λ, the weight of the term for the sum, is {readings.settings['paper'].sum_to_one:g} here and "
        f"{ssanu.settings('samson').sum_to_one:g} on Samson. In the reading *paper* the sums of the abundances have a "
        f"mean of {sums['paper'].mean():.2f} and a standard deviation of {sums['paper'].std():.2f} (seed 0 of this "
        "build). Eq. 18 counts a sum that is not one as an error, and the text mentions no division by the sum."
    )
)

# %% [markdown]
# ## SMACC and the controls
#
# SMACC runs on pixels that differ in the twelfth digit, as on Samson. The controls are the same too:
#
# - least squares with VCA's spectra, on raw and on normalised pixels;
# - archetypes with their own abundances, and with least squares, which is the start of *best* without a network;
# - least squares with the reference's spectra;
# - the constant prediction.

# %%
scores = methods.measure([methods.smacc(), *methods.controls(few)])

# %% [markdown]
# ## Table IV
#
# *paper* is the printed number, *ours* the recorded full run, and *build* what this page measured while it was built.
# Only recorded runs are judged ([how to read a verdict](../../verdicts)).

# %%
recorded = methods.record()
table = recorded["paper"]
table

# %% tags=["hide-input"]
printed = {(c.row, c.column): c for c in ledger.claims("ssanu/table-4")}
verdicts = {
    reading: {
        (j.claim.row, j.claim.column): j.verdict.word
        for j in ledger.judged("ssanu/table-4", reading)
    }
    for reading in ("paper", "best")
}
claimed = printed["RMSE", "SSANU-Net"]


def cell(method, reading="paper", row="RMSE"):
    return recorded[reading].cell(row, method)


def words(method, reading="paper", row="RMSE"):
    return recorded[reading].words(row, method)


best = cell("SSANU-Net", "best")
start_alone = cell(baselines.START_ALONE).values[0]
display(
    Markdown(
        f"**What you see: the network** ({table.source('RMSE', 'SSANU-Net')}). The table prints an RMSE of "
        f"{claimed.printed} for SSANU-Net. Read literally it has {words('SSANU-Net')}, which is judged "
        f"`{verdicts['paper']['RMSE', 'SSANU-Net']}`. Read as *best*, it has a median of {np.median(best.values):.3f}, "
        f"from {min(best.values):.3f} to {max(best.values):.3f} over {findings.count(best.n, 'seed')}, which is judged "
        f"`{verdicts['best']['RMSE', 'SSANU-Net']}`. With the reference's spectra to start from, it has "
        f"{words('SSANU-Net', 'oracle')}.\n\nThe mean angle is {words('SSANU-Net', row='Mean SAD')} literally "
        f"(`{verdicts['paper']['Mean SAD', 'SSANU-Net']}`) and {words('SSANU-Net', 'best', 'Mean SAD')} in *best* "
        f"(`{verdicts['best']['Mean SAD', 'SSANU-Net']}`); the paper prints {printed['Mean SAD', 'SSANU-Net'].printed}. "
        f"SMACC has an RMSE of {words('SMACC')}; the paper prints {printed['RMSE', 'SMACC'].printed}."
        "\n\n**What the network adds:** all seeds of *best* begin from one search for archetypes. That start alone, "
        f"with least squares and no network, has {words(baselines.START_ALONE)} over several searches, and "
        f"{start_alone:.3f} for the very search that the networks begin from. Of *best*, "
        f"{findings.below_in_words(best.values, start_alone)}. EDAA with its own abundances has {words('EDAA')}."
    )
)

# %% tags=["hide-input"]
literal = {
    name: float(np.median(cell(name).values)) for name in methods.networks
}
equal_terms = {
    name: cell("SSANU-Net, the same three things")
    if name == "SSANU-Net"
    else cell(name, "best")
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
        f"{claimed.printed} is printed; with all of its *best*, a median of {np.median(best.values):.3f}."
    )
)

# %% [markdown]
# ### The reason for each verdict

# %% tags=["hide-input"]
display(Markdown(ledger.reasons("ssanu/table-4")))

# %% [markdown]
# ## Other methods that give the printed error
#
# Of everything on this page, which rows come nearest to the printed RMSE of SSANU-Net? Do they agree with the
# printed angles too?

# %% tags=["hide-input"]
near = {}
for reading, shown in recorded.items():
    for c in (*shown.quoted.cells, *shown.record.cells):
        method = c.column if reading == "paper" else f"{c.column} ({reading})"
        near.setdefault(method, {}).setdefault(c.row, c.mean)
near = {method: row for method, row in near.items() if len(row) > 1}
by_distance = references.nearest_rows(near, "RMSE", claimed.value)
ordered = [row for row, _ in by_distance]
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
        f"{by_distance[0][1]:.4f} away. "
        + (
            "On the twin that means nothing."
            if image.origin == "twin"
            else "Fully constrained least squares on raw pixels, *given the reference's spectra*, has "
            f"{theirs.mean:.4f}, and no network is in it. From VCA, with nothing given, the same least squares "
            f"has {blind.mean:.3f} ± {blind.sd:.3f} (n = {blind.n}). The paper says that the endmembers for the start "
            "are easy to obtain, by VCA or by field measurements; it does not say which were taken. Our *oracle*, "
            f"started from the reference, has {words('SSANU-Net', 'oracle')}.\n\n"
            "We cannot know what was run. Among many rows, one may come near by chance; the largest difference "
            "between an angle of the nearest row and the printed one is "
            f"{max(abs(near[ordered[0]][row] - printed[row, 'SSANU-Net'].value) for row in across if row != 'RMSE'):.3f} rad. "
            "Two things can be said. A method without any network that is given the reference's spectra has an error "
            "near the printed one. The text read literally has none lower than "
            f"{min(cell('SSANU-Net').values):.3f} in {findings.count(cell('SSANU-Net').n, 'run')}."
        )
    )
)

# %% [markdown]
# ## The unit of the reference's abundances
#
# Samson's reference is non-negative least squares with its own spectra, divided by the sum. Is this one computed in
# the same way?

# %% tags=["hide-input"]
plain, equal = (
    "NNLS / sum, reference endmembers",
    "NNLS / sum, scaled, reference endmembers",
)
as_given, scaled = scores[plain][0], scores[equal][0]
dark = int(ranked[0])
low, high = 0.05, 0.2
gap = references.unit_gap(
    reference, estimates[equal], estimates[plain], dark, (low, high)
)
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
        "**What you see.** On the twin, whose abundances are fractions of scaled spectra by construction, both "
        "columns hold the error of least squares alone."
        if image.origin == "twin"
        else "**What you see.** With the spectra as they stand, no. With spectra scaled to equal height, "
        f"{gap.agreeing:.0%} of the pixels agree to 10⁻⁵, and the farthest abundance is {gap.farthest:.2f} away. So for "
        "these pixels **the reference abundances are fractions of scaled spectra**; how the others were computed "
        "we do not know.\n\nThe unit matters. Where this reference says between "
        f"{low:g} and {high:g} of {image.endmember_names[dark]}, {gap.reference:.2f} on average, least squares with the "
        f"spectra as they stand says {gap.other:.2f}: it takes more of a dark spectrum to make the same light. A method "
        "that answers in another unit is marked down for the unit. That is why the reading *best* counts its "
        "abundances as fractions of scaled spectra. That unit was read off the reference. On an image of your own "
        "there is no reference to agree with, and any stated unit will do."
    )
)

# %% [markdown]
# ## The spread over seeds and starts
#
# A single run hides how much the next one may differ. The dots below are single runs: the literal reading with
# everything random, with only the network's seed varied, and with only VCA's start varied; then the other readings,
# the rivals, and VCA with least squares.

# %% tags=["hide-input"]
sources = {
    "seed and start": cell("SSANU-Net"),
    "the seed alone": cell("SSANU-Net, one start of VCA"),
    "VCA's start alone": cell("SSANU-Net, one seed, other starts"),
}
source = table.source("RMSE", "SSANU-Net, one start of VCA")
spread = (
    {f"paper, {name}": np.array(c.values) for name, c in sources.items()}
    | {r: np.array(cell("SSANU-Net", r).values) for r in ("best", "oracle")}
    | {
        f"paper, {name}": np.array(cell(name).values)
        for name in list(methods.networks)[1:]
    }
    | {name: np.array(cell(name).values) for name in baselines.BLIND}
)
told = plotting.spread_words(spread)
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
        f"**What you see** ({source}). Each row is a method, each dot a run, and the tick its median.\n\n- "
        + told.replace("; ", "\n- ")
        + "\n\n**Seed and start, one at a time.** "
        + findings.one_at_a_time({n: c.values for n, c in sources.items()})
        + " Such runs vary one source while the other stays at one value, so they show the spread at that value only, "
        "and nothing of how the two act together. They do not give variance components. A crossed design, every seed "
        "with every start, does (`metrics.variance_components`): see [seeds and starts](12-seeds-and-starts)."
    ),
)

# %% [markdown]
# ## Fig. 7: the abundance maps

# %% tags=["hide-input"]
drawn = ("SMACC", SUN, "CyCU-net", "SSANU-Net")
in_maps = (
    *drawn,
    "SSANU-Net (best)",
    "VCA + FCLS, L2 pixels",
    "EDAA",
)
compared = methods.first_runs(in_maps)
missing = ", ".join(
    c.column
    for c in ledger.claims("ssanu/table-4")
    if c.row == "RMSE" and not any(m.startswith(c.column) for m in compared)
)
figure7 = ledger.record(
    "ssanu/figure-7",
    scene=image,
    run=run,
    arrays=figure_arrays.stored_maps(image, compared),
    fits=methods.fits_of(in_maps),
)
display(
    *plotting.compared_maps(
        figure7.drawings, list(image.endmember_names), "Fig. 7", missing
    )
)

# %% tags=["hide-input"]
first, second, angle = references.nearest_pair(image.endmembers)
errors = {m: references.largest_error(estimates[m], reference) for m in drawn}
display(
    Markdown(
        f"**What you see{twin}.** Each row shows the abundance maps of one method, a column a material; the first row "
        "is the reference. The two reference spectra nearest in shape are "
        f"{image.endmember_names[first]} and {image.endmember_names[second]}, "
        f"{angle:.2f} rad apart. In the first run of this build, the material with the largest error is "
        + ", ".join(
            f"{image.endmember_names[k]} for {m} ({error:.2f})"
            for m, (k, error) in errors.items()
        )
        + "."
    )
)

# %% [markdown]
# ## Fig. 8: the spectra of the pure pixels
#
# Each panel is a material, each line a method: the mean spectrum of the pixels with more than 0.9 of it, as eq. 17
# compares them. The figure's alternative text lists the angle of each line to the reference.

# %% tags=["hide-input"]
in_spectra = (*drawn, "SSANU-Net (best)")
lines = methods.first_runs(in_spectra)
figure8 = ledger.record(
    "ssanu/figure-8",
    scene=image,
    run=run,
    arrays=figure_arrays.stored_spectra(image, lines),
    fits=methods.fits_of(in_spectra),
)
display(*plotting.compared_spectra(figure8.drawings, image, "Fig. 8", missing))

# %% [markdown]
# ## What holds up, and what does not

# %% tags=["hide-input"]
display(
    Markdown(
        f"- **The printed RMSE** of SSANU-Net is {claimed.printed}. Its text read literally is judged "
        f"`{verdicts['paper']['RMSE', 'SSANU-Net']}` (median {literal['SSANU-Net']:.3f}), and the reading *best* "
        f"`{verdicts['best']['RMSE', 'SSANU-Net']}` (median {np.median(best.values):.3f}). *best* is blind when it runs, "
        "but it was chosen with the references of both scenes in sight, and takes the unit of its abundances from "
        f"theirs. Least squares with the reference's spectra has {theirs.mean:.4f}.\n"
        f"- **What the network adds** in *best*: its start with least squares alone has {start_alone:.3f}; of "
        f"*best*, {findings.below_in_words(best.values, start_alone)}.\n"
        "- **The rivals**: given the same three things, the medians are "
        + ", ".join(
            f"{np.median(c.values):.3f} ({name}, n = {c.n})"
            for name, c in equal_terms.items()
        )
        + f"; {ranking}.\n- **The reference** is "
        + (
            "known here, because the twin is simulated."
            if image.origin == "twin"
            else "a computation for most of its pixels, in a unit of its own. A score near its own error says nothing "
            "about a method."
        )
    )
)

# %% [markdown]
# ## Exercises
#
# **1.** Express FCLS on L2 pixels with the reference's spectra in fractions of scaled spectra. How much of its
# error came from the unit?
#
# :::{dropdown} A solution
# ```python
# from mixedpixels.unmixing import FCLS
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
# from mixedpixels.unmixing import FCLS, VCA
# for seed in range(30):
#     model = FCLS(VCA(4, seed)).fit(pixels)
#     score = metrics.unmixing_scores(pixels, model.transform(pixels), reference)
#     found = metrics.spectral_angle(model.endmembers_[score.order], image.endmembers)
#     print(round(score.rmse["per_pixel"], 2), dict(zip(image.endmember_names, found.round(2))))
# ```
# :::
