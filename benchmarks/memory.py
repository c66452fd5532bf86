"""Measure the peak memory of ``unmix`` against the size of the file, for each ENVI interleave.

Each run is a process of its own; the first row is a process that only imports what ``unmix`` needs.
Writes ``benchmarks/memory.json``, which the book's page of times shows.

    OMP_NUM_THREADS=1 python benchmarks/memory.py
"""

import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from times import ROOT, machine

COLUMNS, BANDS, ENDMEMBERS = 900, 200, 4
ROWS = (500, 1000, 2000)  # 180, 360 and 720 MB of int16
# where rows, columns and bands are in the file
AXES = {"bip": (0, 1, 2), "bil": (0, 2, 1), "bsq": (2, 0, 1)}
AT_ONCE = 50  # rows that are made at a time
RUN = """
import resource, sys
from mixedpixels import products
if len(sys.argv) > 1:
    products.unmix(sys.argv[1], sys.argv[2], n_endmembers=int(sys.argv[3]), starts=5, device="cpu")
scale = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale)
"""


def write(folder: Path, rows: int, interleave: str) -> Path:
    """Write mixtures of random spectra as an ENVI image, a part at a time; return its header."""
    axes = AXES[interleave]
    shape = tuple((rows, COLUMNS, BANDS)[axis] for axis in axes)
    rng = np.random.default_rng(0)
    spectra = rng.uniform(1000, 8000, (ENDMEMBERS, BANDS))
    values = np.memmap(folder / "a.img", np.int16, "w+", shape=shape)
    for first in range(0, rows, AT_ONCE):
        count = min(AT_ONCE, rows - first)
        abundances = rng.dirichlet(np.full(ENDMEMBERS, 0.5), (count, COLUMNS))
        part = (abundances @ spectra).astype(np.int16).transpose(axes)
        place = [slice(None)] * 3
        place[axes.index(0)] = slice(first, first + count)
        values[tuple(place)] = part
    values.flush()
    header = folder / "a.hdr"
    header.write_text(
        f"ENVI\nlines = {rows}\nsamples = {COLUMNS}\nbands = {BANDS}\nheader offset = 0\n"
        f"file type = ENVI Standard\ndata type = 2\ninterleave = {interleave}\n"
        f"byte order = {int(sys.byteorder == 'big')}\n"
    )
    return header


def peak(*arguments) -> int:
    """Return the peak memory of a run in bytes."""
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure, print, write the file."""
    imports = peak()
    print(
        f"imports alone: {imports / 1e9:.2f} GB\n{'file, MB':>10}{'interleave':>12}{'peak, GB':>10}"
    )
    runs = []
    for rows in ROWS:
        for interleave in AXES:
            with tempfile.TemporaryDirectory() as folder:
                header = write(Path(folder), rows, interleave)
                size = header.with_suffix(".img").stat().st_size
                most = peak(header, Path(folder) / "out", ENDMEMBERS)
            runs.append({"file": size, "interleave": interleave, "peak": most})
            print(f"{size / 1e6:10.0f}{interleave:>12}{most / 1e9:10.2f}", flush=True)
    made = datetime.date.today().isoformat()
    content = {
        "made": made,
        "machine": machine(),
        "unit": "bytes",
        "imports": imports,
        "runs": runs,
    }
    target = ROOT / "benchmarks" / "memory.json"
    target.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
