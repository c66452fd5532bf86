"""The registry: one file adds a scene, and what is wrong with an entry is told."""

import re
import tomllib

import numpy as np
import pytest

from made import place
from mixedpixels import paths, scenes
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.scenes.entry_check import check
from mixedpixels.scenes.readers.repairs import repair_names


def test_adding_a_scene_takes_one_file(small, empty_cache):
    place(empty_cache, small)
    assert scenes.names() == ["small"] == scenes.names("scene")
    assert scenes.names("library") == []
    scene = scenes.load("small")
    assert scene.name == "small" and scene.title == "Small" and scene.licence == "none needed"
    assert scene.shape == (3, 4, 5) and scene.wavelengths is None
    np.testing.assert_array_equal(
        scene.cube, np.random.default_rng(0).random((3, 4, 5)).astype(np.float32)
    )
    assert list(scene.hashes) == ["small/cube.mat"]


def test_unknown_name_gives_the_nearest():
    with pytest.raises(UnknownName, match=r"'samsn'; did you mean samson"):
        scenes.load("samsn", twin="always")
    with pytest.raises(UnknownName, match=r"known: .*samson"):
        scenes.load("xxxxxxxxxxxx")
    for outside in ("../samson", "/etc/passwd", ""):
        with pytest.raises(UnknownName):
            scenes.load(outside)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "not valid TOML"),
        ("title = 'x'\nkind = 'scene'", "missing origin, source, licence, citation, shape, file"),
    ],
)
def test_faulty_entry_is_named(text, message, registry):
    (registry.folder / "faulty.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=f"faulty.toml: {message}"):
        scenes.entry("faulty")


GOOD = tomllib.loads("""
title = "t"
kind = "scene"
origin = "complete"
source = "s"
licence = "l"
citation = "c"
shape = { rows = 2, columns = 3, bands = 4 }
wavelengths = { first = 400.0, last = 900.0 }
endmember_names = ["a"]
class_names = ["b"]
read.cube = { file = "s/s.mat", variable = "V", axes = ["rows", "columns", "bands"], scale = 2 }
read.abundances = { file = "s/s.mat", variable = "A", axes = ["endmembers", "columns", "rows"] }
read.labels = { file = "s/s.mat", variable = "L", axes = ["rows", "columns"] }
[[file]]
name = "s/s.mat"
sha256 = "00"
bytes = 1
addresses = []
""")
CUBE_SPEC, ABUNDANCES, FILE = GOOD["read"]["cube"], GOOD["read"]["abundances"], GOOD["file"][0]
SPAN = GOOD["wavelengths"]
KEPT = SPAN | {"channels": 8, "kept": [[2, 4], [7, 7]]}
GONE = object()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shape": GONE}, "missing shape"),
        ({"clas_names": []}, "unknown key 'clas_names'; did you mean class_names?"),
        ({"zzz": 1}, "unknown key 'zzz'"),
        ({"kind": "picture"}, "kind must be one of scene, library, got 'picture'"),
        (
            {"origin": "whole"},
            "origin must be one of complete, labelled, sample, fragment, synthetic, got 'whole'",
        ),
        ({"shape": {"rows": 2, "columns": 3}}, "shape: missing bands"),
        (
            {"shape": GOOD["shape"] | {"band": 4}},
            "shape: unknown key 'band'; did you mean bands?",
        ),
        ({"file": [{"name": "s/s.mat"}]}, "[[file]] 1: missing sha256, bytes, addresses"),
        (
            {"file": [FILE, FILE | {"sha265": "0"}]},
            "[[file]] 2: unknown key 'sha265'; did you mean sha256?",
        ),
        ({"file": [FILE | {"addresses": "https://x"}]}, "[[file]] 1: addresses must be a list"),
        ({"file": [FILE | {"name": "/etc/passwd"}]}, "name must be <dataset>/<file>, got '/etc"),
        ({"file": [FILE | {"name": "s/../../x"}]}, "name must be <dataset>/<file>, got 's/.."),
        ({"wavelengths": {"first": 0.4, "last": 0.9}}, "wavelengths are in nm, but begin at 0.4"),
        ({"wavelengths": {"first": 400}}, "wavelengths: missing last"),
        ({"wavelengths": SPAN | {"keep": [[1, 4]]}}, "unknown key 'keep'; did you mean kept?"),
        ({"wavelengths": SPAN | {"channels": 8}}, "wavelengths: missing kept"),
        ({"wavelengths": SPAN | {"kept": [[1, 4]]}}, "wavelengths: missing channels"),
        (
            {"wavelengths": KEPT | {"channels": 8.0}},
            "channels must be a whole number above 0, got 8.0",
        ),
        ({"wavelengths": KEPT | {"channels": 0}}, "channels must be a whole number above 0, got 0"),
        (
            {"wavelengths": KEPT | {"kept": [1, 4]}},
            "kept must be a list of ranges, as [[4, 107], [",
        ),
        ({"wavelengths": KEPT | {"kept": "1-4"}}, "kept must be a list of ranges"),
        ({"wavelengths": KEPT | {"kept": [[1, 2, 3]]}}, "kept must be a list of ranges"),
        ({"wavelengths": KEPT | {"kept": [[1, 4.0]]}}, "kept must be a list of ranges"),
        ({"wavelengths": KEPT | {"kept": [[0, 3]]}}, "stay within 1–8, got [0, 3]"),
        ({"wavelengths": KEPT | {"kept": [[6, 9]]}}, "stay within 1–8, got [6, 9]"),
        ({"wavelengths": KEPT | {"kept": [[4, 1]]}}, "ranges must rise, not overlap"),
        ({"wavelengths": KEPT | {"kept": [[5, 6], [1, 2]]}}, "got [1, 2] after 6"),
        ({"wavelengths": KEPT | {"kept": [[1, 2], [2, 3]]}}, "got [2, 3] after 2"),
        (
            {"wavelengths": KEPT | {"kept": [[1, 3]]}},
            "kept: expected 4 channels (shape.bands), got 3",
        ),
        ({"wavelengths": KEPT | {"kept": []}}, "kept: expected 4 channels (shape.bands), got 0"),
        ({"wavelengths": GONE, "twin": {}}, "twin needs wavelengths"),
        ({"twin": {"classes": 6}}, "twin: classes: expected whole numbers above 0, got 6"),
        ({"twin": {"classes": [0]}}, "twin: classes: expected whole numbers above 0, got [0]"),
        ({"twin": {"classes": []}}, "twin: classes: expected one per class name, 1, got 0"),
        ({"twin": {"classes": [7]}}, "twin: classes: expected at most 6 labelled pixels, got 7"),
        (
            {"twin": {"classes": [5]}, "spatial": False},
            "twin: classes: expected exactly 6 labelled pixels, got 5",
        ),
        ({"scale": 0}, "scale: expected a finite number above 0, got 0"),
        ({"scale": "500"}, "scale: expected a finite number above 0, got '500'"),
        ({"scale": True}, "scale: expected a finite number above 0, got True"),
        ({"saturation": -1.0}, "saturation: expected a finite number above 0, got -1.0"),
        ({"saturation": float("inf")}, "saturation: expected a finite number above 0, got inf"),
        ({"read": {}}, "read: missing cube"),
        (
            {"read": {"cube": CUBE_SPEC, "label": CUBE_SPEC}},
            "read: unknown key 'label'; did you mean labels?",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"file": "s/t.mat"}}},
            "read.cube: file must be one of s/s.mat, got 's/t.mat'",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"axes": ["rows", "cols", "bands"]}}},
            "read.cube: axes are of rows, columns, bands, endmembers, row and column, got cols",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"scale": "1/2"}}},
            "read.cube: scale must be a number, got '1/2'",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"scales": 2}}},
            "read.cube: unknown key 'scales'; did you mean scale?",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"repair": "luck"}}},
            "repair must be one of carriage-returns, whole-numbers, wrapped-negatives, got 'luck'",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"optional_repair": "luck"}}},
            "read.cube: optional_repair must be one of carriage-returns",
        ),
        (
            {"file": [FILE | {"shipped": {"package": "x", "path": "y"}}]},
            "[[file]] 1: shipped: missing version",
        ),
        (
            {
                "file": [FILE | {"name": "s/s.bin"}],
                "read": {"cube": CUBE_SPEC | {"file": "s/s.bin"}},
            },
            "read.cube: missing dtype",
        ),
        (
            {
                "file": [FILE | {"name": "s/s.txt"}],
                "read": {"cube": CUBE_SPEC | {"file": "s/s.txt"}},
            },
            "read.cube: file must end in .mat, .npy, .bin, .json, got 's/s.txt'",
        ),
        ({"origin": "sample"}, "class_totals are needed by a scene whose origin is sample"),
        ({"class_totals": [6]}, "class_totals are needed by a scene whose origin is sample"),
        (
            {"origin": "sample", "class_totals": [6, 7]},
            "class_totals: expected one per class name",
        ),
        ({"origin": "labelled"}, "a scene whose origin is labelled needs part_of"),
        ({"endmember_names": GONE}, "read.abundances needs endmember_names"),
        (
            {"endmember_names": GONE, "read": {"cube": CUBE_SPEC, "endmembers": ABUNDANCES}},
            "read.endmembers needs endmember_names",
        ),
        ({"class_names": GONE}, "read.labels needs class_names"),
        ({"kind": "library"}, "shape: missing spectra"),
    ],
)
def test_what_is_wrong_with_an_entry_is_told(changes, message):
    check(GOOD, "mine.toml")
    data = {key: value for key, value in (GOOD | changes).items() if value is not GONE}
    with pytest.raises(BadInput) as told:
        check(data, "mine.toml")
    assert str(told.value).startswith("mine.toml: ") and message in str(told.value)


