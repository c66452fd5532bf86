"""Arrays in NumPy files, files of numbers and JSON records, as a registry entry describes them."""

import json

import numpy as np
import pytest

from made import place
from mixedpixels import scenes
from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers.stored import read_stored

CUBE = np.arange(3 * 4, dtype=np.uint16).reshape(3, 1, 4)
SPECTRA = CUBE.astype("<f4").tobytes()
PIXELS = {
    "rows": [
        {"label_id": 2, "xy": [5, 6]},
        {"label_id": 1, "xy": [0, 9]},
        {"label_id": 2, "xy": [7, 7]},
    ]
}
NUMBERS = {"file": "set/spectra.bin", "dtype": "<f4", "axes": ["rows", "columns", "bands"]}
ABOUT = {"file": "set/about.json", "table": "rows"}
LABELS = ABOUT | {"field": "label_id", "axes": ["rows", "columns"]}
POSITIONS = ABOUT | {"field": "xy", "axes": ["rows", "row and column"]}


def a_set(registry, cache, pixels=PIXELS, numbers=SPECTRA, **more):
    files = {"set/spectra.bin": numbers, "set/about.json": json.dumps(pixels).encode()}
    entry = {
        "shape": {"rows": 3, "columns": 1, "bands": 4},
        "class_names": ["reed", "sand"],
        "spatial": False,
        "read": {"cube": NUMBERS, "labels": LABELS, "positions": POSITIONS},
    }
    registry.add("set", files, **(entry | more))
    place(cache, files)


def test_a_set_of_pixels_with_labels_and_positions(registry, empty_cache):
    a_set(registry, empty_cache)
    scene = scenes.load("set")
    np.testing.assert_array_equal(scene.cube, CUBE)
    np.testing.assert_array_equal(scene.labels[:, 0], [2, 1, 2])
    np.testing.assert_array_equal(scene.positions, [[5, 6], [0, 9], [7, 7]])


def test_a_numpy_file_is_an_image(registry, empty_cache, tmp_path):
    cube = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    np.save(tmp_path / "cube.npy", cube)
    files = {"mine/cube.npy": (tmp_path / "cube.npy").read_bytes()}
    spec = {"file": "mine/cube.npy", "axes": ["rows", "columns", "bands"]}
    shape = {"rows": 2, "columns": 3, "bands": 4}
    registry.add("mine", files, shape=shape, read={"cube": spec})
    place(empty_cache, files)
    np.testing.assert_array_equal(scenes.load("mine").cube, cube)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"pixels": {"rows": PIXELS["rows"][:2]}},
            r"set: labels of set/about.json: expected 3 rows",
        ),
        (
            {"numbers": CUBE[:2].astype("<f4").tobytes()},
            r"cube of set/spectra.bin: expected 3 rows",
        ),
        ({"numbers": b"12345"}, "expected numbers of 4 bytes each, got 5 bytes"),
        ({"pixels": {"pixels": []}}, "a list 'rows' of records that all have 'label_id'"),
        ({"pixels": {"rows": [{"xy": [0, 0]}] * 3}}, "records that all have 'label_id'"),
        ({"pixels": {"rows": [p | {"xy": [1, 1]} for p in PIXELS["rows"]]}}, "1 different pos"),
        ({"pixels": {"rows": [p | {"label_id": "x"} for p in PIXELS["rows"]]}}, "got <U1"),
    ],
)
def test_files_that_disagree_or_are_damaged(changes, message, registry, empty_cache):
    a_set(registry, empty_cache, **changes)
    with pytest.raises(BadInput, match=message):
        scenes.load("set")


@pytest.mark.parametrize("content", [b"", b"text", np.lib.format.magic(1, 0)])
def test_a_damaged_numpy_file(content, tmp_path):
    path = tmp_path / "cube.npy"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"cube.npy: expected a NumPy file of numbers"):
        read_stored(path, {})


def test_no_object_is_unpickled(tmp_path):
    np.save(tmp_path / "cube.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(BadInput, match="expected a NumPy file of numbers"):
        read_stored(tmp_path / "cube.npy", {})
    with pytest.raises(BadInput, match="no such file"):
        read_stored(tmp_path / "absent.npy", {})
