"""Images of one's own: what is read from each format, and what is refused with which words."""

import subprocess
import sys

import h5py
import numpy as np
import pytest
import rasterio
import scipy.io
from rasterio import Affine
from rasterio.crs import CRS
from rasterio.env import get_gdal_config
from spectral.io import envi

from made import MAP_INFO
from mixedpixels.errors import BadInput
from mixedpixels.scenes.readers import gdal_pixels
from mixedpixels.scenes.readers import raster as module
from mixedpixels.scenes.readers.gdal_pixels import unplaced_allowed
from mixedpixels.scenes.readers.raster import open_raster, read_image

ROWS, COLUMNS, BANDS = 6, 5, 4


@pytest.fixture
def cube():
    return np.random.default_rng(3).uniform(0.1, 1, (ROWS, COLUMNS, BANDS)).astype(np.float32)


def write_envi(header, cube, metadata=None, **options):
    options = {"interleave": "bsq", "ext": "img", "force": True} | options
    envi.save_image(str(header), cube, metadata=metadata or {}, **options)
    return header


def write_tiff(path, cube, **options):
    profile = {"driver": "GTiff", "dtype": cube.dtype, "count": cube.shape[2]} | options
    profile |= {"height": cube.shape[0], "width": cube.shape[1]}
    with unplaced_allowed(), rasterio.open(path, "w", **profile) as file:
        file.write(cube.transpose(2, 0, 1))
    return path


def write_mat73(path, **variables):
    with h5py.File(path, "w") as file:
        for name, value in variables.items():
            file[name] = np.asarray(value).T  # MATLAB's axes are stored reversed
    return path


def everything(path, **options):
    """Return the whole image and its mask."""
    with open_raster(path, **options) as raster:
        parts = list(raster.blocks())
    return np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])


@pytest.mark.parametrize("interleave", ["bsq", "bil", "bip"])
@pytest.mark.parametrize("named", ["a.hdr", "a.img"])
def test_envi(tmp_path, cube, interleave, named):
    metadata = {
        "wavelength": [0.4, 0.5, 0.6, 0.7],
        "wavelength units": "Micrometers",
        "bbl": [1, 0, 1, 1],
        "map info": MAP_INFO,
    }
    write_envi(tmp_path / "a.hdr", cube, metadata, interleave=interleave)
    with open_raster(tmp_path / named) as raster:
        assert (raster.rows, raster.columns, raster.bands) == cube.shape
        np.testing.assert_allclose(raster.wavelengths, [400, 500, 600, 700])
        assert raster.good_bands.tolist() == [True, False, True, True]
        np.testing.assert_allclose(raster.good_wavelengths, [400, 600, 700])
        assert raster.crs == CRS.from_epsg(32617)
        assert raster.transform.almost_equals(Affine(30, 0, 500000, 0, -30, 4000000))
        assert [f.name for f in raster.files] == ["a.img", "a.hdr"]
        ((first, values, valid),) = raster.blocks()
    assert first == 0 and values.dtype == np.float32 and valid.all()
    np.testing.assert_array_equal(values, cube[:, :, [0, 2, 3]])


@pytest.mark.parametrize("extension", ["", "dat", "bsq", "raw", "bin", "IMG"])
def test_envi_data_file_beside_its_header(tmp_path, cube, extension):
    header = write_envi(tmp_path / "a.hdr", cube, ext=extension)
    np.testing.assert_array_equal(everything(header)[0], cube)


def test_envi_header_with_the_whole_name(tmp_path, cube):
    write_envi(tmp_path / "a.hdr", cube)
    (tmp_path / "a.hdr").rename(tmp_path / "a.img.hdr")
    for name in ("a.img.hdr", "a.img"):
        np.testing.assert_array_equal(everything(tmp_path / name)[0], cube)


def test_envi_scale_factor_and_capital_letters(tmp_path, cube):
    stored = np.round(cube * 10_000).astype(np.int16)
    header = write_envi(tmp_path / "a.hdr", stored, {"reflectance scale factor": 10_000})
    header.write_text(header.read_text().replace("reflectance scale", "Reflectance Scale"))
    np.testing.assert_allclose(everything(header)[0], cube, atol=1e-4)
    with open_raster(header) as raster:
        assert "10000" in raster.pixels.note


