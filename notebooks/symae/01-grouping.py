# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Grouping: which pixels share a surface
#
# SymAE {cite}`bhattacharjeesymae` learns from *groups* of pixels: all pixels of a group are assumed to show the
# same surface under different conditions. Section II of the paper names two sources of groups: the labels of a
# tenth of the ground truth, and nearness, because the pixels of a 3 × 3 patch often show the same surface.
#
# **What this page finds.** In many pairs of classes, spectra vary more within the classes than between their
# means. A tenth of the labels drawn at random leaves many test pixels next to a training pixel, so such a test
# is easy. Few 3 × 3 patches mix labels, but labels say little about patches at the edges of fields.
#
# - **You need** an idea of what a spectrum is. Terms and symbols are in the [glossary](../../glossary).
# - **You will learn** why a random tenth is an easy test, how a datapoint is drawn, and how a damaged file can be
#   recognised from its numbers alone.

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
# - `scene`: `ksc-pixels`, the available pixels of Kennedy Space Center, or `ksc`, the whole image, if you can
#   download it.

# %% tags=["parameters"]
profile: str = "quick"
scene: str = ""
device: str = "auto"

# %%
import numpy as np
import pandas as pd
import torch
from IPython.display import Markdown, display
from scipy.ndimage import binary_dilation

from mixedpixels import metrics, plotting, scenes
from mixedpixels.pipeline import resolve
from mixedpixels.scenes import fetch
from mixedpixels.scenes.readers.matlab import read_mat
from mixedpixels.scenes.splits import class_counts, split_blocks, split_fraction
from mixedpixels.training.groups import Groups

run = resolve("symae/01-grouping", globals())
run

# %% [markdown]
# ## The available scenes
#
# The paper works on Kennedy Space Center (KSC), Pavia University and Indian Pines. The large files are not
# available here. Available are all labelled pixels of ten of KSC's thirteen classes, without their positions,
# and two pieces of Indian Pines. Each number of this chapter names the scene it was measured on. A number that
# was measured on a piece of a scene is never judged against the paper's.

# %%
image = scenes.load(run.scene, twin=run.twin)
crop = scenes.load("indian-pines-crop", twin=run.twin)
training = scenes.load("indian-pines-695", twin=run.twin)
image

# %% tags=["hide-input"]
display(
    plotting.number_table(
        pd.DataFrame(
            {
                s.title: {
                    "pixels": s.shape[0] * s.shape[1],
                    "labelled": int((s.labels > 0).sum()),
                    "classes": len(s.class_names),
                    "bands": s.shape[2],
                    "positions known": "yes" if s.spatial else "no",
                }
                for s in (image, crop, training)
            }
        ).T,
        "The scenes of this page.",
    )
)

# %% [markdown]
# ## How much the spectra of a class vary
#
# The figure shows four classes of KSC, in digital numbers divided by 500, as the authors do. One divisor for all
# bands and pixels leaves the shape of a spectrum unchanged. In the file, each band had been scaled from 0 to 1.
# The whole numbers behind it were recovered, but the lowest value of each band was not, so each band begins at 0.

# %% tags=["hide-input"]
labels = image.labels.ravel()
scaled = image.pixels / 500
some = [
    n
    for n in ("scrub", "oak hammock", "slash pine", "water body")
    if n in image.class_names
]
panels = {
    name: {name: scaled[labels == image.class_names.index(name) + 1]}
    for name in some
}
variances = metrics.class_variances(scaled, labels)
told = "; ".join(
    f"{n}: variance {1e6 * variances[image.class_names.index(n)]:.0f}"
    for n in some
)
plotting.plot_bundles(
    panels,
    "digital number / 500",
    f"Bundles of spectra of four classes of {image.name}, 60 a class. In millionths, {told}.",
    f"Raw spectra, up to 60 of each class ({image.title}).",
)

# %% tags=["hide-input"]
from mixedpixels.chapters.symae.grouping_findings import close_pairs

