"""Unmixing an image of your own: from a file to a folder."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import mixedpixels
from mixedpixels.device import choose_device
from mixedpixels.errors import BadInput
from mixedpixels.products.folder import whole_folder
from mixedpixels.products.maps import Maps, write_maps
from mixedpixels.products.methods import METHODS
from mixedpixels.products.methods.method import Task
from mixedpixels.products.report import (
    FILES,
    EndmemberFound,
    FileRead,
    ImageRead,
    Report,
    StartsCompared,
)
from mixedpixels.products.sampling import Sample, sample_pixels
from mixedpixels.products.searches import SEARCHES
from mixedpixels.products.settings import Settings
from mixedpixels.products.starts import Endmembers, choose_endmembers
from mixedpixels.scenes.fetch import sha256
from mixedpixels.scenes.readers.raster import Raster, open_raster

_SAMPLE = 100_000  # pixels; the search and FCLS need them in memory several times over


def unmix(
    image: str | Path,
    out: str | Path,
    *,
    n_endmembers: int,
    search: str = "vca",
    method: str = "fcls",
    normalise: str = "l2",
    seed: int = 0,
    starts: int = 30,
    variable: str = "",
    wavelengths: Sequence[float] | None = None,
    device: str = "auto",
    overwrite: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Unmix an image file; write maps, spectra and a report about them.

    Endmembers are found in a random sample of at most 100,000 valid pixels, from several random
    starts. A network starts from them and learns its own. Then the image is read block by block, so
    it need not fit into memory; a MATLAB file before version 7.3 is the exception.

    Parameters
    ----------
    image
        See :func:`mixedpixels.scenes.readers.raster.open_raster`, also for ``variable`` and
        ``wavelengths`` (nm).
    out
        A new or empty folder; it appears when everything in it is complete.
    n_endmembers
        How many endmembers: 2 up to the number of good bands.
    search
        How endmembers are found. ``edaa``: entropic-descent archetypal analysis (Zouaoui et al., IEEE
        Trans. Image Process. 32, 2023). Its endmembers are averages of normalised pixels, each scaled
        to the pixel most similar to it; it takes some seconds to a minute on two cores. ``vca``:
        vertex component analysis (Nascimento and Bioucas-Dias, IEEE Trans. Geosci. Remote Sens. 43(4),
        2005). Its endmembers are the outermost pixels; it is faster.
    method
        How abundances are solved. ``fcls``: fully constrained least squares. ``nnls``: non-negative
        least squares, divided by the sum. ``ssanu``: SSANU-Net (Chen et al., 2023), a network that sees
        each pixel with its neighbours, divided by the sum. It starts from the endmembers that the
        search found. It is fitted to the image, or to a window of some 65,536 pixels of a larger one.
        That takes one to two minutes for 100 × 100 pixels on two cores, and about ten minutes and 2 GB
        of memory for the window. Its answer is random.
    normalise
        ``l2``, ``max`` or ``none``. With ``l2`` each pixel is divided by its length. Without it, a
        darker pixel of the same material, in shade or on a slope, looks like another mixture.
    seed
        Of the sample and of the network; the search uses this seed and the next ones.
    starts
        How many random starts of the search. With VCA, the start that FCLS reconstructs the sample
        best with is chosen. EDAA divides them among three independent searches, each on at most 5,000
        pixels of the sample (with fewer than three starts there is one search, from one start). Among
        the searches whose residual is within 5 % of the smallest, the one with the least similar
        endmembers is chosen.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.
    overwrite
        Replace the result of an earlier run; it stays until the new one is complete.
    progress
        Called with a few words and the fraction done, 0–1.

    Raises
    ------
    BadInput
        When the image, the folder or a setting is not allowed; nothing is written then.
    NotFinite
        When the fit of a network failed; nothing is written then either.
    """
    began = time.perf_counter()
    progress = progress or (lambda words, fraction: None)
    settings = Settings(
        image=str(image),
        n_endmembers=n_endmembers,
        search=search,
        method=method,
        normalise=normalise,
        seed=seed,
        starts=starts,
        variable=variable,
        wavelengths=None if wavelengths is None else tuple(float(w) for w in wavelengths),
        device=str(choose_device(device)),
    )
    out = Path(out)
    with open_raster(image, variable=variable, wavelengths=wavelengths) as raster:
        METHODS[method].check(raster, n_endmembers)
        with whole_folder(out, FILES, raster.files, overwrite) as draft:
            return _run(raster, settings, out, draft, began, progress)


