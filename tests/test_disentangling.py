"""The chapter's splits, saturated pixels, networks and code labels; what is kept is found again."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from mixedpixels import scenes
from mixedpixels.chapters.symae.study import Disentangling, training_config
from mixedpixels.classification import classify, smooth_labels
from mixedpixels.errors import BadInput
from mixedpixels.fits import stacks
from mixedpixels.scenes import Scene
from mixedpixels.scenes.load import available
from mixedpixels.scenes.splits import load_splits, split_counts


def run(**changes):
    given = {"splits": 2, "updates": 100, "precision": "fp32", "device": "cpu"}
    return SimpleNamespace(**given | changes)


def labelled(name="salinas-a", saturated=0):
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [5, 40, 60])[:, None]
    centres = np.array([[0.0] * 8, [100.0] * 8, [50.0] * 4 + [200.0] * 4])
    cube = centres[labels.ravel()] + rng.normal(0, 5, (105, 8))
    cube[5 : 5 + saturated, 3] = 600
    cube[0, 0] = 900  # unlabelled: nobody asks
    known = {"ksc": (500.0, 500.0), "salinas-a": (8000.0, None)}  # as the registry states
    scale, saturation = known.get(name, (None, None))
    return Scene(
        name,
        cube[:, None],
        labels=labels,
        class_names=("reed", "sand"),
        spatial=False,
        scale=scale,
        saturation=saturation,
    )


def test_saturated_pixels_of_ksc_are_neither_learnt_from_nor_forgotten():
    study = Disentangling(labelled("ksc", saturated=3), run())
    assert study.saturated.tolist() == [5, 6, 7] and study.scale == 500
    for split in study.splits:
        assert not set(study.saturated) & {*split.train, *split.test}
        assert len(split.train) == 4 + 6  # a tenth of 37 and of 60, rounded up
    assert not Disentangling(labelled(saturated=3), run()).saturated.size


@pytest.mark.parametrize(
    ("name", "sizes"),
    [("ksc-pixels", (384, 3400, 0)), ("ksc-labelled", (519, 4602, 90))],  # Tables I and II
)
def test_the_kept_splits_are_taken_for_the_real_pixels_only(name, sizes):
    if not available(name):
        pytest.skip(f"needs the real {name}")
    scene = scenes.load(name)
    study = Disentangling(scene, run(splits=3))
    bad = np.isin(np.arange(len(scene.cube)), study.saturated)[:, None]
    kept = load_splits("tenth", replace(scene, labels=np.where(bad, 0, scene.labels)))
    assert [s.digest for s in study.splits] == [s.digest for s in kept[:3]]
    assert len(kept) == len({s.digest for s in kept}) == 10
    assert (len(kept[0].train), len(kept[0].test), len(study.saturated)) == sizes
    twin = scenes.load(name, twin="always")
    assert len(Disentangling(twin, run()).splits) == 2  # drawn: the kept ones are of other labels


def test_splits_are_taken_where_they_are_given_and_an_unknown_scene_is_refused():
    scene = labelled()
    splits = [split_counts(scene, [5, 9], seed) for seed in range(2)]
    study = Disentangling(scene, run(), splits)
    counts = [np.bincount(study.labels[s.train]).tolist() for s in study.splits]
    assert counts == [[0, 5, 9]] * 2
    np.testing.assert_array_equal(study.stacked(study.labels)[1], study.labels[splits[1].train])
    with pytest.raises(
        BadInput, match=r"mine has no scale; state what its pixels .* scale = 500\.0"
    ):
        Disentangling(labelled("mine"), run())


def test_networks_are_trained_once_and_found_again(empty_cache, monkeypatch):
    scene = labelled()
    study = Disentangling(scene, run(splits=2, updates=100))
    first = study.symae(datapoints=4)
    assert first.networks == 2 and list(first.history.snapshots) == [1, 3, 10, 30, 60]
    monkeypatch.setattr(stacks, "train", None)  # would fail, were it called
    again = study.symae(datapoints=4)
    for ours, theirs in zip(first.stack.parameters(), again.stack.parameters(), strict=True):
        np.testing.assert_array_equal(ours.detach(), theirs.detach())
    for name, curve in first.history.losses.items():
        np.testing.assert_array_equal(again.history.losses[name], curve)
    assert again.history.seconds == first.history.seconds
    np.testing.assert_array_equal(
        first.at(60).reflectance_code(scene.pixels, 1),
        again.at(60).reflectance_code(scene.pixels, 1),
    )
    for change in ({"n_tau": 4}, {"code_dropout": 0.25}, {"updates": 300}, {"precision": "bf16"}):
        with pytest.raises(TypeError):
            study.symae(**{"datapoints": 4} | change)
    other = replace(scene, cube=scene.cube + 1)
    with pytest.raises(TypeError):
        Disentangling(other, run(splits=2, updates=100)).symae(datapoints=4)


def test_the_dense_network_names_classes_from_codes(empty_cache):
    study = Disentangling(labelled(), run(splits=2))
    codes = [study.pixels[:, :6] for _ in study.splits]
    named = study.code_labels(codes, updates=150)
    assert len(named) == 2 and set(named[0]) <= {1, 2}
    for split, labels in zip(study.splits, named, strict=True):
        assert (labels == study.labels)[split.test].mean() > 0.95


def test_the_snapshots_are_entries_of_the_history():
    for updates in (1, 7, 50, 99, 100, 101, 119, 777, 20_000):
        made = training_config(updates, "fp32")
        assert made.decay == "cosine" and all(0 < k <= updates for k in made.snapshots)
    assert training_config(20_000, "fp32").snapshots == (200, 600, 2000, 6000, 12000)


def test_quality_is_that_of_the_code_and_of_virtual_spectra():
    """Against the same, step by step: three classes that overlap and shrink by different factors."""
    rng = np.random.default_rng(1)
    labels = np.repeat([1, 2, 3], 60)[:, None]
    cube = labels * 10.0 + rng.normal(0, 9, (180, 8))
    scene = Scene(
        "salinas-a",
        cube[:, None],
        labels=labels,
        class_names=("a", "b", "c"),
        spatial=False,
        scale=8000.0,
    )
    study = Disentangling(scene, run())
    shrink = np.array([1.0, 0.9, 0.5, 0.2])  # of a class, and none for 0
    asked = []

    class Networks:
        def reflectance_code(self, pixels, network):
            return pixels[:, : 2 + network]

        def redatum(self, pixels, reference, network):
            asked.append((reference, network))
            here = [np.flatnonzero((scene.pixels == p).all(1))[0] for p in pixels]
            return pixels * shrink[study.labels[here]][:, None]

    methods = ("KNN", "linear SVM")
    split, codes = study.splits[1], scene.pixels[:, :3]
    truth = study.labels[split.test]
    named = [
        classify(m, codes[split.train], study.labels[split.train], codes[split.test])
        for m in methods
    ]
    assert (named[0] != named[1]).any() and (named[0] != truth).any()
    found = study.quality(Networks(), 1, methods)
    expected = [*(100 * (n == truth).mean() for n in named), 100 * 0.5**2]  # the median class
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    ((reference, network),) = asked
    assert network == 1
    np.testing.assert_array_equal(reference, scene.pixels[split.train[0]])


def test_labels_are_smoothed_over_the_neighbours_that_are_there():
    positions = np.stack([np.arange(105) // 21, np.arange(105) % 21], axis=1) + 7
    said = np.random.default_rng(0).integers(1, 3, 105)
    expected = smooth_labels(said.reshape(5, 21)).ravel()
    a_set = replace(labelled(), positions=positions)
    np.testing.assert_array_equal(Disentangling(a_set, run()).smoothed(said), expected)
    cube, labels = (a.reshape(5, 21, -1) for a in (a_set.cube, a_set.labels))
    image = Scene(
        "salinas-a",
        cube,
        labels=labels[..., 0],
        class_names=a_set.class_names,
        scale=8000.0,
    )
    np.testing.assert_array_equal(Disentangling(image, run()).smoothed(said), expected)
    with pytest.raises(BadInput, match="a set of pixels without positions"):
        Disentangling(labelled(), run()).smoothed(said)