def test_masked_pixels(tmp_path, cube):
    cube[0, 0, 1] = -9999  # nodata in one band
    cube[1, 1] = 0
    cube[2, 2, 3] = np.nan
    cube[3, 3, 3] = 0  # a zero in one band is a value
    cube[4, 4] = -9999
    header = write_envi(tmp_path / "a.hdr", cube, {"data ignore value": -9999})
    values, valid = everything(header)
    expected = np.ones((ROWS, COLUMNS), dtype=bool)
    expected[[0, 1, 2, 4], [0, 1, 2, 4]] = False
    np.testing.assert_array_equal(valid, expected)
    assert np.isnan(values[0, 0, 1])
    with pytest.raises(BadInput, match="6 of 120 values are NaN or infinite"):
        read_image(header)


def test_numbers_beyond_float32_are_masked(tmp_path, cube):
    large = cube.astype(np.float64)
    large[1, 2, 0] = 1e300
    _, valid = everything(write_envi(tmp_path / "a.hdr", large))
    assert np.argwhere(~valid).tolist() == [[1, 2]]


def test_a_bad_band_masks_nothing(tmp_path, cube):
    cube[:, :, 1] = -9999
    metadata = {"data ignore value": -9999, "bbl": [1, 0, 1, 1]}
    assert everything(write_envi(tmp_path / "a.hdr", cube, metadata))[1].all()


def test_geotiff(tmp_path, cube):
    crs, transform = CRS.from_epsg(4326), Affine(0.1, 0, 10, 0, -0.2, 50)
    cube[0, 0] = -1
    path = write_tiff(tmp_path / "a.tif", cube, crs=crs, transform=transform, nodata=-1)
    with rasterio.open(path, "r+") as file:
        for band, centre in enumerate((0.45, 0.55, 0.65, 0.85), start=1):
            file.update_tags(band, ns="IMAGERY", CENTRAL_WAVELENGTH_UM=str(centre))
    with open_raster(path) as raster:
        assert raster.crs == crs and raster.transform == transform
        np.testing.assert_allclose(raster.wavelengths, [450, 550, 650, 850])
    _, valid = everything(path)
    assert not valid[0, 0] and valid.sum() == valid.size - 1


def test_geotiff_band_tags_without_a_unit(tmp_path, cube):
    path = write_tiff(tmp_path / "a.tiff", cube)
    with unplaced_allowed(), rasterio.open(path, "r+") as file:
        for band in range(BANDS):
            file.update_tags(band + 1, wavelength=str(0.4 + band / 10))
    with open_raster(path) as raster:
        np.testing.assert_allclose(raster.wavelengths, [400, 500, 600, 700])
        assert "taken to be in micrometres" in raster.wavelength_note
        assert raster.crs is None and raster.transform is None


def test_geotiff_mask_and_alpha(tmp_path, cube):
    path = write_tiff(tmp_path / "a.tif", np.round(cube * 255).astype(np.uint8), photometric="RGB")
    with unplaced_allowed(), rasterio.open(path, "r+") as file:
        file.colorinterp = (*file.colorinterp[:3], rasterio.enums.ColorInterp.alpha)
        alpha = np.full((ROWS, COLUMNS), 255, np.uint8)
        alpha[2, 3] = 0
        file.write(alpha, 4)
    values, valid = everything(path)
    assert values.shape[2] == 3
    assert np.argwhere(~valid).tolist() == [[2, 3]]


def test_mat_of_both_versions(tmp_path, cube):
    scipy.io.savemat(tmp_path / "five.mat", {"Y": cube.astype(float), "wave": np.arange(BANDS)})
    write_mat73(tmp_path / "seven.mat", Y=cube, wave=np.arange(BANDS)[None])
    for name in ("five.mat", "seven.mat"):
        np.testing.assert_array_equal(everything(tmp_path / name)[0], cube)
        with open_raster(tmp_path / name, wavelengths=[400, 500, 600, 700]) as raster:
            assert raster.wavelengths[-1] == 700 and "by the user" in raster.wavelength_note


