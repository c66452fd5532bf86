"""SpectralFormer on a split: trained once, found again, blind to the test's labels."""

from dataclasses import replace

import numpy as np
import pytest

from mixedpixels import paths
from mixedpixels.chapters.symae import spectralformers
from mixedpixels.chapters.symae.spectralformers import spectralformer_or_load
from mixedpixels.scenes import Scene
from mixedpixels.scenes.splits import Split


@pytest.fixture
def study(empty_cache):
    rng = np.random.default_rng(0)
    labels = np.tile([1, 2], 60)[:, None]
    cube = rng.random((120, 1, 9)) * 0.3
    cube[labels == 1, 2] += 1
    cube[labels == 2, 6] += 1
    scene = Scene("made", cube, labels=labels, class_names=("reed", "sand"), spatial=False)
    return scene, Split(np.arange(40), np.arange(40, 120))


def kept() -> list:
    return sorted((paths.cache() / "fits").glob("*.npz"))


def test_it_names_what_it_has_not_seen_and_is_trained_once(study, monkeypatch):
    scene, split = study
    found = spectralformer_or_load(scene, split, split.test, epochs=50, device="cpu")
    truth = scene.labels.ravel()[split.test]
    assert (found.labels == truth).mean() > 0.9
    assert len(found.losses) == 50 and found.seconds > 0  # 40 pixels are one update an epoch
    assert len(kept()) == 1 and not list(kept()[0].parent.glob("*.state"))

    def refuse(*args, **kwargs):
        raise AssertionError("trained again")

    monkeypatch.setattr(spectralformers, "train", refuse)
    # other labels in the test are the same to a network that does not see them
    turned = scene.labels.copy()
    turned[split.test] = 3 - turned[split.test]
    same = replace(scene, labels=turned)
    again = spectralformer_or_load(same, split, split.test, epochs=50, device="cpu")
    np.testing.assert_array_equal(again.labels, found.labels)


def test_each_band_is_scaled_by_its_own_range(study):
    scene, split = study
    low, high = scene.pixels.min(0), scene.pixels.max(0)
    unit = replace(scene, cube=((scene.pixels - low) / (high - low))[:, None])
    units = replace(unit, cube=unit.cube * 2.0 ** np.arange(9))  # exact in binary
    for made in (unit, units):
        spectralformer_or_load(made, split, split.test[:5], epochs=1, device="cpu")
    assert len(kept()) == 1
    dead = replace(unit, cube=np.concatenate([unit.cube, np.ones((120, 1, 1))], axis=2))
    found = spectralformer_or_load(dead, split, split.test[:5], epochs=1, device="cpu")
    assert np.isfinite(found.losses).all()


def test_the_range_is_that_of_the_whole_image(study):
    scene, split = study
    wide = scene.cube.copy()
    wide[split.test[-1]] = 9.0  # neither learnt from nor asked about
    for made in (scene, replace(scene, cube=wide)):
        spectralformer_or_load(made, split, split.test[:5], epochs=1, device="cpu")
    assert len(kept()) == 2


@pytest.mark.parametrize("changes", [{"epochs": 5}, {"seed": 1}, {"weight_decay": 0.5}])
def test_another_training_is_another(study, changes):
    scene, split = study
    how = {"epochs": 4, "device": "cpu"}
    first = spectralformer_or_load(scene, split, split.test[:5], **how)
    second = spectralformer_or_load(scene, split, split.test[:5], **how | changes)
    assert len(kept()) == 2
    assert first.losses.tolist() != second.losses.tolist()
