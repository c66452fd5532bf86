"""Splits: as many of each class as asked for, no pixel twice, kept and found again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixedpixels import paths, scenes
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.scenes import Scene
from mixedpixels.scenes.load import available
from mixedpixels.scenes.places import pixel_places
from mixedpixels.scenes.splits import (
    Split,
    load_splits,
    save_splits,
    split_blocks,
    split_counts,
    split_fraction,
)


def labelled(*counts, unlabelled=3, name="made"):
    labels = np.repeat(np.arange(len(counts) + 1), [unlabelled, *counts])
    labels = np.random.default_rng(0).permutation(labels)[:, None]
    names = tuple(f"class {k}" for k in range(len(counts)))
    return Scene(
        name, np.ones((len(labels), 1, 2)), labels=labels, class_names=names, spatial=False
    )


@given(st.lists(st.integers(2, 60), min_size=1, max_size=5), st.integers(0, 3))
def test_a_fraction_of_each_class_is_rounded_up(counts, seed):
    scene = labelled(*counts)
    split = split_fraction(scene, 0.1, seed)
    labels = scene.labels.ravel()
    for k, n in enumerate(counts, start=1):
        assert (labels[split.train] == k).sum() == -(-n // 10)
    together = np.sort(np.concatenate([split.train, split.test]))
    np.testing.assert_array_equal(together, np.flatnonzero(labels))


def test_a_product_that_floats_overshoot_is_not_rounded_up():
    scene = labelled(*[n for n in range(20, 420, 20)])
    counts = np.bincount(scene.labels.ravel()[split_fraction(scene, 0.15, 0).train])[1:]
    np.testing.assert_array_equal(counts, [n * 3 // 20 for n in range(20, 420, 20)])


def test_the_counts_of_the_paper_on_ksc():
    if not available("ksc-pixels"):
        pytest.skip("needs the real ksc-pixels")
    scene = scenes.load("ksc-pixels")
    split = split_fraction(scene, 0.1, seed=0)
    counts = np.bincount(scene.labels.ravel()[split.train])[1:]
    # Table I of the paper, but for water: its rule for saturated pixels left out 19 of them, so 91
    assert counts.tolist() == [77, 25, 26, 26, 17, 23, 11, 44, 42, 93]


def test_seeds_tell_splits_apart_and_repeat_them():
    scene = labelled(50, 50)
    splits = [split_counts(scene, [5, 7], seed) for seed in (0, 0, 1)]
    assert splits[0].digest == splits[1].digest != splits[2].digest
    assert len(splits[0].train) == 12


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1], "expected one per class, 2, got 1"),
        ([0, 1], "0 of the 4 pixels of class 0"),
        ([4, 1], "4 of the 4 pixels of class 0 would be training pixels"),
    ],
)
def test_counts_that_leave_a_side_empty_are_refused(counts, message):
    with pytest.raises(BadInput, match=message):
        split_counts(labelled(4, 5), counts, 0)


def test_a_class_with_one_pixel_an_empty_class_and_no_labels_are_refused():
    with pytest.raises(BadInput, match="1 of the 1 pixels of class 1"):
        split_fraction(labelled(9, 1), 0.1, 0)
    with pytest.raises(BadInput, match="made: no pixel of class 1; leave the class out"):
        split_fraction(labelled(9, 0), 0.1, 0)
    with pytest.raises(BadInput, match="made has no labels"):
        split_fraction(Scene("made", np.ones((3, 1, 2)), spatial=False), 0.1, 0)
    for fraction in (0, 1, float("nan")):
        with pytest.raises(BadInput, match="fraction: expected above 0 and below 1"):
            split_fraction(labelled(9, 9), fraction, 0)


def stripes():
    labels = np.zeros((40, 40), int)
    labels[:, :18], labels[:, 22:] = 1, 2
    return Scene("stripes", np.ones((40, 40, 2)), labels=labels, class_names=("left", "right"))


def stripe_pixels():
    """The labelled pixels of the stripes alone, in another order, with their positions."""
    image = stripes()
    seen = np.random.default_rng(0).permutation(np.flatnonzero(image.labels))
    return Scene(
        "set",
        image.pixels[seen][:, None],
        labels=image.labels.ravel()[seen][:, None],
        class_names=image.class_names,
        spatial=False,
        positions=pixel_places(image)[seen],
    )


@pytest.mark.parametrize("scene", [stripes(), stripe_pixels()], ids=["image", "set"])
@pytest.mark.parametrize("gap", [0, 1, 3])
def test_blocks_keep_their_distance(gap, scene):
    split = split_blocks(scene, 0.2, 0, block=5, gap=gap)
    places = [pixel_places(scene)[p] for p in (split.train, split.test)]
    apart = np.abs(places[0][:, None] - places[1][None]).max(2).min()
    assert apart == gap + 1
    corners = places[0] // 5  # a block is taken whole
    whole = (pixel_places(scene)[:, None] // 5 == np.unique(corners, axis=0)).all(2).any(1)
    np.testing.assert_array_equal(split.train, np.flatnonzero(whole & (scene.labels.ravel() > 0)))
    labels = scene.labels.ravel()
    for k in (1, 2):
        assert (labels[split.train] == k).sum() >= 0.2 * (labels == k).sum()


def test_blocks_that_leave_nothing_and_pixels_without_places_are_refused():
    with pytest.raises(BadInput, match="no pixel of left would be left for the test; take smaller"):
        split_blocks(stripes(), 0.2, 0, block=40)
    with pytest.raises(BadInput, match="set of pixels without positions"):
        split_blocks(labelled(9, 9), 0.2, 0, block=2)


def test_splits_are_kept_with_their_hash(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "registry", lambda: tmp_path)
    scene = labelled(20, 30)
    made = [split_fraction(scene, 0.1, seed) for seed in range(3)]
    save_splits("tenth", made, scene)
    found = load_splits("tenth", scene)
    assert [s.digest for s in found] == [s.digest for s in made]
    with pytest.raises(UnknownName, match="stored as 'half'; there are tenth"):
        load_splits("half", scene)
    with pytest.raises(BadInput, match="was made for other labels"):
        load_splits("tenth", labelled(21, 29))
    with np.load(tmp_path / "splits" / "made--tenth.npz") as kept:
        changed = dict(kept) | {"train": kept["train"] + 1}
    np.savez(tmp_path / "splits" / "made--tenth.npz", **changed)
    with pytest.raises(BadInput, match="do not have the hashes"):
        load_splits("tenth", scene)
    with pytest.raises(BadInput, match="whose test pixels are all other"):
        save_splits("part", [Split([3], [4])], scene)


def test_a_pixel_cannot_be_on_both_sides():
    with pytest.raises(BadInput, match="both in train and in test"):
        Split([1, 2], [2, 3])
