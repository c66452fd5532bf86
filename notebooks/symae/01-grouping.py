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
# - **You will learn** why a random tenth is an easy test, and how a datapoint is drawn.

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
# - `scene`: `ksc-labelled`, all labelled pixels of Kennedy Space Center; or `ksc`, the whole image, if you can
#   download it; or `ksc-pixels`, ten of its classes.

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
from mixedpixels.chapters.symae.study import saturated_pixels, tenths
from mixedpixels.pipeline import resolve
from mixedpixels.scenes.places import pixel_places
from mixedpixels.scenes.splits import class_counts, split_blocks
from mixedpixels.training.groups import Groups

run = resolve("symae/01-grouping", globals())
run

# %% [markdown]
# ## The available scenes
#
# The paper works on Kennedy Space Center (KSC), Pavia University and Indian Pines. Indian Pines is available whole. Of
# KSC all labelled pixels are available with their positions, and of Pavia University a sample of the labelled pixels,
# equally many of each class. What needs the pixels without labels, such as a map of all of KSC, is left out. Each
# number of this chapter names the scene it was measured on. The recorded trainings of the next pages are older than
# these copies. They were made on `ksc-pixels`, ten of the classes of KSC, and on `indian-pines-crop`.
#
# The files of KSC and of Indian Pines hold wrong numbers. [Another page](13-two-files) is about them.

# %%
image = scenes.load(run.scene, twin=run.twin)
fields = scenes.load("indian-pines", twin=run.twin)
town = scenes.load("pavia-university-sample", twin=run.twin)
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
                    "available": "the whole image"
                    if s.spatial
                    else "labelled pixels",
                }
                for s in (image, fields, town)
            }
        ).T,
        "The scenes of this page.",
    )
)

# %% [markdown]
# ## How much the spectra of a class vary
#
# The figure shows four classes of KSC, in digital numbers divided by 500, as the authors do. One divisor for all
# bands and pixels leaves the shape of a spectrum unchanged. Pixels that the authors call saturated are left out.

# %% tags=["hide-input"]
labels = image.labels.ravel().copy()
labels[saturated_pixels(image)] = 0
scaled = image.pixels / image.scale
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
    f"digital number / {image.scale:.0f}",
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
split = tenths(image, 1)[0]
counts = class_counts(image)
drawn, judged = (
    np.bincount(labels[part], minlength=len(counts) + 1)[1:]
    for part in (split.train, split.test)
)
Markdown(
    f"The first split has {len(split.train)} training pixels and {len(split.test)} test pixels; "
    f"its hash begins with `{split.digest[:16]}`."
)

# %% tags=["hide-input"]
display(
    plotting.number_table(
        pd.DataFrame(
            {
                name: {"pixels": n, "training": k, "test": t}
                for name, n, k, t in zip(
                    image.class_names, counts, drawn, judged, strict=True
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
# does so for a tenth drawn at random and for a tenth drawn in blocks that are separated from the test pixels by a
# seam.


# %%
def touched(scene, split):
    """The share of test pixels with a training pixel among their eight neighbours."""
    rows, columns = pixel_places(scene).T
    learnt = np.zeros((rows.max() + 1, columns.max() + 1), bool)
    learnt[rows[split.train], columns[split.train]] = True
    near = binary_dilation(learnt, np.ones((3, 3)))
    return near[rows, columns][split.test].mean()


WAYS = {
    "a random tenth": lambda scene: tenths(scene, 1)[0],
    "blocks of 5 × 5": lambda scene: split_blocks(scene, 0.1, seed=0, block=5),
}
# a twin of a set of pixels has no positions
placed = [s for s in (image, fields) if s.spatial or s.positions is not None]
draws = {s.name: {way: draw(s) for way, draw in WAYS.items()} for s in placed}
plotting.number_table(
    pd.DataFrame(
        {
            s.name: {
                way: f"{touched(s, split):.0%}"
                for way, split in draws[s.name].items()
            }
            for s in placed
        }
    ),
    "Test pixels with a training pixel among their eight neighbours.",
)

# %% tags=["hide-input"]
maps = {}
for way, drawn_so in draws[fields.name].items():
    shown = np.zeros(fields.labels.size, int)
    shown[drawn_so.test], shown[drawn_so.train] = 1, 2
    maps[way] = shown.reshape(fields.labels.shape)
at_random, in_blocks = (
    touched(fields, draws[fields.name][way]) for way in WAYS
)
plotting.plot_label_maps(
    maps,
    ("test", "training"),
    "Two maps of Indian Pines: on the left the training pixels are scattered over all fields and "
    f"{at_random:.0%} of the test pixels touch one; on the right they lie in blocks and {in_blocks:.0%} do.",
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
# Without labels, the pixels of a 3 × 3 patch form a group. This table counts the patches whose labels disagree.


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


def label_map(scene):
    """The labels of a scene as an image, 0 where there is no label."""
    rows, columns = pixel_places(scene).T
    filled = np.zeros((rows.max() + 1, columns.max() + 1), int)
    filled[rows, columns] = scene.labels.ravel()
    return filled


plotting.number_table(
    pd.DataFrame({s.name: purity(label_map(s)) for s in placed}).T,
    "Patches of 3 × 3 pixels that do not overlap, by their labels.",
)

# %% [markdown]
# Few patches mix classes. But labels cannot show what is mixed at an edge: they were drawn inside fields and
# stands of plants, and end before their edges.

# %% [markdown]
# ## What holds up, and what does not
#
# - **Groups by label** are pure by construction, but cost labels. **Groups by nearness** cost nothing. Labels
#   cannot tell how pure they are at the edges of fields.
# - **A random tenth** places many test pixels next to a training pixel. Such numbers say how well a method fills
#   in an image, not how well it would work on another image.
#
# ## Exercises
#
# **1.** How pure are patches of 2 × 2, 5 × 5, 9 × 9 pixels?
#
# :::{dropdown} A solution
# ```python
# for side in (2, 3, 5, 9):
#     r, c = (n - n % side for n in fields.shape[:2])
#     p = fields.labels[:r, :c].reshape(r // side, side, c // side, side).transpose(0, 2, 1, 3).reshape(-1, side * side)
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