@pytest.mark.parametrize(
    ("wavelengths", "expected"),
    [
        ({}, None),
        ({"wavelengths": {"first": 400.0, "last": 700.0}}, [400, 500, 600, 700]),
        ({"wavelengths": KEPT | {"last": 1100.0}}, [500, 600, 700, 1000]),
    ],
)
def test_wavelengths_of_the_kept_channels(wavelengths, expected, registry):
    read = {"cube": {"file": "s/s.mat", "variable": "V", "axes": ["bands", "rows", "columns"]}}
    registry.add("mine", {"s/s.mat": b""}, shape=GOOD["shape"], read=read, **wavelengths)
    found = scenes.entry("mine").wavelengths
    assert found is None if expected is None else found == pytest.approx(expected)


def test_every_entry_is_complete():
    for name in scenes.names():
        entry = scenes.entry(name)
        assert (entry["origin"] in ("labelled", "sample")) <= ("part_of" in entry.data)
        assert entry.get("part_of", name) in scenes.names(), name
        assert entry.files, name
        for file in entry.files:
            if file.sha256:
                assert len(file.sha256) == 64 and file.bytes > 0 and not file.git_blob, file
            else:
                assert len(file.git_blob) >= 8 and file.bytes == 0, file
            assert all(a.startswith("https://") for a in file.addresses), file


