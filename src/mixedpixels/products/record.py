"""The files for programs: endmember spectra as CSV, the record of the run as JSON."""

import csv
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from mixedpixels.products.report import Report
from mixedpixels.products.searches import SEARCHES


def write_spectra(report: Report, spectra: np.ndarray, target: Path) -> None:
    """Write one line per good band: its centre in nm (or its number), then every endmember.

    Parameters
    ----------
    spectra
        Shape (endmembers, good bands).
    """
    centres = report.image.wavelengths
    names = [f"endmember_{k + 1}" for k in range(len(spectra))]
    with target.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["band" if centres is None else "wavelength_nm", *names])
        places = report.image.good_bands if centres is None else [f"{c:.7g}" for c in centres]
        for place, values in zip(places, spectra.T, strict=True):
            digits = (f"{value:.9g}" for value in values)  # 9 digits: all of float32
            table.writerow([place, *digits])


def write_record(report: Report, target: Path) -> None:
    """Write the parameters, what was read, and the numbers of the page."""
    image, starts = report.image, report.starts
    # of the pixel that an endmember is or is most similar to; or that a network started from
    prefix = "start_" if report.fit else ""
    prefix += "" if SEARCHES[report.settings.search].gives_pixels else "most_similar_"
    record = {
        "package": {"name": "mixedpixels", "version": report.version},
        "parameters": asdict(report.settings),
        "files": [asdict(file) for file in image.files],
        "image": {
            "format": image.format,
            "rows": image.rows,
            "columns": image.columns,
            "bands": image.bands,
            "good_bands": len(image.good_bands),
            "valid_pixels": image.valid,
            "masked_pixels": image.masked,
        },
        "sample_pixels": report.sample_pixels,
        "endmembers": [
            {
                f"{prefix}row": endmember.row,
                f"{prefix}column": endmember.column,
                "mean_abundance": endmember.mean,
                "fraction_above_0.9": endmember.pure,
            }
            for endmember in report.found
        ],
        "relative_error_of_sample": {
            "median": report.error_median,
            "percentile_95": report.error_95,
        },
        "starts": {
            "distinct": starts.distinct,
            "failed": starts.failed,
            "chosen": starts.chosen,
            "relative_errors": starts.errors,
            "mean_abundances": starts.means,
            "angles_to_chosen_radians": starts.angles,
        },
        **({"network": asdict(report.fit)} if report.fit else {}),
        "device": report.settings.device,
        "seconds": round(report.seconds, 2),
    }
    target.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