means = np.stack(
    [scaled[labels == k].mean(0) for k in range(1, len(variances) + 1)]
)
close = close_pairs(means, variances)
example = (
    f", for example {image.class_names[close[0][0]]} and {image.class_names[close[0][1]]},"
    if close
    else ""
)
display(
    Markdown(
        "**What you see.** Each line is a pixel. On land, the spectra of a class differ more in height than in "
        "shape; [page 3](03-with-ground-truth) measures what is left when brightness is divided out.\n\n"
        "The variance within a class, averaged over the bands, lies between "
        f"{1e6 * variances.min():.0f} and {1e6 * variances.max():.0f} millionths. In {len(close)} of "
        f"{len(means) * (len(means) - 1) // 2} pairs of classes{example} the variance within the two classes is larger than the variance "
        "between their means. SymAE is meant to remove this variance within classes."
    )
)

# %% [markdown]
# ## Training pixels: a tenth of each class
#
# A tenth of each class is drawn, rounded up, with seeds 0, 1, …; the paper draws once and gives no seed. Ten such
# *splits* are stored with the project as pixel numbers with a hash. Every method of this chapter therefore learns
# from the same pixels on every machine.

# %%
split = split_fraction(image, 0.1, seed=0)
counts = class_counts(image)
drawn = np.bincount(labels[split.train], minlength=len(counts) + 1)[1:]
Markdown(
    f"The first split has {len(split.train)} training pixels and {len(split.test)} test pixels; "
    f"its hash begins with `{split.digest[:16]}`."
)

# %% tags=["hide-input"]
display(
    plotting.number_table(
        pd.DataFrame(
            {
                name: {"pixels": n, "training": k, "test": n - k}
                for name, n, k in zip(
                    image.class_names, counts, drawn, strict=True
                )
            }
        ).T,
        f"The classes of {image.name} and the pixels of the first split.",
    )
)

# %% [markdown]
# ### A random split is an easy test
#
# Where the positions of pixels are known, one can count the test pixels that touch a training pixel. This cell
# does so on the crop of Indian Pines, for a tenth drawn at random and for a tenth drawn in blocks that are
# separated from the test pixels by a seam.


# %%
def touched(split):
    """The share of test pixels with a training pixel among their eight neighbours."""
    learnt = np.zeros(crop.labels.size, bool)
    learnt[split.train] = True
    near = binary_dilation(learnt.reshape(crop.labels.shape), np.ones((3, 3)))
    return near.ravel()[split.test].mean()


ways = {
    "a random tenth": split_fraction(crop, 0.1, seed=0),
    "blocks of 6 × 6": split_blocks(crop, 0.1, seed=0, block=6),
}
plotting.number_table(
    pd.DataFrame(
        {
            "test pixels that touch a training pixel": {
                way: f"{touched(s):.0%}" for way, s in ways.items()
            }
        }
    ),
    "Test pixels with a training pixel among their eight neighbours, crop of Indian Pines.",
)

# %% tags=["hide-input"]
maps = {}
for way, s in ways.items():
    shown = np.zeros(crop.labels.size, int)
    shown[s.test], shown[s.train] = 1, 2
    maps[way] = shown.reshape(crop.labels.shape)
plotting.plot_label_maps(
    maps,
    ("test", "training"),
    "Two maps of the crop of Indian Pines: on the left the training pixels are scattered over all fields and "
    f"{touched(ways['a random tenth']):.0%} of the test pixels touch one; on the right they lie in blocks and "
    f"{touched(ways['blocks of 6 × 6']):.0%} do.",
    "A random tenth, and a tenth in blocks with a seam of one pixel. Grey: unlabelled pixels and the seam.",
)

# %% [markdown]
# **What you see.** On the left, training pixels lie between the test pixels of every field. On the right, they
# form blocks, and the seam keeps the test pixels away from them.
#
# The paper draws at random, and so do the tables of this chapter. [SymAE: what holds up](11-what-holds-up) shows
# what a split in blocks changes.
#
# ## Datapoints: what the network sees at once
#
# A datapoint is $X_i = [X_i[1]; \dots; X_i[n_\tau]]$: $n_\tau = 8$ pixels of one group, drawn with replacement.
# The group is drawn first, each with the same probability. The authors draw 524,288 datapoints once and use them
# again in every epoch. Here each update draws new ones from the same distribution.

