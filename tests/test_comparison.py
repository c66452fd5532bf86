"""Methods compared on one scene: readings, rows, controls, and the records of a table."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import made_scene
from mixedpixels import ledger, provenance, training
from mixedpixels.chapters.ssanu.comparison import SUN, Comparison
from mixedpixels.chapters.ssanu.readings import Readings
from mixedpixels.chapters.ssanu.unmixing_table import UnmixingTable
from mixedpixels.fits import unmixers
from mixedpixels.ledger.claims import names
from mixedpixels.ledger.records import READINGS
from mixedpixels.models import config, ssanu
from mixedpixels.pipeline import pairs
from mixedpixels.pipeline.budgets import Budget
from mixedpixels.pipeline.settings import complete
from mixedpixels.scenes import Scene
from mixedpixels.training import unmixer

SETTINGS = {
    "profile": "quick",
    "device": "cpu",
    "epochs": 2,
    "cycle_epochs": 1,
    "sun_iterations": 1,
    "restarts": 2,
    "vca_starts": 2,
    "smacc_seeds": 3,
}


@pytest.fixture
def scene() -> Scene:
    return made_scene.samson()


@pytest.fixture
def asked(empty_cache, monkeypatch):
    """An empty cache, and what each fit is asked for: settings, seed, seed of its start."""
    made, fit = [], training.fit_unmixer
    starts, start = [], unmixers.start_or_load

    def noted_start(scene, settings, *, seed=0, **more):
        starts.append(seed)
        return start(scene, settings, seed=seed, **more)

    def noted(cube, spectra, settings, *, seed, **more):
        made.append((settings, seed, starts[-1]))
        return fit(cube, spectra, settings, seed=seed, **more)

    monkeypatch.setattr(unmixers, "start_or_load", noted_start)
    monkeypatch.setattr(training, "fit_unmixer", noted)
    return made


@pytest.fixture
def methods(scene, asked, tmp_path, monkeypatch):
    monkeypatch.setenv("MIXEDPIXELS_WORKSPACE", str(tmp_path))
    return Comparison(
        "ssanu/table-3",
        scene,
        complete("ssanu/04-samson", SETTINGS, Budget(quick=SETTINGS, full={})),
    )


def test_the_table_scores_each_run_and_names_the_rows(scene):
    table = UnmixingTable(scene, "ssanu")
    shuffled = [2, 0, 1]
    noisy = [scene.pixel_abundances[:, shuffled] + 0.01 * k * np.eye(3)[0] for k in range(3)]
    scores = table.add("Ours", lambda seed: noisy[seed], range(3), control=True)
    assert [s.rmse["per_pixel"] for s in scores] == pytest.approx([0, 0.01, 0.02], abs=1e-6)
    assert {c.row for c in table.cells} == {*names("ssanu", "samson"), "Mean SAD", "RMSE"}
    assert all(c.control and c.n == 3 and c.column == "Ours" for c in table.cells)
    np.testing.assert_allclose(table.estimates["Ours"], scene.pixel_abundances, atol=1e-6)
    assert len(table.seconds["Ours"]) == 3


def test_the_table_takes_a_fit_with_the_seconds_it_took(scene):
    table = UnmixingTable(scene, "ssanu")
    found = SimpleNamespace(abundances=scene.pixel_abundances, seconds=12.5)
    table.add("SSANU-Net", lambda seed: found)
    assert table.seconds["SSANU-Net"] == [12.5]


def test_readings_have_the_profiles_epochs_and_share_the_cache(scene, asked):
    run = SimpleNamespace(restarts=2, device="cpu")
    assert Readings(ssanu, scene, run, 0).settings["paper"] == ssanu.settings("samson")
    readings = Readings(ssanu, scene, run, 2)
    assert list(readings.settings) == ["paper", "best", "oracle"]
    for reading, settings in readings.settings.items():
        literal = ssanu.settings("samson", reading)
        assert settings == replace(literal, training=replace(literal.training, updates=2))
    fits_made = [readings.fit("paper", 0, 1), readings.fit("best", 0), readings.fit("oracle", 3)]
    assert len(asked) == 3 and all(len(f.losses["reconstruction"]) == 2 for f in fits_made)
    np.testing.assert_array_equal(
        readings.start("best").spectra, readings.start("best", seed=0).spectra
    )
    np.testing.assert_allclose(
        readings.start("oracle").spectra,
        unmixer.prepare(scene.endmembers[None], "l2")[0],
        rtol=1e-6,
    )


def test_a_fit_may_change_a_setting_and_draws_its_own_start_of_vca(scene, asked):
    readings = Readings(ssanu, scene, SimpleNamespace(restarts=2, device="cpu"), 1)
    readings.fit("paper", 3)
    readings.fit("paper", 3, start_seed=0)
    readings.fit("paper", 3, start="archetypes", normalisation="l2")
    readings.fit("best", 3, without="spatial")
    assert [(seed, start) for _, seed, start in asked] == [(3, 3), (3, 0), (3, 0), (3, 0)]
    third, fourth = asked[2][0], asked[3][0]
    assert third == replace(readings.settings["paper"], start="archetypes", normalisation="l2")
    assert fourth == replace(readings.settings["best"], without="spatial")


def test_what_a_table_does_not_print_is_a_control(methods):
    methods.fit("SSANU-Net", "paper", range(2))
    methods.fit(SUN, "best", [0])
    methods.same_three_things([0])
    methods.measure([methods.smacc(), methods.smacc("l2"), *methods.controls([0])])
    columns = {c.column: c for c in methods.tables["paper"].cells if c.row == "RMSE"}
    judged = {name for name, cell in columns.items() if not cell.control}
    assert judged == {"SSANU-Net", "SMACC"}
    assert {"SMACC, L2 pixels", "EDAA", "constant prediction"} < columns.keys()
    assert (columns["SSANU-Net"].n, columns["SMACC"].n) == (2, 3)
    (sun,) = (c for c in methods.tables["best"].cells if c.row == "RMSE")
    assert sun.control and sun.note.startswith("1 iterations, its demonstration's are 4000 or more")


@pytest.mark.parametrize("table", ["ssanu/table-3", "ssanu/table-4", "ssanu/table-5"])
def test_the_papers_own_methods_are_printed_columns(table):
    printed = {claim.column for claim in ledger.claims(table)}
    assert {"SSANU-Net", "CyCU-net", "SMACC"} <= printed and SUN not in printed


def test_models_and_ledger_speak_of_the_same_readings():
    assert READINGS == config.READINGS


def test_what_decides_the_rows_ages_a_record():
    code = provenance.code_of("ssanu/04-samson", pairs.source("ssanu/04-samson"))
    modules = {name.rpartition(".")[0] for name in code}
    rooms = ("comparison", "readings", "unmixing_table")
    assert {f"chapters.ssanu.{name}" for name in rooms} | {"chapters.baselines"} <= modules


def test_the_same_three_things_are_what_best_gives_the_rivals(methods, asked):
    methods.same_three_things([4])
    ((settings, seed, start),) = asked
    rival = methods.networks["CyCU-net"].settings
    given = ("normalisation", "start", "abundance_scaling")
    assert (seed, start) == (4, 0)
    assert all(getattr(settings, f) == getattr(rival["best"], f) for f in given)
    literal = methods.networks["SSANU-Net"].settings["paper"]
    assert replace(settings, **{f: getattr(literal, f) for f in given}) == literal


def test_each_reading_is_recorded_the_literal_one_last(methods, scene):
    for reading in ("paper", "best", "oracle"):
        methods.fit("CyCU-net", reading, [0])
    recorded = methods.record(replace(scene, hashes={"more": "cd" * 32}))
    assert list(recorded) == ["best", "oracle", "paper"]
    for reading, shown in recorded.items():
        assert shown.record.reading == reading
        assert shown.record.data == {"more": "cd" * 32}
        assert shown.record.cell("RMSE", "CyCU-net").n == 1
        assert shown.record.seconds.keys() == {"CyCU-net"}
