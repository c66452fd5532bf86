"""Simulated surfaces under known conditions: the truth is the truth, and strength 0 is none."""

import numpy as np
import pytest

from at_hand import real
from mixedpixels import ledger, scenes
from mixedpixels.errors import BadInput
from mixedpixels.ledger.checks import misprints
from mixedpixels.scenes.simulate.forward import Conditions, at_sensor
from mixedpixels.scenes.simulate.known import known_scene, labelled_fields
from mixedpixels.scenes.simulate.shapes import atmosphere

LABELS = np.repeat([1, 2, 3], 40)[:, None]


def made(**more):
    return known_scene(LABELS, ("a", "b", "c"), 50, seed=0, spatial=False, **more)


def test_a_pixel_under_its_own_conditions_is_what_was_seen():
    known = made(noise=0.0)
    for pixel in (0, 50, 119):
        np.testing.assert_allclose(
            known.under(pixel, pixel)[0], known.scene.pixels[pixel], rtol=1e-6
        )


def test_pixels_of_a_class_coincide_under_one_pixels_conditions():
    known = made(noise=0.0)
    seen = known.under(np.arange(40), reference=77)
    np.testing.assert_array_equal(seen, seen[:1].repeat(40, axis=0))
    assert known.scene.pixels[:40].std(0).mean() > 0.01
    assert np.abs(seen[0] - known.under(40, reference=77)).max() > 0.02


def test_without_strength_and_noise_a_class_is_one_spectrum():
    known = made(strength=0.0, noise=0.0)
    assert known.scene.pixels[:40].std(0).max() < 1e-6
    np.testing.assert_allclose(
        known.scene.pixels[0],
        known.surfaces[0] * atmosphere(known.wavelengths),
        rtol=1e-5,
    )


def test_the_sensors_formula_by_hand():
    at = np.array([450.0, 940.0])
    one = Conditions(*(np.array([v]) for v in (1.2, 2.0, 0.03, 0.25)))
    found = at_sensor(at, np.array([[0.4, 0.2]]), np.array([0.1, 0.1]), one)[0]
    clear = atmosphere(at)
    assert found[0] == pytest.approx(1.2 * (0.75 * 0.4 + 0.25 * 0.1) * clear[0] ** 2 + 0.03)
    haze = 0.03 * (450 / 940) ** 1.3
    assert found[1] == pytest.approx(1.2 * (0.75 * 0.2 + 0.25 * 0.1) * clear[1] ** 2 + haze)


def test_pieces_do_not_show():
    labels = np.ones((300, 300), int)
    known = known_scene(labels, ("a",), 2, seed=1, noise=0.0)
    np.testing.assert_allclose(
        known.scene.pixels[70000], known.under(70000, 70000)[0].astype(np.float32), rtol=1e-6
    )


@pytest.mark.parametrize("wrong", [{"strength": -1}, {"noise": -0.1}, {"first": 3000.0}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(BadInput, match="known_scene: expected 2 bands or more"):
        made(**wrong)


def test_labelled_fields_have_the_counts_asked_for_in_regions():
    counts = [900, 20, 2500, 300]  # the third class has more than its region holds
    labels = labelled_fields(np.random.default_rng(0), 80, 70, counts, patch=6)
    assert np.bincount(labels.ravel()).tolist() == [80 * 70 - sum(counts), *counts]
    alike = (labels[1:] == labels[:-1])[labels[1:] > 0].mean()
    assert alike > 0.8  # shuffled, a third would be
    full = labelled_fields(np.random.default_rng(0), 8, 7, [56], patch=2)
    assert (full == 1).all()


def test_more_labels_than_pixels_are_refused():
    with pytest.raises(
        BadInput, match="counts: expected at most 56 labelled pixels in all, got 57"
    ):
        labelled_fields(np.random.default_rng(0), 8, 7, [50, 7], patch=2)


def twin_of(name: str) -> dict:
    return scenes.entry(name).get("twin", {})


@pytest.mark.parametrize("name", ["ksc-pixels", "salinas-a", "houston-train"])
def test_labelled_twins_are_of_their_size_and_kind(name):
    entry = scenes.entry(name)
    twin = scenes.load(name, twin="always")
    assert twin.shape == tuple(entry["shape"][axis] for axis in ("rows", "columns", "bands"))
    assert twin.origin == "twin" and twin.spatial is entry.get("spatial", True)
    counts = np.bincount(twin.labels.ravel(), minlength=len(twin.class_names) + 1)[1:]
    assert counts.tolist() == entry["twin"]["classes"]
    assert (twin.scale, twin.saturation) == (entry.get("scale"), entry.get("saturation"))
    again = scenes.load(name, twin="always")
    np.testing.assert_array_equal(twin.cube, again.cube)


@pytest.mark.parametrize("name", [n for n in scenes.names("scene") if "classes" in twin_of(n)])
def test_a_twin_has_the_counts_of_the_real_map(name):
    labels = real(name).labels.ravel()
    assert np.bincount(labels)[1:].tolist() == twin_of(name)["classes"]


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("symae/table-2", "ksc"),
        ("symae/table-3", "pavia-university"),
        ("symae/table-4", "indian-pines"),
    ],
)
def test_a_twin_has_the_counts_that_are_printed(table, name):
    """Training and test together; a misprint of the paper is told by the arithmetic of its table."""
    entry = scenes.entry(name)
    wrong = {
        row for row, column in misprints(table) if column in ("Training samples", "Test samples")
    }
    printed = {}
    for claim in ledger.claims(table):
        if claim.column in ("Training samples", "Test samples"):
            printed[claim.row] = printed.get(claim.row, 0) + claim.value
    names = ledger.names("symae", name)
    for row, count in printed.items():
        if row in names and row not in wrong:
            assert entry["twin"]["classes"][entry["class_names"].index(names[row])] == count, row