# %%
torch.manual_seed(0)
draw = Groups(
    torch.tensor(scaled[split.train])[None],
    torch.tensor(labels[split.train].astype(np.int64))[None],
    datapoints=256,
    n_tau=8,
)
pixels, datapoints = draw()
seen = datapoints.flatten().unique()
Markdown(
    f"{datapoints.shape[1]} datapoints of {datapoints.shape[2]} pixels each, "
    f"drawn from {pixels.shape[1]} training pixels with {pixels.shape[2]} bands."
)

# %% tags=["hide-input"]
from mixedpixels.chapters.symae.grouping_findings import draws_per_pixel

draws = draws_per_pixel(drawn, *datapoints.shape[1:])
rarest, commonest = (
    image.class_names[k] for k in (draws.argmax(), draws.argmin())
)
display(
    Markdown(
        f"**What this means.** An update of {datapoints.shape[1]} datapoints holds {datapoints.numel()} pixels, but only "
        f"{len(seen)} different ones, because there are only {len(split.train)} training pixels. On average, a pixel of the smallest "
        f"class, {rarest}, is drawn {draws.max():.1f} times in an update, and one of the largest, {commonest}, "
        f"{draws.min():.1f} times. [The next page](02-symmetric-autoencoder) counts what encoding each pixel once saves."
    )
)

# %% [markdown]
# ## Groups from nearness
#
# Without labels, the pixels of a 3 × 3 patch form a group. This table counts the patches whose labels disagree,
# on the crop and on the label map of Kennedy Space Center. That map is available although the image is not.


