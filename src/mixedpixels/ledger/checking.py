"""Does the code of today still give the numbers of a full record? A few seeds can tell."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from mixedpixels import paths
from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.ledger.records import Record, load_arrays

# Of the largest value of a cell or an array. Runs of the same code on the same kind of processor agree
# to the last digit; on another kind rounding differs, and training makes it grow.
TOLERANCE = 0.01
_FREE = ("profile", "device")  # parameters that may differ; so may the seeds


class Differs(MixedPixelsError):
    """The numbers of a full record are not what the code gives now."""


@dataclass(frozen=True)
class Check:
    """What was compared with a record, with which code, and how far apart the two lay.

    ``numbers`` is how many values were compared, ``largest`` the largest difference, as a fraction of
    the largest value of the same cell or array.
    """

    numbers: int
    largest: float
    seeds: dict[str, int]
    code: dict[str, str]
    commit: str
    device: str
    made: str


def check(made: Record, arrays: dict[str, np.ndarray] | None = None) -> Record:
    """Compare a run with the full record it would replace, and note there that they agree.

    A run of fewer seeds is compared with the first seeds of the record.

    Parameters
    ----------
    made
        What was measured now.
    arrays
        What its figure would be drawn from.

    Returns
    -------
    Record
        The full record, with the note.

    Raises
    ------
    BadInput
        When there is no record, or it is of other data or other settings.
    Differs
        When a number differs by more than :data:`TOLERANCE`.
    """
    path = paths.results() / made.artifact.partition("/")[0] / f"{made.stem}.json"
    if not path.is_file():
        raise BadInput(f"{made.stem}: there is no full record to check; make one with profile full")
    stored = Record.read(path)
    _same_question(made, stored)
    pairs = [*_cells(made, stored), *_arrays(arrays or {}, load_arrays(stored), made.stem)]
    numbers, largest = 0, 0.0
    for name, ours, theirs in pairs:
        apart = _apart(ours, theirs)
        if not apart <= TOLERANCE:
            raise Differs(
                f"{made.stem}: {name} differs from the record by {apart:.1%} of its largest value; "
                "make the record anew with profile full"
            )
        numbers, largest = numbers + ours.size, max(largest, apart)
    seeds = {k: v for k, v in made.parameters.items() if k.endswith("seeds")}
    note = Check(numbers, largest, seeds, made.code, made.commit, made.device, made.made)
    found = replace(stored, checked=asdict(note))
    with paths.whole(path) as draft:
        draft.write_text(found.to_json(), encoding="utf-8")
    return Record.read(path)


def checked_at(notebook: str, commit: str, folder: Path | None = None) -> list[Record]:
    """Return a notebook's records that were checked at a commit, sorted by file name."""
    found = [Record.read(path) for path in sorted((folder or paths.results()).glob("*/*.json"))]
    return [r for r in found if r.notebook == notebook and r.checked.get("commit") == commit]


def _same_question(made: Record, stored: Record) -> None:
    """Refuse a comparison of different data or settings."""
    changed = [name for name, digest in made.data.items() if stored.data.get(name) != digest]
    changed += [
        name
        for name, value in made.parameters.items()
        if name not in _FREE and not name.endswith("seeds") and stored.parameters.get(name) != value
    ]
    if changed:
        raise BadInput(
            f"{made.stem}: the record was made with another {', '.join(changed)}; make it anew with "
            "profile full"
        )


def _cells(made: Record, stored: Record):
    for cell in made.cells:
        name = f"{cell.row} / {cell.column}"
        other = stored.cell(cell.row, cell.column)
        if other is None or other.metric != cell.metric:
            raise BadInput(f"{made.stem}: the record has no {name}; make it anew with profile full")
        both = min(cell.n, other.n)
        yield name, np.array(cell.values[:both]), np.array(other.values[:both])


def _arrays(ours: dict, theirs: dict, stem: str):
    if ours.keys() != theirs.keys():
        raise BadInput(
            f"{stem}: the record has other arrays, {', '.join(ours.keys() ^ theirs.keys())}; make it "
            "anew with profile full"
        )
    for name, array in ours.items():
        array, other = np.asarray(array), theirs[name]
        if array.ndim != other.ndim:
            raise BadInput(f"{stem}: {name} has other axes in the record; make it anew")
        # an axis of seeds is shorter in a check: the part that both have
        both = tuple(slice(min(a, b)) for a, b in zip(array.shape, other.shape, strict=True))
        yield name, array[both], other[both]


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference over the largest value; what is NaN in both does not count."""
    ours, theirs = ours.astype(float), theirs.astype(float)
    if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        return float("inf")
    if ours.size == 0 or np.isnan(theirs).all():
        return 0.0
    scale = float(np.nanmax(np.abs(theirs))) or 1.0
    return float(np.nanmax(np.abs(ours - theirs))) / scale