@pytest.mark.parametrize("write", [scipy.io.savemat, lambda p, v: write_mat73(p, **v)])
def test_mat_refusals(tmp_path, cube, write):
    path = tmp_path / "a.mat"
    write(path, {"one": cube, "two": cube, "flat": cube[0]})
    with pytest.raises(
        BadInput, match=r"one \(6 × 5 × 4\), two \(6 × 5 × 4\); name one with --var"
    ):
        open_raster(path)
    np.testing.assert_array_equal(everything(path, variable="two")[0], cube)
    with pytest.raises(BadInput, match=r"flat: expected rows × columns × bands .*got 5 × 4"):
        open_raster(path, variable="flat")
    with pytest.raises(BadInput, match="three"):
        open_raster(path, variable="three")
    write(path, {"flat": cube[0]})
    with pytest.raises(
        BadInput, match=r"found none; it holds flat \(5 × 4\).*three axes: .*reshape"
    ):
        open_raster(path)
    write(path, {"z": cube * 1j})
    with pytest.raises(BadInput, match=r"z: expected .* real numbers, got 6 × 5 × 4 of .*complex"):
        open_raster(path, variable="z")


@pytest.mark.parametrize("kind", ["bil", "bsq", "mat"])
def test_blocks_cover_the_image(tmp_path, cube, kind, monkeypatch):
    if kind == "mat":
        path = write_mat73(tmp_path / "a.mat", Y=cube)
    else:
        path = write_envi(tmp_path / "a.hdr", cube, interleave=kind)
    monkeypatch.setattr(module, "_VALUES_AT_ONCE", 2 * COLUMNS * BANDS)
    with open_raster(path) as raster:
        assert [first for first, _, _ in raster.blocks()] == [0, 2, 4]
    np.testing.assert_array_equal(everything(path)[0], cube)


def test_read_image(tmp_path, cube):
    header = write_envi(
        tmp_path / "mine.hdr", cube, {"wavelength": [1, 2, 3, 4], "bbl": [1, 1, 0, 1]}
    )
    scene = read_image(header)
    assert scene.name == "mine" and set(scene.hashes) == {"mine.hdr", "mine.img"}
    np.testing.assert_allclose(scene.wavelengths, [1000, 2000, 4000])
    np.testing.assert_array_equal(scene.cube, cube[:, :, [0, 1, 3]])


def test_refuses_what_is_no_image(tmp_path, cube):
    (tmp_path / "notes.txt").write_text("a list of things")
    (tmp_path / "notes.tif").write_text("a list of things")
    (tmp_path / "header.hdr").write_text("a list of things")
    (tmp_path / "notes.mat").write_text("a list of things")
    np.save(tmp_path / "cube.npy", cube)
    for name, words in {
        "": "expected an image file, got a folder; name a file in it",
        "absent.hdr": "no such file$",
        "header": "no such file; there is .*header.hdr, name that",
        "cube.npy": r"got a NumPy file; convert it with scipy\.io\.savemat",
        "notes.txt": r"expected an ENVI image .* or a MATLAB file \(.mat\), got another file",
        "notes.tif": "expected a GeoTIFF, but GDAL says",
        "header.hdr": "expected an ENVI header, a text that begins with ENVI",
        "notes.mat": "expected a MATLAB 5 or 7.3 file",
    }.items():
        with pytest.raises(BadInput, match=words):
            open_raster(tmp_path / name)
    path = write_tiff(tmp_path / "z.tif", cube.astype(np.complex64))
    with pytest.raises(BadInput, match="expected real numbers, got complex64"):
        open_raster(path)
    with pytest.raises(BadInput, match="--variable is for MATLAB files"):
        open_raster(path, variable="x")
    with pytest.raises(BadInput, match="one wavelength for each of 4 bands, got 2"):
        open_raster(write_tiff(tmp_path / "a.tif", cube), wavelengths=[400, 500])


def test_refuses_a_truncated_geotiff(tmp_path, cube):
    path = write_tiff(tmp_path / "a.tif", np.tile(cube, (10, 10, 1)))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(BadInput, match=r"a\.tif.*(truncated|GDAL says)"):
        everything(path)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("data type", "6", r"expected real numbers, got complex ones \(ENVI data type 6\)"),
        ("data type", "99", "data type 99 is none of ENVI's"),
        ("lines", "7", "expected 560 bytes .* got 480; it is truncated: copy it again"),
        ("lines", "5", "expected 400 bytes .* got 480; a dimension, .* or it is another file"),
        ("lines", "many", "expected a number for 'lines', got 'many'"),
        ("lines", "0", "expected a whole number above 0 for 'lines'"),
        (
            "file type",
            "ENVI Spectral Library",
            "expected an image .* got ENVI Spectral Library; give",
        ),
        ("file compression", "1", "the header says compressed; unpack it"),
        ("bbl", "{1, 1}", r"expected a bad band list \(bbl\) of 4 bands, got 2"),
        ("bbl", "{0, 0, 0, 0}", "leaves no good band"),
        ("wavelength", "{1, 2}", "one wavelength for each of 4 bands, got 2"),
        ("wavelength", "{1, 2, x, 3}", "expected wavelengths that are numbers"),
    ],
)
def test_envi_header_refusals(tmp_path, cube, field, value, words):
    header = write_envi(tmp_path / "a.hdr", cube)
    lines = [line for line in header.read_text().splitlines() if not line.startswith(field + " =")]
    header.write_text("\n".join([*lines, f"{field} = {value}"]) + "\n")
    with pytest.raises(BadInput, match=words):
        open_raster(header)


