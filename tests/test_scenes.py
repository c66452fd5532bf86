"""Scenes and libraries: what they refuse, and that no axis is turned when they are read."""

import dataclasses
import tomllib

import h5py
import numpy as np
import pytest
import scipy.io

from made import mat5, place
from mixedpixels import paths, scenes
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.scenes import Library, Scene
from mixedpixels.scenes.load import available
from mixedpixels.scenes.registry import check
from mixedpixels.unmixing import NNLS

CUBE = np.arange(24.0).reshape(2, 3, 4)


# --- Scene ---------------------------------------------------------------------------------------


def test_scene_keeps_what_it_is_given():
    scene = Scene(
        "mine",
        CUBE,
        wavelengths=[400, 500, 600, 700],
        labels=[[0, 1, 2], [2, 1, 0]],
        class_names=["grass", "road"],
        abundances=np.full((2, 3, 2), 0.5),
        endmembers=np.ones((2, 4)),
        endmember_names=["a", "b"],
    )
    assert scene.shape == (2, 3, 4)
    assert scene.cube.dtype == scene.abundances.dtype == scene.endmembers.dtype == np.float32
    assert scene.wavelengths.dtype == np.float64 and scene.labels.dtype == np.int16
    assert scene.class_names == ("grass", "road")
    np.testing.assert_array_equal(scene.pixels[4], CUBE[1, 1])  # row after row
    np.testing.assert_array_equal(scene.grid(scene.pixels), scene.cube)
    assert scene.grid(np.arange(6)).shape == (2, 3, 1)
    assert scene.pixel_abundances.shape == (6, 2)
    assert scene.neighbourhood() is scene
    assert "2×3 pixels, 4 bands" in repr(scene)


def test_scene_is_read_only_and_leaves_the_callers_array_alone():
    mine = CUBE.astype(np.float32)  # the scene's own type: nothing to convert, yet it must copy
    scene = Scene("mine", mine)
    mine[:] = -1
    assert scene.cube[0, 0, 1] == 1
    with pytest.raises(ValueError, match="read-only"):
        scene.cube[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        scene.pixels[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        scene.name = "yours"
    assert mine.flags.writeable


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cube": np.ones((2, 3))}, "cube: expected 3 axes"),
        ({"cube": np.ones((0, 3, 4))}, "empty"),
        ({"cube": np.where(CUBE == 5, np.nan, CUBE)}, "1 of 24 values are NaN"),
        ({"cube": np.where(CUBE > 21, np.inf, CUBE)}, "2 of 24 values are NaN or infinite"),
        ({"cube": np.where(CUBE == 5, 1e39, CUBE)}, "1 of 24 values are NaN or infinite"),
        ({"wavelengths": [1, 2, 3]}, "wavelengths: expected 4, got 3"),
        ({"labels": np.zeros((3, 2))}, "labels: expected 2×3 pixels, got 3×2"),
        ({"labels": np.ones((2, 3))}, "labels go to 1, but 0 class names"),
        ({"labels": np.full((2, 3), 3), "class_names": ("a", "b")}, "go to 3, but 2 class names"),
        ({"labels": np.full((2, 3), -1)}, "labels: expected 0 or more, got -1"),
        ({"labels": np.full((2, 3), 0.5), "class_names": ("a",)}, "whole numbers"),
        ({"labels": np.full((2, 3), np.nan), "class_names": ("a",)}, "whole numbers"),
        ({"labels": np.full((2, 3), 65537), "class_names": ("a",)}, "whole numbers that fit int16"),
        ({"endmembers": np.ones((2, 5)), "endmember_names": "ab"}, "bands of the endmembers"),
        ({"endmembers": np.ones((2, 4)), "endmember_names": "abc"}, "endmember names"),
        ({"abundances": np.ones((2, 3, 2)), "endmember_names": "abc"}, "abundance maps"),
        ({"abundances": np.ones((3, 2, 2)), "endmember_names": "ab"}, "abundances: expected 2×3"),
        ({"spatial": False}, r"a set of pixels is \(n, 1, bands\)"),
    ],
)
def test_scene_refuses(arguments, message):
    with pytest.raises(BadInput, match=message):
        Scene("mine", **{"cube": CUBE, **arguments})


def test_pixel_set_has_no_neighbourhood():
    scene = Scene("set", CUBE.reshape(6, 1, 4), spatial=False)
    assert scene.pixels.shape == (6, 4)
    with pytest.raises(BadInput, match="needs neighbours"):
        scene.neighbourhood()


def test_scene_without_a_reference_says_so():
    with pytest.raises(BadInput, match="mine has no reference abundances"):
        _ = Scene("mine", CUBE).pixel_abundances
    with pytest.raises(BadInput, match="expected 6, got 5"):
        Scene("mine", CUBE).grid(np.ones((5, 2)))