# %%
def tiles(labels):
    """The labels of 3 × 3 tiles that do not overlap, shape (tiles, 9)."""
    rows, columns = (n - n % 3 for n in labels.shape)
    cut = labels[:rows, :columns].reshape(rows // 3, 3, columns // 3, 3)
    return cut.transpose(0, 2, 1, 3).reshape(-1, 9)


def purity(labels):
    """How many tiles have labels, have nine, and mix classes."""
    cut = tiles(labels)
    some = cut[(cut > 0).any(1)]
    least = np.where(some > 0, some, 99).min(1)
    return {
        "tiles with a label": len(some),
        "labelled in full": int((some > 0).all(1).sum()),
        "of two classes or more": int((some.max(1) != least).sum()),
    }


maps = {crop.name: crop.labels}
if crop.origin != "twin":
    file = next(
        f for f in scenes.entry("ksc").files if f.name.endswith("_gt.mat")
    )
    maps["ksc"] = read_mat(fetch.obtain(file), "KSC_gt")
plotting.number_table(
    pd.DataFrame({name: purity(labels) for name, labels in maps.items()}).T,
    "Patches of 3 × 3 pixels that do not overlap, by their labels.",
)

# %% [markdown]
# Few patches mix classes. But labels cannot show what is mixed at an edge: they were drawn inside fields and
# stands of plants, and end before their edges.
#
# ## A damaged file and its repair
#
# The file of the crop contains no byte with the value 13 (a carriage return). It was once treated as text, and
# each 13 became a 10 (a line feed). A 16-bit number whose high byte was 13 therefore reads 768 too low. Some bands
# cannot contain such numbers. They predict the other bands to within a fraction of 768, which shows where the
# damaged numbers are.

# %%
if crop.origin == "twin":
    broken = crop.cube
    display(
        Markdown(
            "*The crop is a simulated twin here, whose numbers were never broken.*"
        )
    )
else:
    entry = scenes.entry("indian-pines-crop")
    broken = read_mat(fetch.obtain(entry.files[0]), "X").astype(float)
repaired = np.asarray(crop.cube, dtype=float)
lifted = repaired - broken
Markdown(
    f"{(lifted != 0).sum():,} numbers in {(lifted != 0).any((0, 1)).sum()} bands were {lifted.max():.0f} too low."
)

# %% tags=["hide-input"]
hit = (lifted != 0).sum((0, 1))
band = int(hit.argmax())
row, column = np.unravel_index((lifted != 0).sum(2).argmax(), lifted.shape[:2])
plotting.plot_spectra(
    {
        f"pixel in row {row}, column {column}": {
            "as read": broken[row, column],
            "repaired": repaired[row, column],
        }
    },
    None,
    "digital number",
    f"A spectrum of the crop as read, with notches of {lifted.max():.0f}, and repaired, smooth.",
    "The pixel with the most damaged numbers.",
)

# %% [markdown]
# **What you see.** Read directly, the spectrum has sharp notches, all of the same depth. After the repair it is
# smooth.
#
# ### A second file confirms the repair
#
# Some of the 695 training pixels of another file lie in the crop, and that file was not damaged. It has lost the
# lowest value of each band, so the two files may differ by one constant in each band and by nothing else.


# %%
def unlike(cube):
    """How many numbers of the known pixels differ, by how much, from the commonest offset of their band."""
    apart = cube[rows_in - 30, columns_in - 25] - training.cube[inside, 0]
    apart = apart - np.median(
        repaired[rows_in - 30, columns_in - 25] - training.cube[inside, 0],
        axis=0,
    )
    values, counts = np.unique(apart[apart != 0], return_counts=True)
    return dict(zip(values.astype(int).tolist(), counts.tolist(), strict=True))


if crop.origin != "twin":
    from PIL import Image

    places = scenes.entry("indian-pines-695").files[-1]
    at = np.asarray(Image.open(fetch.obtain(places)))
    all_columns, all_rows = np.nonzero(at.T)  # column after column
    inside = (
        (all_rows >= 30)
        & (all_rows < 115)
        & (all_columns >= 25)
        & (all_columns < 95)
    )
    rows_in, columns_in = all_rows[inside], all_columns[inside]
    left = {"as read": unlike(broken), "repaired": unlike(repaired)}
    display(
        plotting.number_table(
            pd.DataFrame(left).fillna(0).astype(int).rename_axis("difference"),
            f"How many numbers of {inside.sum()} pixels differ from the other file, and by how much.",
        )
    )

# %% [markdown]
# A number that reads 3 too low had a low byte of 13. No other number predicts it to within 3, so these errors
# cannot be found and remain. A number that still reads 768 too low was missed by the repair.

# %% tags=["hide-input"]
if crop.origin != "twin":
    missed = left["repaired"].get(-768, 0)
    damaged = sum(n for off, n in left["as read"].items() if off <= -768)
    display(
        Markdown(
            f"**What you see.** In these pixels, the repair missed {missed} of {damaged} damaged numbers "
            f"({missed / damaged:.1%}); {left['repaired'].get(-3, 0)} numbers remain 3 too low."
        )
    )

# %% [markdown]
# ## What holds up, and what does not
#
# - **Groups by label** are pure by construction, but cost labels. **Groups by nearness** cost nothing. Labels
#   cannot tell how pure they are at the edges of fields.
# - **A random tenth** places many test pixels next to a training pixel. Such numbers say how well a method fills
#   in an image, not how well it would work on another image.
# - **Ten of thirteen classes.** Without spartina marsh, typha marsh and mud flats the task is a different one, so
#   no number of this chapter can be compared directly with the paper's.
#
# ## Exercises
#
# **1.** How pure are patches of 2 × 2, 5 × 5, 9 × 9 pixels?
#
# :::{dropdown} A solution
# ```python
# for side in (2, 3, 5, 9):
#     r, c = (n - n % side for n in crop.shape[:2])
#     p = crop.labels[:r, :c].reshape(r // side, side, c // side, side).transpose(0, 2, 1, 3).reshape(-1, side * side)
#     p = p[(p > 0).all(1)]
#     print(side, len(p), (p == p[:, :1]).all(1).mean())
# ```
# :::
#
# **2.** Divide each spectrum by its mean before the variances are taken. How much of the variance within the classes
# was brightness?
#
# :::{dropdown} A solution
# ```python
# level = scaled / scaled.mean(1, keepdims=True) * scaled.mean()
# print(metrics.class_variances(level, labels) / variances)
# ```
# :::
