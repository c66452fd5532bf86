# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Two benchmark files with wrong numbers
#
# Most papers on hyperspectral classification use the same few files. Two of the files that the SymAE paper
# {cite}`bhattacharjeesymae` works with hold wrong numbers:
#
# - **Kennedy Space Center**: small negative numbers are stored without their sign and read as very large ones. The
#   authors take their pixels for saturated ones and leave them out of training.
# - **Indian Pines**: the file was once handled as text. One byte value is missing from it, and many numbers are
#   therefore too low.
#
# This page shows both, repairs what can be repaired, and measures what the damage of Indian Pines does to the
# accuracy of simple classifiers.
#
# - **You need** an idea of what a spectrum is. Terms are in the [glossary](../../glossary).
# - **You will learn** how wrong numbers in a file can be recognised from the numbers alone, and how a second source
#   confirms a repair.

# %% tags=["remove-cell"]
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("mixedpixels") is None:  # on Colab, say
    repository = "git+https://github.com/mixed-pixels/mixedpixels"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", repository], check=True
    )


# %% tags=["hide-input"]
def in_short():
    """What the recorded full run says, in one paragraph."""
    from IPython.display import Markdown

    from mixedpixels.chapters.symae.run_comparisons import compare, full_record

    found = full_record("study-5")
    if found is None:
        return Markdown("**In short.** No full run is recorded yet.")
    methods = list(dict.fromkeys(c.column for c in found.cells))
    changes = {
        method: compare(
            found.cell("repaired", method), found.cell("published", method)
        )
        for method in methods
    }
    listed = "; ".join(
        f"{method} {c.difference(2)} ({c.outcome})"
        for method, c in changes.items()
    )
    return Markdown(
        f"**In short.** Repairing Indian Pines changes the overall accuracy of {len(methods)} classifiers by these percentage points, with half the "
        f"95 % interval, over {found.cell('published', methods[0]).n} splits: {listed}."
    )


in_short()

# %% [markdown]
# ## Settings
#
# - `splits`: how many times the training pixels of Indian Pines are drawn.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"
splits: int = 0

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from mixedpixels import ledger, metrics, plotting, scenes
from mixedpixels.chapters.symae import file_damage
from mixedpixels.classification import classify
from mixedpixels.pipeline import resolve
from mixedpixels.scenes.splits import split_counts

run = resolve("symae/13-two-files", globals())
run


# %%
def both(name):
    """A scene as published, and repaired; a twin has no damage."""
    published = scenes.load(name, twin=run.twin)
    real = published.origin != "twin"
    return published, scenes.load(name, repair=True) if real else published


coast, coast_signed = both("ksc-labelled")
fields, fields_repaired = both(run.scene)
coast

# %% [markdown]
# ## Kennedy Space Center: numbers without their sign
#
# Where the ground is very dark, a correction for the atmosphere can give a value slightly below zero. The file stores
# 16 bits without a sign, so −1 is read as 65535.

# %%
wrapped = coast.pixels != coast_signed.pixels
affected = wrapped.any(axis=1)
labels = coast.labels.ravel()
where = {
    name: {
        "pixels": int((labels == k).sum()),
        "with negative numbers": int((affected & (labels == k)).sum()),
    }
    for k, name in enumerate(coast.class_names, start=1)
    if (affected & (labels == k)).any()
}

# %% tags=["hide-input"]
if affected.any():
    display(
        plotting.number_table(
            pd.DataFrame(where).T,
            f"The classes of {coast.title} that have pixels with negative numbers.",
        )
    )
    display(
        Markdown(
            f"**What you see.** {affected.sum()} pixels have a number of {coast.pixels[wrapped].min():.0f} or more, {wrapped.sum()} numbers in all. "
            f"With their sign they lie between {coast_signed.pixels[wrapped].min():.0f} and {coast_signed.pixels[wrapped].max():.0f}. No other "
            f"number of the file is larger than {coast.pixels[~wrapped].max():.0f}.\n\n"
            f"The authors' notebook leaves out every pixel with a number of {coast.saturation:.0f} or more. These are exactly the pixels with "
            "negative numbers: the darkest ones, not the brightest. The book does as the authors did where it rebuilds their tables."
        )
    )
else:
    display(
        Markdown("*The data are a simulated twin here, without the damage.*")
    )