# --- Library -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wavelengths", "names", "message"),
    [
        ([1, 3, 2], "ab", "must increase"),
        ([1, 1, 2], "ab", "must increase"),
        ([1, 2], "ab", "wavelengths: expected 3, got 2"),
        ([1, 2, 3], "a", "spectrum names: expected 2, got 1"),
        ([1, np.nan, 3], "ab", "NaN"),
    ],
)
def test_library_refuses(wavelengths, names, message):
    with pytest.raises(BadInput, match=message):
        Library("mine", np.ones((2, 3)), wavelengths, names)


def test_find_does_not_mind_the_case():
    library = Library("mine", np.ones((3, 2)), [1, 2], ["Alunite GDS82", "kaolinite", "Na-ALUNITE"])
    assert library.find("alunite") == [0, 2]
    assert library.find("quartz") == []
    assert len(library) == 3


def test_library_table_is_sorted_by_wavelength(registry, empty_cache):
    rng = np.random.default_rng(0)
    wavelengths = np.array([0.5, 0.4, 0.7, 0.6])  # micrometres, as overlapping spectrometers give
    spectra = rng.random((4, 3))
    table = np.column_stack([wavelengths, wavelengths / 100, [1, 2, 3, 4], spectra])
    names = np.array(
        [[*name.ljust(8).encode()] for name in ("wl", "fwhm", "channel", "a", "b", "c")]
    )
    files = {"lib/lib.mat": mat5(empty_cache.parent, datalib=table, names=names)}
    read = {
        "file": "lib/lib.mat",
        "variable": "datalib",
        "names": "names",
        "leading_columns": 3,
        "wavelength_column": 0,
        "fwhm_column": 1,
        "to_nm": 1000.0,
    }
    registry.add(
        "lib", files, kind="library", shape={"spectra": 3, "bands": 4}, read={"table": read}
    )
    place(empty_cache, files)
    library = scenes.load("lib")
    np.testing.assert_allclose(library.wavelengths, [400, 500, 600, 700])
    np.testing.assert_allclose(library.fwhm, [4, 5, 6, 7])
    np.testing.assert_allclose(library.spectra, spectra[[1, 0, 3, 2]].T, rtol=1e-6)
    assert library.spectrum_names == ("a", "b", "c")


def test_usgs_library_against_its_file():
    if not available("usgs-1995"):
        pytest.skip("needs the USGS library: set MIXEDPIXELS_MIRROR to a folder that holds it")
    library = scenes.load("usgs-1995")
    file = scenes.entry("usgs-1995").files[0].name
    root = paths.mirror() if paths.mirror() else paths.cache()
    raw = scipy.io.loadmat(root / file)
    assert library.spectra.shape == (498, 224) and len(set(library.spectrum_names)) > 490
    assert (np.diff(library.wavelengths) > 0).all()
    assert 380 < library.wavelengths[0] < 390 and 2500 < library.wavelengths[-1] < 2515
    # one band followed through the sort, one name through the decoding
    band = np.argmin(np.abs(raw["datalib"][:, 0] * 1000 - library.wavelengths[100]))
    np.testing.assert_allclose(library.spectra[:, 100], raw["datalib"][band, 3:], rtol=1e-6)
    row = bytes(raw["names"][3 + 17].astype(np.uint8)).decode("latin-1").strip()
    assert library.spectrum_names[17] == row
    assert len(library.find("alunite")) >= 5
    assert all("alunite" in library.spectrum_names[i].lower() for i in library.find("ALUNITE"))


# --- the order of the axes -----------------------------------------------------------------------


def column_major(image: np.ndarray) -> np.ndarray:
    """Return (rows, columns, k) as MATLAB's reshape gives it: (k, pixels), down a column first."""
    pixels = [image[row, column] for column in range(image.shape[1]) for row in range(len(image))]
    return np.array(pixels).T


