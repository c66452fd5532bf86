"""The files for machines: endmember spectra as CSV, the record of the run as JSON."""

import csv
import json
from dataclasses import asdict
from pathlib import Path

import mixedpixels
from mixedpixels.products.findings import Findings
from mixedpixels.products.search import SEARCHES
from mixedpixels.scenes.fetch import sha256
from mixedpixels.scenes.readers.raster import Raster


def hashes(raster: Raster) -> dict[str, str]:
    """Return the sha256 of each file that was read, by name."""
    return {file.name: sha256(file) for file in raster.files}


def write_spectra(findings: Findings, target: Path) -> None:
    """Write one line per good band: its centre in nm (or its number), then every endmember."""
    centres = findings.raster.good_wavelengths
    names = [f"endmember_{k + 1}" for k in range(len(findings.spectra))]
    with target.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["band" if centres is None else "wavelength_nm", *names])
        places = findings.bands if centres is None else [f"{c:.7g}" for c in centres]
        for place, values in zip(places, findings.spectra.T, strict=True):
            table.writerow(
                [place, *(f"{value:.9g}" for value in values)]
            )  # 9 digits: all of float32


def write_record(findings: Findings, target: Path) -> None:
    """Write the parameters, what was read, and the numbers of the page."""
    raster, chosen, maps = findings.raster, findings.chosen, findings.maps
    # of the pixel that an endmember is, or is most like; where a network learnt it, that it began as
    prefix = "start_" if findings.fitted else ""
    prefix += "" if SEARCHES[findings.settings.search].gives_pixels else "most_like_"
    record = {
        "package": {"name": "mixedpixels", "version": mixedpixels.__version__},
        "parameters": asdict(findings.settings),
        "files": [
            {"name": f.name, "bytes": f.stat().st_size, "sha256": findings.hashes[f.name]}
            for f in raster.files
        ],
        "image": {
            "format": raster.format,
            "rows": raster.rows,
            "columns": raster.columns,
            "bands": raster.bands,
            "good_bands": len(findings.bands),
            "valid_pixels": findings.valid,
            "masked_pixels": findings.masked,
        },
        "sample_pixels": len(findings.sample.pixels),
        "endmembers": [
            {
                f"{prefix}row": row,
                f"{prefix}column": column,
                "mean_abundance": mean,
                "share_above_0.9": pure,
            }
            for (row, column), mean, pure in zip(
                findings.places, maps.means.tolist(), maps.pure.tolist(), strict=True
            )
        ],
        "relative_error_of_sample": {
            "median": findings.error_median,
            "percentile_95": findings.error_95,
        },
        "starts": {
            "distinct": chosen.distinct,
            "failed": chosen.failed,
            "kept": chosen.kept,
            "relative_errors": chosen.errors.tolist(),
            "mean_abundances": chosen.means.tolist(),
            "angles_to_chosen_radians": chosen.angles.tolist(),
        },
        **({"network": asdict(findings.fitted)} if findings.fitted else {}),
        "device": findings.settings.device,
        "seconds": round(findings.seconds, 2),
    }
    target.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
