"""Unmixing an image of one's own: from a file to a folder."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mixedpixels.device import choose_device
from mixedpixels.errors import BadInput
from mixedpixels.products import figures, tables
from mixedpixels.products.findings import Findings, Settings
from mixedpixels.products.folder import whole_folder
from mixedpixels.products.maps import write_maps
from mixedpixels.products.methods import METHODS, Solver
from mixedpixels.products.network import NetworkSolver, fit_network
from mixedpixels.products.page import page
from mixedpixels.products.sampling import Sample, sample_pixels
from mixedpixels.products.search import SEARCHES
from mixedpixels.products.starts import choose_endmembers
from mixedpixels.scenes.readers.raster import Raster, open_raster

_SAMPLE = 100_000  # pixels; the search and FCLS need them in memory several times over
_FILES = ("abundances.tif", "abundances.png", "endmembers.csv", "report.html", "run.json")


@dataclass(frozen=True)
class Report:
    """What a run left and found.

    Parameters
    ----------
    folder, abundances, picture, endmembers, page, record
        The folder and the files in it.
    means
        Mean abundance of each endmember over the image, 0–1.
    error_median, error_95
        Relative RMS of the residual over the sample, 0–1: median and 95th percentile.
    spread
        The largest difference, over endmembers, between the mean abundances of two starts of VCA or
        two searches by EDAA.
    valid, masked
        Pixels.
    read
        How the file was read, as ``95 rows × 95 columns, 156 bands``.
    device
        Where it ran.
    """

    folder: Path
    abundances: Path
    picture: Path
    endmembers: Path
    page: Path
    record: Path
    means: tuple[float, ...]
    error_median: float
    error_95: float
    spread: float
    valid: int
    masked: int
    read: str
    seconds: float
    device: str


def unmix(
    image: str | Path,
    out: str | Path,
    *,
    endmembers: int,
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
    """Unmix an image file; write maps, spectra and a page about them.

    Endmembers are found in a random sample of at most 100,000 valid pixels, from several random
    starts. A network begins with them and learns its own. Then the image is read block by block, so
    it need not fit into memory.

    Parameters
    ----------
    image
        See :func:`mixedpixels.scenes.readers.raster.open_raster`, also for ``variable`` and
        ``wavelengths`` (nm).
    out
        A new or empty folder; it appears when everything in it is whole.
    endmembers
        How many: 2 up to the number of good bands.
    search
        How endmembers are found. ``edaa``: entropic-descent archetypal analysis (Zouaoui et al., IEEE
        Trans. Image Process. 32, 2023), whose endmembers are averages of normalised pixels, each
        scaled to the pixel most like it; some seconds to a minute on two cores. ``vca``: vertex
        component analysis (Nascimento and Bioucas-Dias, IEEE Trans. Geosci. Remote Sens. 43(4),
        2005), whose endmembers are pixels, the outermost ones; faster.
    method
        How abundances are solved. ``fcls``; ``nnls`` (divided by the sum); or ``ssanu``: SSANU-Net
        (Chen et al., 2023), a network that sees each pixel with its neighbours, divided by the sum.
        It begins with the endmembers that the search found. It is fitted to the image, or to a
        window of some 65,536 pixels of a larger one; that takes one to two minutes for 100 × 100
        pixels on two cores, about ten and 2 GB of memory for the window, and its answer is random.
    normalise
        ``l2``, ``max`` or ``none``. With ``l2`` each pixel is divided by its length: else a darker
        pixel of the same material, in shade or on a slope, becomes another mixture.
    seed
        Of the sample and of the network; the search uses this seed and the next ones.
    starts
        How many random starts of the search. Of VCA the one is kept that FCLS reconstructs the sample
        best with. EDAA shares them among three independent searches, each on at most 5,000 pixels of
        the sample (below three there is one search, from one start); of those whose residual is
        within 5 % of the smallest, the one with the least alike endmembers is kept.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.
    overwrite
        Replace the result of an earlier run; it is kept until the new one is whole.
    progress
        Called with a few words and the share done, 0–1.

    Raises
    ------
    BadInput
        When the image, the folder or a setting is not what it must be; nothing is written then.
    NotFinite
        When the fit of a network failed; nothing is written then either.
    """
    began = time.perf_counter()
    progress = progress or (lambda words, share: None)
    settings = Settings(
        image=str(image),
        endmembers=endmembers,
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
        _check_bands(raster, endmembers)
        read = f"{raster.rows} rows × {raster.columns} columns, {raster.bands} bands"
        with whole_folder(out, _FILES, raster.files, overwrite) as draft:
            findings = _run(raster, settings, draft, began, progress)
    return Report(
        folder=out,
        abundances=out / _FILES[0],
        picture=out / _FILES[1],
        endmembers=out / _FILES[2],
        page=out / _FILES[3],
        record=out / _FILES[4],
        means=tuple(findings.maps.means.tolist()),
        error_median=findings.error_median,
        error_95=findings.error_95,
        spread=findings.spread,
        valid=findings.valid,
        masked=findings.masked,
        read=read,
        seconds=findings.seconds,
        device=settings.device,
    )


def _run(raster: Raster, settings: Settings, draft: Path, began: float, progress) -> Findings:
    sample = sample_pixels(raster, _SAMPLE, settings.seed, progress)
    if sample.valid < settings.endmembers:
        raise BadInput(
            f"{raster.path}: {sample.valid} valid pixels cannot hold {settings.endmembers} "
            "endmembers; ask for fewer, or check the nodata value"
        )
    chosen = choose_endmembers(
        sample.pixels,
        settings.endmembers,
        settings.search,
        settings.normalise,
        settings.seed,
        settings.starts,
        settings.device,
        progress,
    )
    solver = _solver(raster, settings, sample, chosen.spectra, progress)
    maps = write_maps(raster, solver, sample, len(solver.spectra), draft / _FILES[0], progress)
    progress("writing the report", 0.0)
    findings = Findings(
        raster=raster,
        settings=settings,
        sample=sample,
        chosen=chosen,
        spectra=solver.spectra,
        fitted=solver.fitted,
        maps=maps,
        error_median=float(np.median(maps.sampled)),
        error_95=float(np.percentile(maps.sampled, 95)),
        hashes=tables.hashes(raster),
        seconds=time.perf_counter() - began,
    )
    (draft / _FILES[1]).write_bytes(figures.png(figures.maps_figure(maps.preview)))
    tables.write_spectra(findings, draft / _FILES[2])
    (draft / _FILES[3]).write_text(page(findings), encoding="utf-8")
    tables.write_record(findings, draft / _FILES[4])
    return findings


def _solver(
    raster: Raster, settings: Settings, sample: Sample, endmembers: np.ndarray, progress
) -> Solver | NetworkSolver:
    how, device = settings.normalise, settings.device
    network = METHODS[settings.method].network
    if network is None:
        return Solver(settings.method, endmembers, how, device)
    start = SEARCHES[settings.search].network_start
    return fit_network(
        network, raster, sample.pixels, endmembers, start, how, settings.seed, device, progress
    )


def _check_bands(raster: Raster, endmembers: int) -> None:
    good = int(raster.good_bands.sum())
    if good < endmembers:
        raise BadInput(
            f"{raster.path}: {good} good bands cannot tell {endmembers} endmembers apart; expected "
            "at least as many bands, as a hyperspectral image has; ask for fewer endmembers"
        )