# %% tags=["hide-input"]
if affected.any():
    darkest = int(wrapped.sum(axis=1).argmax())
    display(
        plotting.plot_spectra(
            {
                "with its signs": {
                    coast.class_names[labels[darkest] - 1]: coast_signed.pixels[
                        darkest
                    ]
                }
            },
            None,
            "digital number",
            "A spectrum that falls slightly below zero in a few bands.",
            f"The pixel with the most negative numbers, {wrapped[darkest].sum()} of {coast.shape[2]}. In the file each of them "
            f"reads more than {coast.pixels[wrapped].min() - 1:.0f}.",
        )
    )

# %% [markdown]
# ## Indian Pines: a byte that is missing
#
# Programs that treat a file as text may replace the byte 13 (carriage return) by the byte 10 (line feed). The
# published cube of Indian Pines has 16-bit numbers, and no byte of it is 13:

# %%
numbers = fields.cube.astype(np.uint16)
high, low = (
    np.bincount((numbers >> 8).ravel()),
    np.bincount(numbers.ravel() & 255),
)
plotting.number_table(
    pd.DataFrame(
        {
            "as the high byte": high[9:18],
            "as the low byte": low[9:18],
        },
        index=[f"byte {value}" for value in range(9, 18)],
    ),
    f"How often the bytes around 13 occur in the numbers of {fields.title}.",
)

# %% tags=["hide-input"]
lifted = fields_repaired.cube - fields.cube
display(
    Markdown(
        f"**What you see.** The byte 13 occurs {high[13]} times as a high byte and {low[13]} times as a low byte, and the byte 10 "
        f"about twice as often as its neighbours.\n\n"
        + (
            "A number whose high byte was 13 reads 3 · 256 = 768 too low, and one whose low byte was 13 reads 3 too low. Some bands hold no "
            "number that could be damaged in the high byte. They predict the other bands to within far less than 768, which tells the damaged "
            f"numbers from the others. The repair changes {(lifted != 0).sum():,} numbers, {(lifted != 0).mean():.1%} of all, in "
            f"{(lifted != 0).any((0, 1)).sum()} of {fields.shape[2]} bands and in {(lifted != 0).any(2).mean():.1%} of the pixels."
            if (lifted != 0).any()
            else "*The data are a simulated twin here, whose numbers were never damaged.*"
        )
    )
)

# %% tags=["hide-input"]
if (lifted != 0).any():
    row, column = np.unravel_index(
        (lifted != 0).sum(2).argmax(), lifted.shape[:2]
    )
    display(
        plotting.plot_spectra(
            {
                f"pixel in row {row}, column {column}": {
                    "published": fields.cube[row, column],
                    "repaired": fields_repaired.cube[row, column],
                }
            },
            None,
            "digital number",
            f"A spectrum as published, with notches of {lifted.max():.0f}, and repaired, smooth.",
            "The pixel with the most damaged numbers.",
        )
    )

# %% [markdown]
# As published, the spectrum has sharp notches of one depth. After the repair it is smooth.
#
# ### A second source confirms the repair
#
# The authors of several networks publish 695 pixels of the same scene, which were taken from another copy. That copy
# is not damaged. Its bands begin at 0, so the two sources may differ by one constant in each band and by nothing else.

# %%
known = scenes.load(file_damage.KNOWN, twin=run.twin)
left = {}
if known.origin != "twin" and fields.origin != "twin":
    rows, columns = file_damage.known_places()
    left = {
        state: file_damage.count_differences(
            scene.cube[rows, columns], known.cube[:, 0]
        )
        for state, scene in (
            ("published", fields),
            ("repaired", fields_repaired),
        )
    }

# %% tags=["hide-input"]
if left:
    damaged = sum(n for off, n in left["published"].items() if off <= -768)
    missed = sum(n for off, n in left["repaired"].items() if off <= -768)
    display(
        plotting.number_table(
            pd.DataFrame(left).fillna(0).astype(int).rename_axis("difference"),
            f"How many of the {known.pixels.size:,} numbers of {len(known.pixels)} pixels differ from the second source, and by how much.",
        )
    )
    display(
        Markdown(
            f"**What you see.** Of {damaged:,} numbers that are 768 too low, the repair misses {missed} and raises no other number. "
            f"The {left['repaired'].get(-3, 0)} numbers that are 3 too low remain, because nothing predicts a number to within 3."
        )
    )

# %% [markdown]
# ## What the damage does to an accuracy
#
# Five classifiers learn from the same pixels of the published and of the repaired image, as many of each class as in
# the paper's Table IV, and classify all others. The first three have the settings of the chapter: K = 5, 100 trees, and
# C = 1. Those of the last two are chosen by cross-validation on the training pixels.

