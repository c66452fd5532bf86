"""Reading a scene: no axis is turned on the way from the file, and what is read is what lies there."""

import h5py
import numpy as np
import pytest
import scipy.io

from made import mat5, place
from mixedpixels import paths, scenes
from mixedpixels.errors import BadInput
from mixedpixels.unmixing import NNLS


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
