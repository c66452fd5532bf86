"""Repairs of damaged numbers: exact where they can be, and imported only where they are named."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from made import mat5, place
from mixedpixels import scenes
from mixedpixels.errors import BadInput
from mixedpixels.provenance import definitions_of
from mixedpixels.scenes import fetch
from mixedpixels.scenes.load import available
from mixedpixels.scenes.readers.repair.carriage_returns import repair as carriage_returns
from mixedpixels.scenes.readers.repair.whole_numbers import repair as whole_numbers
from mixedpixels.scenes.readers.repair.wrapped_negatives import repair as wrapped_negatives
from mixedpixels.scenes.readers.repairs import repair_module, repair_names


@given(st.lists(st.integers(0, 4000), min_size=2, max_size=30))
def test_whole_numbers_come_back_from_their_scaling(values):
    values = np.array([*values, values[0] + 1])  # two neighbours tell the step
    scaled = (values - values.min()) / np.ptp(values)
    found = whole_numbers(scaled[:, None, None])
    np.testing.assert_array_equal(found.ravel(), values - values.min())


def test_a_band_of_one_value_is_zero_and_others_do_not_care():
    cube = np.stack([np.full(5, 0.25), np.array([0, 0.2, 0.6, 0.4, 1])], axis=1)[:, None]
    np.testing.assert_array_equal(whole_numbers(cube)[:, 0].T, [[0] * 5, [0, 1, 3, 2, 5]])


def test_what_has_no_step_is_refused():
    cube = np.array([0.0, 0.1, 0.37, 1])[:, None, None]
    with pytest.raises(BadInput, match="band 1: expected multiples of one step"):
        whole_numbers(cube)


def farmland():
    """90 × 20 pixels of few shapes, 16-bit, as an image of fields is."""
    rng = np.random.default_rng(0)
    bands = np.linspace(0, 1, 60)
    shapes = np.stack([2500 + 1800 * np.sin(3 * bands + k) for k in range(4)])
    cube = rng.dirichlet([0.3] * 4, (90, 20)) @ shapes + rng.normal(0, 15, (90, 20, 60))
    cube[..., ::7] = 1000 + 0.2 * cube[..., ::7]  # some bands without any doubtful number
    return cube.astype(np.uint16)


def damaged(cube):
    """The same after every byte of 13 was turned into 10."""
    content = bytearray(cube.astype("<u2").tobytes())
    return np.frombuffer(bytes(content).replace(b"\x0d", b"\x0a"), "<u2").reshape(cube.shape)


def test_high_bytes_are_repaired_and_nothing_else_is_touched():
    cube = farmland()
    broken = damaged(cube)
    off = cube.astype(int) - broken
    assert (off >= 768).sum() > 500
    left = cube.astype(int) - carriage_returns(broken)
    assert set(np.unique(left)) <= {0, 3}  # low bytes read 3 too low, and nothing can tell
    np.testing.assert_array_equal(left == 3, off % 768 == 3)


def test_an_unharmed_image_is_refused():
    with pytest.raises(BadInput, match="no bytes of 13 are missing"):
        carriage_returns(farmland())
    with pytest.raises(BadInput, match="every band has doubtful numbers"):
        carriage_returns(np.full((3, 3, 4), 2600))


def test_the_crop_of_indian_pines_agrees_with_its_undamaged_pixels():
    if not (available("indian-pines-crop") and available("indian-pines-695")):
        pytest.skip("needs the real fragments of Indian Pines")
    places = scenes.entry("indian-pines-695").files[-1]
    training = np.asarray(Image.open(fetch.obtain(places)))
    columns, rows = np.nonzero(training.T)  # column after column
    inside = (rows >= 30) & (rows < 115) & (columns >= 25) & (columns < 95)
    known = scenes.load("indian-pines-695").cube[inside, 0].astype(int)
    crop = scenes.load("indian-pines-crop")
    apart = crop.cube[rows[inside] - 30, columns[inside] - 25].astype(int) - known
    apart -= np.median(apart, axis=0).astype(int)  # the least values of the bands, which were lost
    assert inside.sum() == 160
    assert (apart == -768).sum() <= 1 and (apart == 768).sum() == 0  # 820 were damaged
    assert set(np.unique(apart)) <= {0, -3, -768} and (apart == -3).mean() < 0.006


def test_indian_pines_is_damaged_as_published_and_can_be_repaired():
    """The numbers that its registry entry states, from the pixels of another source."""
    if not (available("indian-pines") and available("indian-pines-695")):
        pytest.skip("needs the real Indian Pines and its 695 training pixels")
    places = scenes.entry("indian-pines-695").files[-1]
    columns, rows = np.nonzero(np.asarray(Image.open(fetch.obtain(places))).T)
    known = scenes.load("indian-pines-695").cube[:, 0].astype(int)

    def apart(repair):
        cube = scenes.load("indian-pines", repair=repair).cube[rows, columns].astype(int)
        return (cube - known) - np.median(cube - known, axis=0).astype(int)

    published, repaired = (
        dict(zip(*np.unique(apart(r), return_counts=True), strict=True)) for r in (0, 1)
    )
    assert published == {-771: 14, -768: 4053, -3: 668, 0: 134265}
    assert repaired == {-768: 3, -3: 682, 0: 138315}
    (told,) = (f for f in scenes.entry("indian-pines")["faults"] if "byte of 13" in f)
    assert (
        "139,000 numbers here, 4067 are 768 too low (14 of them by 3 more) and 668 others" in told
    )


@given(st.lists(st.integers(-32768, 32767), min_size=1))
def test_negative_numbers_get_their_sign_back(values):
    stored = np.array(values, np.int16).view(np.uint16)
    np.testing.assert_array_equal(wrapped_negatives(stored), values)


@pytest.mark.parametrize("numbers", [[-1.0], [65536.0], [0.5]])
def test_numbers_that_were_not_wrapped_are_refused(numbers):
    with pytest.raises(BadInput, match="not stored in 16 bits without a sign"):
        wrapped_negatives(np.array(numbers))


def test_an_optional_repair_waits_to_be_asked_for(registry, empty_cache):
    files = {"mine/cube.mat": mat5(empty_cache.parent, V=np.array([[[3, 65535]]], np.uint16))}
    spec = {"file": "mine/cube.mat", "variable": "V", "axes": ["rows", "columns", "bands"]}
    shape = {"rows": 1, "columns": 1, "bands": 2}
    read = {"cube": spec | {"optional_repair": "wrapped-negatives"}}
    registry.add("mine", files, shape=shape, read=read)
    registry.add("plain", files, shape=shape, read={"cube": spec})
    place(empty_cache, files)
    plain, repaired = scenes.load("mine"), scenes.load("mine", repair=True)
    assert plain.cube.ravel().tolist() == [3, 65535] and plain.readers == ()
    assert repaired.cube.ravel().tolist() == [3, -1]
    assert repaired.readers == ("mixedpixels.scenes.readers.repair.wrapped_negatives",)
    with pytest.raises(BadInput, match="plain has no optional repair; leave repair=True out"):
        scenes.load("plain", repair=True)


def test_a_scene_names_the_repairs_that_read_it(registry, empty_cache):
    counts = np.array([[0, 2], [5, 4], [4, 1]])
    files = {"mine/cube.mat": mat5(empty_cache.parent, V=(counts / 5)[:, None])}
    spec = {"file": "mine/cube.mat", "variable": "V", "axes": ["rows", "columns", "bands"]}
    shape = {"rows": 3, "columns": 1, "bands": 2}
    registry.add(
        "mine", files, shape=shape, read={"cube": spec | {"repair": "whole-numbers"}}, spatial=False
    )
    registry.add("plain", files, shape=shape, read={"cube": spec}, spatial=False)
    place(empty_cache, files)
    scene = scenes.load("mine")
    np.testing.assert_array_equal(scene.cube[:, 0], [[0, 1], [5, 3], [4, 0]])
    assert scene.readers == ("mixedpixels.scenes.readers.repair.whole_numbers",)
    assert dataclasses.replace(scene, name="yours").readers == scene.readers
    assert scenes.load("plain").readers == () and "repair" not in repr(scene)


def test_every_repair_is_found_by_its_name_and_used_by_a_scene():
    assert repair_names() == ["carriage-returns", "whole-numbers", "wrapped-negatives"]
    used = {module for name in scenes.names() for module in scenes.entry(name).readers()}
    assert used == {repair_module(name) for name in repair_names()}


def test_loading_imports_no_other_repair_and_no_simulator():
    """An editor of one repair, or of the simulator of twins, changes nothing for other scenes."""
    code = (
        "import sys; from mixedpixels.scenes.load import load; "
        "sys.exit(any('.repair.' in m or m.endswith('.twins') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    shown = definitions_of("mixedpixels.scenes.load")
    assert "scenes.readers.registered.read_part" in shown
    assert not [name for name in shown if ".repair." in name or ".twins." in name]