@pytest.mark.parametrize("version", ["5", "5 compressed", "7.3"])
def test_column_major_pixels_are_turned(version, registry, empty_cache):
    rng = np.random.default_rng(0)
    cube, maps, spectra = rng.random((3, 5, 7)), rng.random((3, 5, 2)), rng.random((2, 7))
    variables = {"V": column_major(cube), "A": column_major(maps), "M": spectra.T}
    labels = rng.integers(0, 3, (3, 5))
    if version == "7.3":
        path = empty_cache.parent / "draft.h5"
        with h5py.File(path, "w", userblock_size=512) as file:
            for name, value in {**variables, "gt": labels}.items():
                file[name] = value.T  # how MATLAB stores it
        content = path.read_bytes()
    else:
        content = mat5(empty_cache.parent, version.endswith("compressed"), **variables, gt=labels)
    file = "tilted/tilted.mat"
    pixels = ["columns", "rows"]
    registry.add(
        "tilted",
        {file: content},
        shape={"rows": 3, "columns": 5, "bands": 7},
        wavelengths={"first": 400.0, "last": 1000.0},
        endmember_names=["one", "two"],
        class_names=["grass", "road"],
        read={
            "cube": {"file": file, "variable": "V", "axes": ["bands", *pixels], "scale": 0.5},
            "abundances": {"file": file, "variable": "A", "axes": ["endmembers", *pixels]},
            "endmembers": {"file": file, "variable": "M", "axes": ["bands", "endmembers"]},
            "labels": {"file": file, "variable": "gt", "axes": ["rows", "columns"]},
        },
    )
    place(empty_cache, {file: content})
    scene = scenes.load("tilted")
    np.testing.assert_allclose(scene.cube, cube / 2, rtol=1e-6)
    np.testing.assert_allclose(scene.abundances, maps, rtol=1e-6)
    np.testing.assert_allclose(scene.endmembers, spectra, rtol=1e-6)
    np.testing.assert_array_equal(scene.labels, labels)
    np.testing.assert_allclose(scene.wavelengths, np.arange(400, 1001, 100))
    assert scene.endmember_names == ("one", "two") and scene.class_names == ("grass", "road")
    assert scene.cube.flags.c_contiguous and scene.origin == "complete"


IMAGE = np.arange(2.0 * 3 * 4).reshape(2, 3, 4)  # rows, columns, bands
ROWS_FIRST = ["rows", "columns", "bands"]
BANDS_FIRST = ["bands", "columns", "rows"]


def read_as(registry, cache, array, axes, shape=IMAGE.shape):
    file = "small/cube.mat"
    registry.add(
        "small",
        {file: (content := mat5(cache.parent, V=array))},
        shape=dict(zip(ROWS_FIRST, shape, strict=True)),
        read={"cube": {"file": file, "variable": "V", "axes": axes}},
    )
    place(cache, {file: content})
    return scenes.load("small").cube


@pytest.mark.parametrize(
    ("array", "axes"),
    [
        (IMAGE, ROWS_FIRST),
        (IMAGE.transpose(2, 1, 0), BANDS_FIRST),
        (column_major(IMAGE), BANDS_FIRST),
        (column_major(IMAGE).T, ["columns", "rows", "bands"]),
        (IMAGE.reshape(6, 4), ROWS_FIRST),
        (IMAGE.reshape(2, 12), ROWS_FIRST),
        (IMAGE.reshape(6, 1, 4), ROWS_FIRST),
    ],
)
def test_axes_and_their_folds_are_read(array, axes, registry, empty_cache):
    np.testing.assert_array_equal(read_as(registry, empty_cache, array, axes), IMAGE)


@pytest.mark.parametrize(
    ("array", "axes"),
    [
        (IMAGE, BANDS_FIRST),
        (IMAGE.transpose(2, 1, 0), ROWS_FIRST),
        (IMAGE.transpose(1, 0, 2), ROWS_FIRST),
        (column_major(IMAGE), ROWS_FIRST),
        (IMAGE.reshape(6, 4), BANDS_FIRST),
        (IMAGE.reshape(8, 3), ROWS_FIRST),
        (IMAGE[:1], ROWS_FIRST),
    ],
)
def test_axes_in_another_order_are_refused(array, axes, registry, empty_cache):
    """As many numbers are in them, and they would be read as a scrambled image."""
    with pytest.raises(
        BadInput, match=r"small: V of small/cube.mat: expected [2-4] (rows|bands) ×"
    ):
        read_as(registry, empty_cache, array, axes)


def test_a_set_of_pixels_may_leave_out_its_axis_of_one(registry, empty_cache):
    pixels = np.arange(24.0).reshape(6, 4)
    cube = read_as(registry, empty_cache, pixels, ROWS_FIRST, (6, 1, 4))
    np.testing.assert_array_equal(cube[:, 0], pixels)


@pytest.mark.parametrize("name", ["samson", "jasper"])
def test_maps_lie_over_their_cube(name, request):
    """Maps turned against the cube would correlate no better than two unrelated images."""
    scene = request.getfixturevalue(name)
    model = NNLS(scene.endmembers, normalise="l2", renormalise=True, device="cpu")
    shares = scene.grid(model.fit_transform(scene.pixels))
    for k, material in enumerate(scene.endmember_names):
        share, reference = shares[..., k], scene.abundances[..., k]
        right = np.corrcoef(share.ravel(), reference.ravel())[0, 1]
        turned = np.corrcoef(share.T.ravel(), reference.ravel())[0, 1]
        assert right > 0.98, material
        assert turned < 0.7, material


