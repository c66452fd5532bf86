"""Your own image as an ENVI, GeoTIFF or MATLAB file, read in blocks of rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rasterio import Affine
from rasterio.crs import CRS

from mixedpixels.errors import BadInput
from mixedpixels.scenes.fetch import sha256
from mixedpixels.scenes.readers.band_centres import band_centres
from mixedpixels.scenes.readers.envi_header import find_header, open_envi
from mixedpixels.scenes.readers.gdal_pixels import GdalPixels
from mixedpixels.scenes.readers.mat_pixels import MatPixels
from mixedpixels.scenes.scene import Scene

_VALUES_AT_ONCE = 2**23  # float32 values in a block: 32 MB


@dataclass(frozen=True, eq=False, repr=False)
class Raster:
    """An open image file; use it as a context manager.

    Parameters
    ----------
    path
        The file that the user named.
    files
        The files that are read: the data file first, then its header if it has one.
    format
        ``ENVI``, ``GeoTIFF`` or ``MATLAB``.
    good_bands
        bool, shape (bands,): False for a band that the file marks as bad.
    wavelengths
        float64, shape (bands,), band centres in nm; None when they are not known.
    wavelength_note
        A sentence on how the wavelengths were read; empty when there is nothing to remark.
    """

    path: Path
    files: tuple[Path, ...]
    format: str
    pixels: GdalPixels | MatPixels
    good_bands: np.ndarray
    wavelengths: np.ndarray | None
    wavelength_note: str = ""

    def __repr__(self) -> str:
        return (
            f"<Raster {self.path.name}: {self.rows}×{self.columns} pixels, {self.bands} bands, "
            f"{self.format}>"
        )

    def __enter__(self) -> "Raster":
        return self

    def __exit__(self, *_) -> None:
        self.pixels.close()

    @property
    def rows(self) -> int:
        """The number of rows of the image."""
        return self.pixels.rows

    @property
    def columns(self) -> int:
        """The number of columns of the image."""
        return self.pixels.columns

    @property
    def bands(self) -> int:
        """The number of bands in the file, bad ones included."""
        return self.pixels.bands

    @property
    def crs(self) -> CRS | None:
        """The coordinate reference system, or None."""
        return self.pixels.crs

    @property
    def transform(self) -> Affine | None:
        """The affine map from (column, row) to map coordinates, or None."""
        return self.pixels.transform

    @property
    def good_wavelengths(self) -> np.ndarray | None:
        """The centres of the good bands in nm, or None."""
        return None if self.wavelengths is None else self.wavelengths[self.good_bands]

    def blocks(self) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield blocks of rows, from the top of the image to the bottom.

        Yields
        ------
        first_row : int
        values : numpy.ndarray
            float32, shape (rows of the block, columns, good bands); NaN where the file has no data.
        valid : numpy.ndarray
            bool, shape (rows of the block, columns): True for a pixel that is finite in all good bands
            and not zero in all of them.
        """
        good = np.flatnonzero(self.good_bands)
        count = max(1, _VALUES_AT_ONCE // (self.columns * len(good)))
        # Blocks of whole tiles, where they fit, so that each tile is decompressed once.
        if count > self.pixels.block_rows:
            count -= count % self.pixels.block_rows
        for first in range(0, self.rows, count):
            values = self.pixels.read(first, min(count, self.rows - first), good)
            valid = np.isfinite(values).all(axis=2) & (values != 0).any(axis=2)
            yield first, values, valid


def open_raster(
    path: str | Path, *, variable: str = "", wavelengths: Sequence[float] | None = None
) -> Raster:
    """Open your own image.

    Parameters
    ----------
    path
        An ENVI header (.hdr) or the data file beside it, a GeoTIFF (.tif, .tiff), or a MATLAB file
        (.mat, version 5 or 7.3) with a variable rows × columns × bands.
    variable
        The variable of a MATLAB file; needed when several variables have three axes.
    wavelengths
        Band centres in nm, one per band, when the file states none or wrong ones.

    Raises
    ------
    BadInput
        When the file is missing, truncated, not an image or of another format.
    """
    path = Path(path)
    if path.is_dir():
        raise BadInput(f"{path}: expected an image file, got a folder; name a file in it")
    if not path.is_file():
        header = Path(f"{path}.hdr")
        hint = f"; there is {header}, name that" if header.is_file() else ""
        raise BadInput(f"{path}: no such file{hint}")
    suffix = path.suffix.lower()
    if variable and suffix != ".mat":
        raise BadInput(f"{path}: --variable is for MATLAB files; leave it out")
    if suffix == ".mat":
        pixels = MatPixels(path, variable)
        raster = Raster(path, (path,), "MATLAB", pixels, np.ones(pixels.bands, dtype=bool), None)
    elif suffix == ".npy":
        raise BadInput(
            f"{path}: expected an ENVI, GeoTIFF or MATLAB file, got a NumPy file; convert it with "
            'scipy.io.savemat("image.mat", {"Y": cube}), where cube is rows × columns × bands'
        )
    elif suffix in (".tif", ".tiff"):
        pixels = GdalPixels(path, "GTiff")
        centres, note = pixels.band_centres()
        raster = Raster(path, (path,), "GeoTIFF", pixels, pixels.good_bands(), centres, note)
    else:
        raster = _envi(path)
    if wavelengths is None:
        return raster
    centres, _ = band_centres(list(wavelengths), "nm", raster.bands, "wavelengths")
    note = "The wavelengths were given by the user, not read from the file."
    return replace(raster, wavelengths=centres, wavelength_note=note)


def _envi(path: Path) -> Raster:
    if path.suffix.lower() == ".hdr":
        envi = open_envi(path)
    else:
        header = find_header(path)
        if header is None:
            raise BadInput(
                f"{path}: expected an ENVI image (.hdr, or a data file with its .hdr beside it), a "
                "GeoTIFF (.tif, .tiff) or a MATLAB file (.mat), got another file; convert it"
            )
        envi = open_envi(header, path)
    pixels = GdalPixels(envi.data, "ENVI", envi.scale)
    files = (envi.data, envi.header)
    return Raster(path, files, "ENVI", pixels, envi.good_bands, envi.wavelengths, envi.note)


def read_image(
    path: str | Path, *, variable: str = "", wavelengths: Sequence[float] | None = None
) -> Scene:
    """Read your own image as a whole into memory; for images of some hundred megabytes at most.

    Parameters
    ----------
    path, variable, wavelengths
        As in :func:`open_raster`.

    Returns
    -------
    Scene
        Named after the file, without the bad bands. Its ``scale`` is None; see :class:`Scene`.

    Raises
    ------
    BadInput
        As for :func:`open_raster`, and when a pixel has no data, because a Scene holds no gaps.
    """
    with open_raster(path, variable=variable, wavelengths=wavelengths) as raster:
        cube = np.concatenate([values for _, values, _ in raster.blocks()])
        return Scene(
            name=raster.path.stem,
            cube=cube,
            wavelengths=raster.good_wavelengths,
            source=str(raster.path),
            hashes={file.name: sha256(file) for file in raster.files},
        )