def test_scale_and_saturation_of_the_registered_scenes():
    """As the chapter on SymAE used them in its recorded runs."""
    expected = {
        **{"ksc": 500.0, "ksc-pixels": 500.0, "pavia-university": 8000.0, "salinas-a": 8000.0},
        **{"indian-pines": 8000.0, "indian-pines-crop": 8000.0},
        **{"ksc-labelled": 500.0, "pavia-university-sample": 8000.0},
    }
    for name, scale in expected.items():
        assert scenes.entry(name)["scale"] == scale, name
        limit = 500.0 if name.startswith("ksc") else None
        assert scenes.entry(name).get("saturation") == limit, name


def test_a_scene_gets_scale_and_saturation_from_its_entry(small, empty_cache, registry):
    place(empty_cache, small)
    plain = scenes.load("small")
    assert plain.scale is None and plain.saturation is None
    entry = tomllib.loads((registry.folder / "small.toml").read_text(encoding="utf-8"))
    more = {"shape": entry["shape"], "read": entry["read"], "scale": 8000, "saturation": 2}
    registry.add("small", small, **more)
    scene = scenes.load("small")
    assert (scene.scale, scene.saturation) == (8000.0, 2.0) and type(scene.scale) is float
    np.testing.assert_array_equal(scene.cube, plain.cube)  # stated, not applied


def test_a_library_has_no_scale():
    data = GOOD | {"kind": "library", "scale": 1.0}
    with pytest.raises(BadInput, match=r"mine.toml: scale is for scenes; a library has none"):
        check(data, "mine.toml")


def test_the_example_for_contributors_is_a_valid_entry():
    page = (paths.checkout() / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    check(tomllib.loads(example), "NAME.toml")
    for name in re.findall(r'`repair = "(.*?)"`', page):
        assert name in repair_names()
