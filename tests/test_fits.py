"""Cached fits: found again, told apart, resumed after a kill; their seconds are known."""

import importlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import made_scene
from mixedpixels import provenance, training
from mixedpixels.errors import BadInput
from mixedpixels.fits import archetypes_or_load, cache, fit_or_load, start_or_load, unmixers
from mixedpixels.models import TrainingConfig, ssanu
from mixedpixels.scenes import Scene
from mixedpixels.training import Checkpoint, unmixer
from mixedpixels.unmixing import EDAA

SHORT = replace(ssanu.settings("samson"), training=TrainingConfig(4, 1e-2))


@pytest.fixture
def scene() -> Scene:
    return made_scene.samson()


@pytest.fixture
def counted(empty_cache, monkeypatch):
    """An empty cache, and a list that grows by one with every fit."""
    made, fit = [], training.fit_unmixer
    monkeypatch.setattr(training, "fit_unmixer", lambda *a, **k: made.append(1) or fit(*a, **k))
    return made


def again(scene, settings=SHORT, **more):
    return fit_or_load(scene, settings, device="cpu", **{"restarts": 2, **more})


def test_a_fit_is_made_once_and_found_again(scene, counted, empty_cache):
    first, second = again(scene), again(scene)
    assert len(counted) == 1
    np.testing.assert_array_equal(first.abundances, second.abundances)
    np.testing.assert_array_equal(first.endmembers, second.endmembers)
    assert first.balance == second.balance and first.seconds == second.seconds > 0
    for term, curve in first.losses.items():
        np.testing.assert_array_equal(curve, second.losses[term])
    stored = sorted(p.name for p in (empty_cache / "fits").iterdir() if p.suffix != ".lock")
    assert [name.split("-")[1] for name in stored] == ["fit", "start"]  # and no state


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"start_seed": 1},
        {"settings": replace(SHORT, dropout=0.25)},
        {"settings": replace(SHORT, training=TrainingConfig(5, 1e-2))},
    ],
    ids=["seed", "start", "dropout", "epochs"],
)
def test_whatever_changes_the_numbers_makes_a_new_fit(scene, counted, change):
    again(scene)
    again(scene, **change)
    assert len(counted) == 2


def test_restarts_make_a_new_fit_where_there_are_any(scene, counted):
    again(scene)
    again(scene, restarts=3)
    assert len(counted) == 1  # VCA has none
    archetypes = replace(SHORT, start="archetypes")
    again(scene, archetypes)
    again(scene, archetypes, restarts=3)
    assert len(counted) == 3


def test_other_data_or_other_code_make_a_new_fit(scene, counted, monkeypatch):
    again(scene)
    again(replace(scene, hashes={"made up": "cd" * 32}))
    assert len(counted) == 1  # the same pixels out of another file
    again(replace(scene, cube=2 * scene.cube))
    again(replace(scene, cube=scene.cube[:6], abundances=scene.abundances[:6]))
    monkeypatch.setattr(
        unmixers, "code_of_class", lambda kind: {"models.ssanu.SSANUNet": "changed"}
    )
    again(scene)
    assert len(counted) == 4


def test_another_reference_makes_a_new_fit_where_it_is_the_start(scene, counted):
    other = replace(scene, endmembers=scene.endmembers[::-1])
    for settings, made in ((SHORT, 1), (replace(SHORT, start="reference"), 3)):
        again(scene, settings)
        again(other, settings)
        assert len(counted) == made


def test_pixels_without_places_are_refused(scene, counted):
    pixels = replace(
        scene,
        cube=scene.cube.reshape(-1, 1, 9),
        abundances=scene.abundances.reshape(-1, 1, 3),
        spatial=False,
    )
    with pytest.raises(BadInput, match="needs neighbours"):
        again(pixels)


def test_two_that_want_the_same_fit_make_it_once(scene, counted):
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: again(scene), range(2))
    assert len(counted) == 1
    np.testing.assert_array_equal(first.abundances, second.abundances)


def test_a_state_nobody_went_on_with_is_dropped_after_a_week(scene, counted, empty_cache):
    folder = empty_cache / "fits"
    folder.mkdir(parents=True)
    for name, days in (("old", 8), ("new", 1)):
        state = folder / f"samson-fit-{name}.state"
        state.write_bytes(b"x")
        os.utime(state, (time.time() - days * 86400,) * 2)
    again(scene)
    assert [p.name for p in folder.glob("*.state")] == ["samson-fit-new.state"]


def test_the_code_of_a_fit_is_what_it_runs_through():
    used = set(provenance.definitions_of("mixedpixels.training.fit_unmixer"))
    used |= set(provenance.code_of_class(ssanu.Settings))
    assert {"models.ssanu.SSANUNet", "training.loop.train", "training.step.Step"} <= used
    assert not any("symae" in name or "edaa" in name for name in used)
    assert not any(name.startswith(("ledger", "pipeline", "paths")) for name in used)


