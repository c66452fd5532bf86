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
# SymAE {cite}`bhattacharjeesymae` learns from *groups* of pixels: all pixels of a group are taken to show the
# same surface under conditions that differ. Section II of the paper names two sources of groups: the labels of
# a tenth of the ground truth, and nearness, as the pixels of a 3 × 3 patch often show the same thing.
#
# This page looks at the scenes of the chapter before anything is trained on them: what is at hand, what had to
# be repaired, how a tenth is drawn, and how well 3 × 3 patches keep to one class.
#
# - **You need** nothing but an idea of what a spectrum is.
# - **You will learn** why a random tenth is an easy examination; how a datapoint is drawn; and how a file can
#   be broken so that only its numbers tell.

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
# - `scene`: `ksc-pixels`, what is at hand of Kennedy Space Center, or `ksc`, the whole image, for those who can
#   fetch it.

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
# ## The scenes
#
# The paper works on Kennedy Space Center (KSC), Pavia University and Indian Pines. The large files could not be
# had; what is at hand are all labelled pixels of ten of KSC's thirteen classes, without their places, and two
# pieces of Indian Pines. What a number of this chapter was measured on stands beside it, and one measured on a
# piece is never judged against the paper's.

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
                    "places": "yes" if s.spatial else "no",
                }
                for s in (image, crop, training)
            }
        ).T,
        "The scenes of this page.",
    )
)

# %% [markdown]
# ## What a class looks like
#
# Four of KSC's classes, in digital numbers divided by 500, as the authors do: one number for all bands and
# pixels, so that shapes stay as they are. The file had each band scaled from 0 to 1; the whole numbers behind
# were recovered, the lowest value of each band was not, so each band begins at 0.

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
means = np.stack(
    [scaled[labels == k].mean(0) for k in range(1, len(variances) + 1)]
)
pairs = [(a, b) for a in range(len(means)) for b in range(a + 1, len(means))]
close = [
    (image.class_names[a], image.class_names[b])
    for a, b in pairs
    if np.square(means[a] - means[b]).mean() / 4
    < (variances[a] + variances[b]) / 2
]
example = f", as {close[0][0]} and {close[0][1]}," if close else ""
display(
    Markdown(
        "**What you see.** The variance within a class, "
        f"averaged over the bands, lies between {1e6 * variances.min():.0f} and {1e6 * variances.max():.0f} "
        f"millionths. In {len(close)} of {len(pairs)} pairs of classes{example} that is more "
        "than what lies between their means. This is what SymAE is to take away."
    )
)

# %% [markdown]
# ## A tenth to learn from
#
# A tenth of each class is drawn, rounded up, with seeds 0, 1, …; the paper drew once and gives no seed. Ten such
# splits are kept with the project as numbers of pixels with a hash, so that every method of this chapter learns
# from the same pixels, on every machine.

# %%
split = split_fraction(image, 0.1, seed=0)
counts = class_counts(image)
drawn = np.bincount(labels[split.train], minlength=len(counts) + 1)[1:]
split, split.digest[:16]

# %% tags=["hide-input"]
display(
    plotting.number_table(
        pd.DataFrame(
            {
                name: {"pixels": n, "to learn from": k, "to judge": n - k}
                for name, n, k in zip(
                    image.class_names, counts, drawn, strict=True
                )
            }
        ).T,
        f"The classes of {image.name}, and the first split.",
    )
)

# %% [markdown]
# ### A random draw is an easy examination
#
# Where pixels have places, one can ask how many pixels of the test touch a pixel that was learnt from. On the
# crop of Indian Pines, for a random tenth and for a tenth in blocks with a seam around them:


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
{
    way: f"{touched(s):.0%} of the test pixels touch a training pixel"
    for way, s in ways.items()
}

# %% tags=["hide-input"]
maps = {}
for way, s in ways.items():
    shown = np.zeros(crop.labels.size, int)
    shown[s.test], shown[s.train] = 1, 2
    maps[way] = shown.reshape(crop.labels.shape)
plotting.plot_label_maps(
    maps,
    ("to judge", "to learn from"),
    "Two maps of the crop of Indian Pines: on the left the pixels to learn from are strewn over all fields, "
    f"{touched(ways['a random tenth']):.0%} of the others touch one; on the right they lie in blocks and none does.",
    "A random tenth, and a tenth in blocks with a seam of one pixel. Grey: unlabelled, or the seam.",
)

# %% [markdown]
# The paper draws at random, and so do the tables of this chapter; what a split in blocks does to them stands on
# [the page about what holds up](11-what-holds-up).
#
# ## Datapoints
#
# A datapoint is $X_i = [X_i[1]; \dots; X_i[n_\tau]]$, $n_\tau = 8$ pixels of one group, drawn with replacement; the
# group is drawn first, each with the same chance. The authors draw 524,288 of them once and use them again in
# every epoch; here each update draws anew, which is the same distribution.

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
pixels.shape, datapoints.shape

# %% tags=["hide-input"]
rare = int(np.argmin(drawn))
chance = 256 * 8 / len(drawn) / drawn[rare]
display(
    Markdown(
        f"An update of 256 datapoints holds {datapoints.numel()} pixels, but only {len(seen)} different ones: there are "
        f"just {len(split.train)} to draw from. A pixel of the rarest class, {image.class_names[rare]}, comes "
        f"{chance:.1f} times in an update, one of the commonest {256 * 8 / len(drawn) / drawn.max():.1f} times. What that saves, in the paper's setting, is counted on "
        "[the next page](02-symmetric-autoencoder)."
    )
)

# %% [markdown]
# ## Groups from nearness
#
# Without labels, the pixels of a 3 × 3 patch are a group. How often do the labels of such a patch disagree? On the
# crop, and on the label map of Kennedy Space Center, which is at hand though its image is not:


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
pd.DataFrame({name: purity(labels) for name, labels in maps.items()}).T

# %% [markdown]
# Few tiles mix classes. But labels cannot show what is mixed at an edge: they were drawn inside of fields and
# stands, and stop short of their edges.
#
# ## A broken file and its repair
#
# The file of the crop holds no byte of 13 (a carriage return): somewhere it was taken for text, and each became
# a 10, a line feed. A 16-bit number whose high byte was 13 reads 768 too low. The bands in which no number can
# have been hit predict the others to within a fraction of that, and so tell which are damaged.

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
f"{(lifted != 0).sum():,} numbers in {(lifted != 0).any((0, 1)).sum()} bands were {lifted.max():.0f} too low"

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
# Is the repair right? Some of the 695 training pixels of another file lie in the crop, and that file was not
# broken. It has lost the lowest value of each band, so a band may differ by a constant, and by nothing else:


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
    display(
        f"{inside.sum()} pixels",
        {"as read": unlike(broken), "repaired": unlike(repaired)},
    )

# %% [markdown]
# Nearly all that is left reads 3 too low: a low byte of 13. Nothing can tell those apart, so they are left. What still reads 768
# too low was missed, about one damaged number in a thousand.
#
# ## What holds up, and what does not
#
# - **Groups by label** are pure by construction, and cost labels. **Groups by nearness** cost nothing; how pure they are at
#   the edges of fields, labels cannot tell.
# - **A random tenth** puts many test pixels beside one that was learnt from. Numbers measured so say how well a
#   method fills in an image, not how well it would do on the next one.
# - **Ten of thirteen classes.** Without spartina marsh, typha marsh and mud flats the task is another: no number
#   of this chapter is the paper's own.
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
