"""Scenes and libraries: what they keep, what they refuse, and how they are found."""

import dataclasses

import numpy as np
import pytest
import scipy.io

from made import mat5, place
from mixedpixels import paths, scenes
from mixedpixels.errors import BadInput
from mixedpixels.scenes import Library, Scene
from mixedpixels.scenes.load import available
from mixedpixels.scenes.places import pixel_places

CUBE = np.arange(24.0).reshape(2, 3, 4)
SET = {"cube": CUBE.reshape(6, 1, 4), "spatial": False}


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
        ({"spatial": False}, r"expected a set of pixels of shape \(n, 1, bands\)"),
        ({"positions": np.zeros((6, 2))}, "positions are for a set of pixels"),
        ({**SET, "positions": np.zeros((5, 2))}, "a row and a column from 0 for each of 6 pixels"),
        ({**SET, "positions": -np.ones((6, 2))}, "a smallest value of -1"),
        ({**SET, "positions": np.zeros((6, 2))}, "6 pixels have 1 different positions"),
        ({"class_totals": [4], "class_names": "ab"}, "class totals: expected 2, got 1"),
        ({"scale": 0}, "mine: scale: expected a finite number above 0, got 0"),
        ({"saturation": np.nan}, "mine: saturation: expected a finite number above 0, got nan"),
    ],
)
def test_scene_refuses(arguments, message):
    with pytest.raises(BadInput, match=message):
        Scene("mine", **{"cube": CUBE, **arguments})


def test_scale_of_an_image_of_ones_own():
    assert Scene("mine", CUBE).scale is None
    scene = dataclasses.replace(Scene("mine", CUBE), scale=np.float32(8), saturation=20)
    assert (scene.scale, scene.saturation) == (8.0, 20.0)
    np.testing.assert_array_equal(scene.cube, CUBE)


def test_places_are_those_of_the_table_of_pixels():
    image = Scene("mine", CUBE)
    for (row, column), spectrum in zip(pixel_places(image), image.pixels, strict=True):
        np.testing.assert_array_equal(image.cube[row, column], spectrum)
    positions = np.arange(12).reshape(6, 2)
    np.testing.assert_array_equal(pixel_places(Scene("set", **SET, positions=positions)), positions)
    with pytest.raises(BadInput, match="a set of pixels without positions"):
        pixel_places(Scene("set", **SET))


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