def test_fits_are_told_with_their_seconds(scene, counted, monkeypatch):
    monkeypatch.setattr(cache, "_noted", [{}])
    fit = again(scene)
    again(scene)
    names = [(f.name, f.seconds) for f in cache.fits_used()]
    assert ("samson-fit", fit.seconds) in names and len(names) == 2  # the fit, and its start


def test_the_same_fits_are_noted_whether_they_are_made_or_loaded(scene, counted):
    noted = []
    for _ in range(2):
        with cache.noting_fits() as found:
            again(scene)
        noted.append(found)
        again(scene, seed=1)  # outside the block
    assert noted[0] == noted[1]
    assert sorted(f.name for f in noted[0].values()) == ["samson-fit", "samson-start"]


def test_a_damaged_file_of_a_fit_is_named(scene, counted, empty_cache):
    again(scene)
    (path,) = (empty_cache / "fits").glob("samson-fit-*.npz")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BadInput, match="the file is damaged; delete it to compute them again"):
        again(scene)


OWN = """
import dataclasses
from mixedpixels.models import TrainingConfig, ssanu

@dataclasses.dataclass(frozen=True)
class Settings(ssanu.Settings):
    def network(self, spectra):
        return ssanu.SSANUNet(SCALE * spectra, self)

SCALE = {scale}
settings = Settings(TrainingConfig(4, 1e-2), (0.5, 0.5), (0.5, 0.5), 1e-5, 1e-5)
"""


def own_model(folder, name, scale):
    (folder / f"{name}.py").write_text(OWN.format(scale=scale))
    importlib.invalidate_caches()
    sys.modules.pop(name, None)
    return importlib.import_module(name).settings


def test_a_change_in_a_model_of_ones_own_makes_a_new_fit(scene, counted, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for scale, made in ((1.0, 1), (1.0, 1), (2.0, 2)):
        again(scene, own_model(tmp_path, "my_model", scale))
        assert len(counted) == made


def test_a_model_whose_source_nobody_can_read_is_refused(scene, counted, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    settings = own_model(tmp_path, "my_lost_model", 1.0)
    (tmp_path / "my_lost_model.py").unlink()
    with pytest.raises(BadInput, match="expected a class that a file defines"):
        again(scene, settings)


def test_a_killed_fit_goes_on_from_its_state(scene, counted, empty_cache, monkeypatch):
    settings = replace(SHORT, training=TrainingConfig(60, 1e-3))  # a state is left after 50
    monkeypatch.setattr(cache, "Checkpoint", partial(Checkpoint, seconds=0))
    expected = again(scene, settings)
    for stored in (empty_cache / "fits").glob("*fit*.npz"):
        stored.unlink()
    constrain, steps = ssanu.SSANUNet.constrain, []

    def dying(network):
        constrain(network)
        steps.append(1)
        if len(steps) == 55:
            raise KeyboardInterrupt

    monkeypatch.setattr(ssanu.SSANUNet, "constrain", dying)
    with pytest.raises(KeyboardInterrupt):
        again(scene, settings)
    (state,) = (empty_cache / "fits").glob("*fit*.state")
    found = again(scene, settings)
    assert len(steps) == 55 + 10
    np.testing.assert_array_equal(found.abundances, expected.abundances)
    assert not state.exists()


@pytest.mark.parametrize("start", ["vca", "archetypes", "reference"])
def test_a_start_is_found_once(scene, empty_cache, monkeypatch, start):
    settings = replace(SHORT, start=start)
    first = start_or_load(scene, settings, restarts=2, device="cpu")
    assert first.spectra.shape == (3, 9) and first.seconds > 0
    monkeypatch.setattr(unmixer, "prepare", None)  # nothing is searched a second time
    second = start_or_load(scene, settings, restarts=2, device="cpu")
    np.testing.assert_array_equal(second.spectra, first.spectra)
    assert second.seconds == first.seconds


def test_archetypes_are_found_once_and_are_the_start(scene, empty_cache, monkeypatch):
    how = {"seed": 1, "restarts": 2, "device": "cpu"}
    first = archetypes_or_load(scene, "l2", **how)
    assert first.endmembers.shape == (3, 9) and first.abundances.shape == (132, 3)
    np.testing.assert_allclose(first.abundances.sum(axis=1), 1, rtol=1e-5)
    alone = EDAA(3, restarts=2, random_state=1, device="cpu").fit(
        unmixer.prepare(scene.cube, "l2").reshape(-1, 9)
    )
    np.testing.assert_allclose(first.endmembers, alone.endmembers_, rtol=1e-5)
    monkeypatch.setattr(unmixer, "EDAA", None)  # nothing is searched a second time
    second = archetypes_or_load(scene, "l2", **how)
    np.testing.assert_array_equal(second.abundances, first.abundances)
    assert second.seconds == first.seconds > 0
    settings = replace(SHORT, start="archetypes", normalisation="l2")
    np.testing.assert_array_equal(start_or_load(scene, settings, **how).spectra, first.endmembers)