def test_samson_against_its_files(samson):
    root = paths.mirror() if paths.mirror() else paths.cache()
    v = scipy.io.loadmat(root / "samson/samson_1.mat")["V"]
    truth = scipy.io.loadmat(root / "samson/end3.mat")
    assert samson.shape == (95, 95, 156)
    for row, column in ((0, 0), (0, 94), (94, 0), (17, 60), (60, 17)):
        pixel = column * 95 + row  # MATLAB counts down the columns
        np.testing.assert_allclose(samson.cube[row, column], v[:, pixel], rtol=1e-6)
        np.testing.assert_allclose(
            samson.abundances[row, column], truth["A"][:, pixel], rtol=1e-6, atol=1e-12
        )
    np.testing.assert_allclose(samson.endmembers, truth["M"].T, rtol=1e-6)
    told = [str(name.item()).lower() for name in truth["cood"].ravel()]
    assert len(told) == 3
    for name, words in zip(samson.endmember_names, told, strict=True):
        assert name in words


def test_jasper_ridge_against_its_files(jasper):
    root = paths.mirror() if paths.mirror() else paths.cache()
    image = scipy.io.loadmat(root / "jasper_ridge/jasperRidge2_R198.mat")
    truth = scipy.io.loadmat(root / "jasper_ridge/end4.mat")
    assert jasper.shape == (100, 100, 198)
    for row, column in ((0, 0), (0, 99), (99, 0), (17, 60), (60, 17)):
        pixel = column * 100 + row  # MATLAB counts down the columns
        np.testing.assert_allclose(
            jasper.cube[row, column], image["Y"][:, pixel] / 5300, rtol=1e-6, atol=1e-12
        )
        np.testing.assert_allclose(
            jasper.abundances[row, column], truth["A"][:, pixel], rtol=1e-6, atol=1e-12
        )
    np.testing.assert_allclose(jasper.endmembers, truth["M"].T, rtol=1e-6)
    told = [str(name.item()).lower() for name in truth["cood"].ravel()]
    assert told == [f"{k}-{name}" for k, name in enumerate(jasper.endmember_names, start=1)]
    channels = image["SlectBands"].ravel().astype(int)
    np.testing.assert_allclose(jasper.wavelengths, 380 + (channels - 1) * (2500 - 380) / 223)


def test_dropped_channels_leave_gaps_between_the_wavelengths(jasper):
    step = (2500 - 380) / 223
    assert jasper.wavelengths.shape == (198,)
    assert jasper.wavelengths[[0, -1]] == pytest.approx([380 + 3 * step, 380 + 218 * step])
    gaps = np.diff(jasper.wavelengths) / step
    assert (gaps > 0.999).all()
    wide = np.flatnonzero(gaps > 1.001)
    np.testing.assert_array_equal(wide, [103, 144])  # after channels 107 and 153
    np.testing.assert_allclose(gaps[wide], [113 - 107, 167 - 153])


def test_jasper_ridge_reference_spectra_are_pixels(jasper):
    """As the registry's faults say: single pixels, whole numbers of 1/5300, but for the first band."""
    spectra = dict(zip(jasper.endmember_names, jasper.endmembers, strict=True))
    for name, place_ in {"tree": (17, 6), "dirt": (0, 52), "road": (14, 71)}.items():
        numbers = spectra[name].astype(float) * 5300
        np.testing.assert_allclose(numbers, numbers.round(), atol=1e-3)
        first = 0 if name == "road" else 1
        np.testing.assert_array_equal(
            numbers[first:].round(), (jasper.cube[place_] * 5300).round()[first:]
        )
    water = spectra["water"].astype(float) * 5300
    assert abs(water - water.round()).max() > 0.4
    np.testing.assert_allclose(water * 135, (water * 135).round(), atol=0.02)  # float32


# --- the registry --------------------------------------------------------------------------------


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
        ({"origin": "whole"}, "origin must be one of complete, fragment, synthetic, got 'whole'"),
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
            "read.cube: axes are of rows, columns, bands, endmembers, got cols",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"scale": "1/2"}}},
            "read.cube: scale must be a number, got '1/2'",
        ),
        (
            {"read": {"cube": CUBE_SPEC | {"scales": 2}}},
            "read.cube: unknown key 'scales'; did you mean scale?",
        ),
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
        assert entry["origin"] in ("complete", "fragment", "synthetic"), name
        assert entry.files, name
        for file in entry.files:
            if file.sha256:
                assert len(file.sha256) == 64 and file.bytes > 0 and not file.git_blob, file
            else:
                assert len(file.git_blob) >= 8 and file.bytes == 0, file
            assert all(a.startswith("https://") for a in file.addresses), file