# %%
METHODS = (
    "KNN",
    "random forest",
    "linear SVM",
    "linear SVM, C chosen",
    "RBF SVM",
)
named = {
    own: there for there, own in ledger.names("symae", fields.name).items()
}
printed = {
    c.row: int(c.value)
    for c in ledger.claims("symae/table-4")
    if c.column == "Training samples"
}
each = [printed[named[name]] for name in fields.class_names]
truth = fields.labels.ravel()
drawn = [split_counts(fields, each, seed) for seed in range(run.splits)]


def accuracies(image, method):
    """The overall accuracy on the test pixels of each split, in %."""
    pixels = image.pixels / image.scale
    found = []
    for seed, split in enumerate(drawn):
        said = classify(
            method,
            pixels[split.train],
            truth[split.train],
            pixels[split.test],
            seed,
        )
        found.append(
            100 * metrics.classification_scores(said, truth[split.test]).overall
        )
    return found


shown = ledger.record(
    "symae/study-5",
    scene=fields,
    run=run,
    cells=[
        ledger.Cell(
            state,
            method,
            "accuracy:overall",
            accuracies(image, method),
            control=True,
        )
        for method in METHODS
        for state, image in (
            ("published", fields),
            ("repaired", fields_repaired),
        )
    ],
    metrics={
        "accuracy:overall": "fraction of the test pixels classified correctly, in %; one value per split"
    },
)

# %% tags=["hide-input"]
from mixedpixels.chapters.symae.run_comparisons import compare

lines = {}
for method in METHODS:
    cells = [shown.cell(state, method) for state in ("published", "repaired")]
    change = compare(cells[1], cells[0])
    lines[method] = {
        "published (%)": f"{cells[0].mean:.2f} ± {cells[0].sd:.2f}",
        "repaired (%)": f"{cells[1].mean:.2f} ± {cells[1].sd:.2f}",
        "repaired − published (points)": change.difference(2),
        "repaired is": change.outcome,
    }
plotting.number_table(
    pd.DataFrame(lines).T,
    f"Overall accuracy on {fields.title}, mean ± sd over {shown.cell('published', 'KNN').n} splits, and the differences paired by split with half "
    f"their 95 % interval ({shown.quoted_from}).",
)

# %% tags=["hide-input"]
words = {
    method: compare(
        shown.cell("repaired", method), shown.cell("published", method)
    ).word
    for method in METHODS
}
text = (
    "**What you see.** Each row is a classifier. The last two columns say what the repair changes. Decided: "
    + (
        "; ".join(f"{m} {w}" for m, w in words.items() if w != "undecided")
        or "nothing"
    )
    + "."
)
if [m for m, w in words.items() if w == "lower"] == ["linear SVM"]:
    text += (
        "\n\nThe repair lowers the accuracy only where C = 1. With so small a C, a linear SVM can use large differences between spectra only. "
        "The notches are large, and where they lie depends on the brightness of a pixel, so the damage itself may tell classes apart there. "
        "This page does not test that reason."
    )
display(Markdown(text))

# %% [markdown]
# ## What holds up, and what does not
#
# - **The damage is in the file that everybody uses.** Papers that use it can be compared with one another, but their
#   numbers are those of a damaged image. The book rebuilds the paper's tables on the published numbers.
# - **Not every copy is damaged.** The 695 pixels of the second source are not, so a paper that uses this copy is
#   measured on other numbers.
# - **A wrong number need not look wrong.** A value that is 3 too low cannot be found at all.
#
# ## Exercises
#
# **1.** How often would the bytes 10 and 13 occur in an undamaged file?
#
# :::{dropdown} A solution
# ```python
# print(low[[9, 11, 12, 14, 15]].mean(), low[10] / 2)
# ```
#
# The neighbours tell: both bytes would occur about as often as the bytes beside them.
# :::
#
# **2.** In which bands are most numbers damaged, and how bright are these bands?
#
# :::{dropdown} A solution
# ```python
# share = (lifted != 0).mean((0, 1))
# for band in np.argsort(share)[::-1][:5]:
#     print(band + 1, f"{share[band]:.0%}", fields_repaired.cube[..., band].mean().round())
# ```
#
# Bands whose numbers lie around 3400 suffer most, because a high byte of 13 means a number from 3328 to 3583.
# :::