def _run(
    raster: Raster, settings: Settings, out: Path, draft: Path, began: float, progress
) -> Report:
    sample = sample_pixels(raster, _SAMPLE, settings.seed, progress)
    if sample.valid < settings.n_endmembers:
        raise BadInput(
            f"{raster.path}: {sample.valid} valid pixels cannot hold {settings.n_endmembers} "
            "endmembers; ask for fewer, or check the nodata value"
        )
    search = SEARCHES[settings.search]
    chosen = choose_endmembers(
        sample.pixels,
        settings.n_endmembers,
        search,
        settings.normalise,
        settings.seed,
        settings.starts,
        settings.device,
        progress,
    )
    task = Task(
        raster=raster,
        pixels=sample.pixels,
        endmembers=chosen.spectra,
        network_start=search.network_start,
        normalise=settings.normalise,
        seed=settings.seed,
        device=settings.device,
        progress=progress,
    )
    solver = METHODS[settings.method].start(task)
    maps = write_maps(raster, solver, sample, len(solver.spectra), draft / FILES[0], progress)
    progress("writing the report", 0.0)
    drawn = len(sample.pixels)
    report = Report(
        folder=out,
        settings=settings,
        image=_image(raster, sample.valid),
        sample_pixels=drawn,
        search_facts=search.facts(drawn, settings.seed, settings.starts),
        found=_found(raster, sample, chosen, maps),
        starts=_starts(chosen),
        error_median=float(np.median(maps.sampled)),
        error_95=float(np.percentile(maps.sampled, 95)),
        fit=solver.fit,
        seconds=time.perf_counter() - began,
        version=mixedpixels.__version__,
    )
    _write(report, maps, solver.spectra, draft)
    return report


def _write(report: Report, maps: Maps, spectra: np.ndarray, draft: Path) -> None:
    # drawing takes a third of a second to import, and only a run that ends needs it
    from mixedpixels.products import figures
    from mixedpixels.products.page import page
    from mixedpixels.products.record import write_record, write_spectra

    (draft / FILES[1]).write_bytes(figures.png(figures.maps_figure(maps.preview)))
    write_spectra(report, spectra, draft / FILES[2])
    (draft / FILES[3]).write_text(page(report, maps, spectra), encoding="utf-8")
    write_record(report, draft / FILES[4])


def _image(raster: Raster, valid: int) -> ImageRead:
    centres = raster.good_wavelengths
    return ImageRead(
        name=raster.path.name,
        files=tuple(FileRead(f.name, f.stat().st_size, sha256(f)) for f in raster.files),
        format=raster.format,
        rows=raster.rows,
        columns=raster.columns,
        bands=raster.bands,
        good_bands=tuple((np.flatnonzero(raster.good_bands) + 1).tolist()),
        wavelengths=None if centres is None else tuple(centres.tolist()),
        valid=valid,
        wavelength_note=raster.wavelength_note,
        value_note=raster.pixels.note,
        epsg=None if raster.crs is None else raster.crs.to_epsg(),
        has_crs=raster.crs is not None,
        origin=_on_map(raster, 0, 0),
    )


def _found(
    raster: Raster, sample: Sample, chosen: Endmembers, maps: Maps
) -> tuple[EndmemberFound, ...]:
    at = chosen.indices
    rows, columns = sample.rows[at].tolist(), sample.columns[at].tolist()
    return tuple(
        EndmemberFound(row, column, _on_map(raster, row, column), mean, pure)
        for row, column, mean, pure in zip(
            rows, columns, maps.means.tolist(), maps.pure.tolist(), strict=True
        )
    )


def _starts(chosen: Endmembers) -> StartsCompared:
    return StartsCompared(
        distinct=chosen.distinct,
        failed=chosen.failed,
        chosen=chosen.chosen,
        errors=tuple(chosen.errors.tolist()),
        means=tuple(map(tuple, chosen.means.tolist())),
        angles=tuple(map(tuple, chosen.angles.tolist())),
    )


def _on_map(raster: Raster, row: int, column: int) -> tuple[float, float] | None:
    """Return the map coordinates of a pixel's centre."""
    if raster.transform is None:
        return None
    t, across, down = raster.transform, column + 0.5, row + 0.5
    return t.a * across + t.b * down + t.c, t.d * across + t.e * down + t.f
