"""Splits of the labelled pixels into those for training and those for testing."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.ndimage import binary_dilation

from mixedpixels import paths
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.scenes.places import pixel_places
from mixedpixels.scenes.scene import Scene


@dataclass(frozen=True, eq=False)
class Split:
    """Indices of the training pixels and of the test pixels of a scene.

    Parameters
    ----------
    train, test
        int64, shape (n,), rows of ``scene.pixels``, sorted; no pixel may be in both.

    Raises
    ------
    BadInput
        When a pixel is in both.
    """

    train: np.ndarray
    test: np.ndarray

    def __post_init__(self):
        for name in ("train", "test"):
            object.__setattr__(self, name, np.sort(np.asarray(getattr(self, name), np.int64)))
        if np.intersect1d(self.train, self.test).size:
            raise BadInput("a pixel is both in train and in test")

    def __repr__(self) -> str:
        return f"<Split: {len(self.train)} training pixels, {len(self.test)} test pixels>"

    @cached_property
    def digest(self) -> str:
        """The sha256 of the indices."""
        return hashlib.sha256(self.train.tobytes() + b"/" + self.test.tobytes()).hexdigest()


def split_fraction(scene: Scene, fraction: float, seed: int) -> Split:
    """Draw a fraction of each class, rounded up, for training; the rest is for testing.

    Parameters
    ----------
    scene
        With labels; pixels with label 0 are in neither part.
    fraction
        Above 0, below 1.
    seed
        Of the draw.

    Raises
    ------
    BadInput
        For a fraction out of range, a class without pixels, or a class that would have no pixel left.

    Examples
    --------
    >>> scene = Scene("mine", np.ones((20, 1, 4)), labels=np.repeat([1, 2], 10)[:, None],
    ...               class_names=("sand", "reed"), spatial=False)
    >>> split_fraction(scene, 0.15, seed=0)
    <Split: 4 training pixels, 16 test pixels>
    """
    if not 0 < fraction < 1:
        raise BadInput(f"fraction: expected above 0 and below 1, got {fraction}")
    # In floating point 0.15 · 20 is slightly more than 3, which must not be rounded up to 4.
    counts = [int(np.ceil(round(fraction * n, 9))) for n in class_counts(scene)]
    return split_counts(scene, counts, seed)


def split_counts(scene: Scene, counts, seed: int) -> Split:
    """Draw a number of pixels of each class for training; the rest is for testing.

    Parameters
    ----------
    counts
        One per class, in the order of ``scene.class_names``.
    scene, seed
        As in :func:`split_fraction`.

    Raises
    ------
    BadInput
        When there are more or fewer counts than classes, or a class would have no pixel on one side.
    """
    present = class_counts(scene)
    if len(counts) != len(present):
        raise BadInput(f"counts: expected one per class, {len(present)}, got {len(counts)}")
    for name, count, n in zip(scene.class_names, counts, present, strict=True):
        if not 1 <= count < n:
            raise BadInput(
                f"{scene.name}: {count} of the {n} pixels of {name} would be training pixels; leave "
                "out the class or take another number, so that each side has a pixel"
            )
    labels, rng = scene.labels.ravel(), np.random.default_rng(seed)
    train = [
        rng.permutation(np.flatnonzero(labels == k))[:count]
        for k, count in enumerate(counts, start=1)
    ]
    return _against(labels, np.concatenate(train))


def split_blocks(scene: Scene, fraction: float, seed: int, *, block: int, gap: int = 1) -> Split:
    """Draw square blocks of the image for training; the rest, apart from a border, is for testing.

    Neighbouring pixels resemble each other, and every smoothing mixes them. After a random draw of
    pixels, many test pixels therefore have a training pixel next to them; blocks avoid this.

    Parameters
    ----------
    fraction
        Of each class that the blocks must hold at least, above 0, below 1.
    block
        The side of a block in pixels.
    gap
        The width in pixels of the border around a block that is in neither part.
    scene, seed
        As in :func:`split_fraction`; the scene must be an image, or a set of pixels with positions.

    Raises
    ------
    BadInput
        As for :func:`split_fraction`, when the positions are not known, and when a class lies in so
        few blocks that no pixel of it would be left for testing.
    """
    if not 0 < fraction < 1:
        raise BadInput(f"fraction: expected above 0 and below 1, got {fraction}")
    rows, columns = pixel_places(scene).T
    labels, present = scene.labels.ravel(), class_counts(scene)
    blocks = rows // block * (columns.max() // block + 1) + columns // block
    rng, taken = np.random.default_rng(seed), np.zeros(labels.shape, bool)
    # rare classes first: their blocks hold pixels of other classes too
    for k in np.argsort(present, kind="stable") + 1:
        for number in rng.permutation(np.unique(blocks[labels == k])):
            if (taken & (labels == k)).sum() >= fraction * present[k - 1]:
                break
            taken |= blocks == number
    image = np.zeros((rows.max() + 1, columns.max() + 1), bool)
    image[rows, columns] = taken
    if gap:
        image = binary_dilation(image, np.ones((3, 3), bool), gap)
    near = image[rows, columns]
    split = Split(np.flatnonzero(taken & (labels > 0)), np.flatnonzero(~near & (labels > 0)))
    judged = np.bincount(labels[split.test], minlength=len(present) + 1)[1:]
    if (judged == 0).any():
        name = scene.class_names[int(np.argmin(judged))]
        raise BadInput(
            f"{scene.name}: no pixel of {name} would be left for the test; take smaller blocks than "
            f"{block}, or a smaller fraction"
        )
    return split


def class_counts(scene: Scene) -> np.ndarray:
    """Return the number of pixels of each class, in the order of ``scene.class_names``.

    Raises
    ------
    BadInput
        Without labels, or when a class has no pixel.
    """
    if scene.labels is None:
        raise BadInput(f"{scene.name} has no labels")
    counts = np.bincount(scene.labels.ravel(), minlength=len(scene.class_names) + 1)[1:]
    if (counts == 0).any():
        empty = [n for n, c in zip(scene.class_names, counts, strict=True) if c == 0]
        raise BadInput(
            f"{scene.name}: no pixel of {', '.join(empty)}; leave the class out of class_names"
        )
    return counts


def save_splits(name: str, splits: list[Split], scene: Scene) -> None:
    """Store splits beside the registry, as ``splits/<scene>--<name>.npz``: indices and hashes.

    Only the training pixels are stored; all other labelled pixels are test pixels.

    Raises
    ------
    BadInput
        When the test pixels of a split are not all other labelled pixels.
    """
    labels = scene.labels.ravel()
    for split in splits:
        if split.digest != _against(labels, split.train).digest:
            raise BadInput(
                "only splits whose test pixels are all other labelled pixels can be stored"
            )
    with paths.whole(_place(scene.name, name)) as draft:
        np.savez_compressed(
            draft,
            train=np.stack([s.train for s in splits]).astype(np.uint32),
            digests=np.array([s.digest for s in splits]),
            labels=np.array(_digest(labels)),
        )


def stored_splits(scene: Scene) -> list[str]:
    """Return the names of the stored splits of a scene, sorted."""
    found = (paths.registry() / "splits").glob(f"{scene.name}--*.npz")
    return sorted(path.stem.partition("--")[2] for path in found)


def load_splits(name: str, scene: Scene) -> list[Split]:
    """Return the stored splits of a scene that have a name; their hashes are checked.

    Raises
    ------
    UnknownName
        When none are stored under this name.
    BadInput
        When they were made for other labels, or the file is damaged.
    """
    path = _place(scene.name, name)
    if not path.is_file():
        known = ", ".join(stored_splits(scene)) or "none"
        raise UnknownName(f"no splits of {scene.name} are stored as {name!r}; there are {known}")
    with np.load(path, allow_pickle=False) as stored:
        trains, digests, of = stored["train"], stored["digests"].tolist(), str(stored["labels"])
    labels = scene.labels.ravel()
    if of != _digest(labels):
        raise BadInput(
            f"{path.name} was made for other labels than {scene.name} has; make the splits again"
        )
    found = [_against(labels, train) for train in trains]
    if [s.digest for s in found] != digests:
        raise BadInput(
            f"{path.name}: its indices do not have the hashes stored with them; restore the file"
        )
    return found


def _against(labels: np.ndarray, train: np.ndarray) -> Split:
    return Split(train, np.setdiff1d(np.flatnonzero(labels > 0), train))


def _digest(labels: np.ndarray) -> str:
    return hashlib.sha256(labels.astype(np.int16).tobytes()).hexdigest()


def _place(scene: str, name: str):
    return paths.registry() / "splits" / f"{scene}--{name}.npz"