def test_envi_data_file_missing_or_doubtful(tmp_path, cube):
    header = write_envi(tmp_path / "a.hdr", cube)
    (tmp_path / "a.dat").write_bytes((tmp_path / "a.img").read_bytes())
    with pytest.raises(
        BadInput, match=r"a.dat and a.img could both be its data file; give the data"
    ):
        open_raster(header)
    np.testing.assert_array_equal(everything(tmp_path / "a.dat")[0], cube)
    (tmp_path / "a.dat").unlink()
    (tmp_path / "a.img.hdr").write_text(header.read_text())
    with pytest.raises(BadInput, match=r"both a.hdr and a.img.hdr describe it; remove one"):
        open_raster(tmp_path / "a.img.hdr")
    (tmp_path / "a.img").unlink()
    with pytest.raises(
        BadInput, match=r"expected its data file beside it \(a, a.img, .*found none"
    ):
        open_raster(header)


def test_other_units_of_wavelength_are_not_used(tmp_path, cube):
    metadata = {"wavelength": [1, 2, 3, 4], "wavelength units": "Wavenumber"}
    with open_raster(write_envi(tmp_path / "a.hdr", cube, metadata)) as raster:
        assert raster.wavelengths is None and "Wavenumber" in raster.wavelength_note


def test_a_row_of_tiles_stays_in_the_cache(tmp_path, monkeypatch):
    """Else each tile would be unpacked once for every block of rows."""
    asked = []
    small = gdal_pixels.small_cache
    monkeypatch.setattr(gdal_pixels, "small_cache", lambda n: asked.append(n) or small(n))
    image = np.ones((40, 50, 3), dtype=np.int16)
    tiles = {"tiled": True, "blockxsize": 32, "blockysize": 16}
    everything(write_tiff(tmp_path / "a.tif", image, **tiles))
    assert set(asked) == {16 * (32 + 32 + 32) * 3 * 2}  # two tiles across, and one more

    before = get_gdal_config("GDAL_CACHEMAX")
    with small(2**28):
        assert get_gdal_config("GDAL_CACHEMAX") == min(before, 2**28)
        with small():
            assert get_gdal_config("GDAL_CACHEMAX") == min(before, 2**26)
    assert get_gdal_config("GDAL_CACHEMAX") == before


READ_ALL = """
import resource, sys
from mixedpixels.scenes.readers import gdal_pixels, raster as module
module._VALUES_AT_ONCE = 2**19  # so that the block itself hides no growth
gdal_pixels._CACHE //= 4  # so that small files do
def peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
before = peak()
for path in sys.argv[1:]:
    with module.open_raster(path) as image:
        assert sum(len(values) for _, values, _ in image.blocks()) == image.rows
    print(peak() - before)
"""


def test_files_larger_than_the_memory_allowed(tmp_path):
    """GDAL's cache, left alone, grows with the file: up to 5 % of the machine's memory."""
    rows, columns, bands, allowed = 300, 1000, 100, 45e6
    headers = []
    for interleave in ("bsq", "bil", "bip"):
        header = tmp_path / f"{interleave}.hdr"
        header.write_text(
            f"ENVI\nlines = {rows}\nsamples = {columns}\nbands = {bands}\nheader offset = 0\n"
            f"file type = ENVI Standard\ndata type = 2\ninterleave = {interleave}\nbyte order = 0\n"
        )
        with header.with_suffix(".img").open("wb") as file:
            file.truncate(rows * columns * bands * 2)  # zeros that take no room on the disk
            assert file.seek(0, 2) > 1.3 * allowed
        headers.append(header)
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, *headers], capture_output=True, text=True, check=True
    )
    growth = [int(line) for line in done.stdout.split()]
    assert len(growth) == 3 and max(growth) < allowed
