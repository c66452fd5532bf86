"""Does the code of today still give the numbers of a full record? A few seeds can tell."""

import itertools
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from mixedpixels import paths
from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.ledger.records import Record, load_arrays

# Of the largest value of a cell or an array. Runs of the same code on the same kind of processor agree
# to the last digit; on another kind rounding differs, and training makes it grow.
TOLERANCE = 0.01
_SEVERAL = 5  # seeds; the spread of fewer says little
_EXACT = 1e-6  # of what has no random part, or is counted
_FREE = ("profile", "device")  # parameters that may differ; so may the seeds
_TIMED = "time:"  # how metrics of a machine and a moment begin: nothing to compare


class Differs(MixedPixelsError):
    """The numbers of a full record are not what the code gives now."""


@dataclass(frozen=True)
class Check:
    """What was compared with a record, with which code, and how far apart the two lay.

    ``numbers`` is how many values are the same, ``largest`` the largest difference among them, as a
    fraction of the largest value of the same cell or array. ``lucky`` is how many are not, but lie
    within the spread of the record's seeds.
    """

    numbers: int
    largest: float
    lucky: int
    seeds: dict[str, int]
    code: dict[str, str]
    notebook: str
    commit: str
    device: str
    made: str


def check(
    made: Record,
    arrays: dict[str, np.ndarray] | None = None,
    repeated: tuple[str, ...] = (),
) -> Record:
    """Compare a run with the full record it would replace, and note there that they agree.

    A run of fewer seeds is compared with the first seeds of the record.

    Parameters
    ----------
    made
        What was measured now.
    arrays
        What its figure would be drawn from.
    repeated
        The parameters that count repetitions, besides those that end in ``seeds``.

    Returns
    -------
    Record
        The full record, with the note.

    Raises
    ------
    BadInput
        When there is no record, or it is of other data, settings, rows or arrays.
    Differs
        When a number differs by more than :data:`TOLERANCE`; one that has no random part, by more
        than rounding. A cell of several seeds may differ as far as they do from one another: where
        a training is chaotic, another processor's rounding makes another run of it.
    """
    path = paths.results() / made.artifact.partition("/")[0] / f"{made.stem}.json"
    if not path.is_file():
        raise BadInput(f"{made.stem}: there is no full record to check; make one with profile full")
    stored = Record.read(path)
    _same_question(made, stored, repeated)
    drawn = _arrays(arrays or {}, load_arrays(stored), made, stored, repeated)
    numbers, largest, lucky = 0, 0.0, 0
    for name, ours, theirs, tolerance in (*_cells(made, stored), *drawn):
        apart = _apart(ours, theirs) if ours.size else 0.0
        if not apart <= tolerance:
            if _within_luck(ours, stored, name):
                lucky += ours.size
                continue
            raise Differs(
                f"{made.stem}: {name} differs from the record by {apart:.2g} of its largest value; "
                "make the record anew with profile full"
            )
        numbers, largest = numbers + ours.size, max(largest, apart)
    if not numbers + lucky:
        raise BadInput(
            f"{made.stem}: neither cells nor arrays were measured, or only times, which no check can "
            "hold to; make it anew with profile full"
        )
    note = Check(
        numbers=numbers,
        largest=largest,
        lucky=lucky,
        seeds=_seeds(made, repeated),
        code=made.code,
        notebook=made.notebook,
        commit=made.commit,
        device=made.device,
        made=made.made,
    )
    found = replace(stored, checked=asdict(note), carried={})
    with paths.whole(path) as draft:
        draft.write_text(found.to_json(), encoding="utf-8")
    return Record.read(path)


def checked_at(notebook: str, commit: str, folder: Path | None = None) -> list[Record]:
    """Return the records that a notebook checked at a commit, sorted by file name."""
    found = [Record.read(path) for path in sorted((folder or paths.results()).glob("*/*.json"))]
    asked = {"notebook": notebook, "commit": commit}
    return [r for r in found if asked.items() <= r.checked.items()]


def _same_question(made: Record, stored: Record, repeated: tuple[str, ...]) -> None:
    """Refuse a comparison of different data, settings or rows."""

    def asked(record: Record) -> dict:
        settings = {
            name: value
            for name, value in record.parameters.items()
            if name not in _FREE and not _counts(name, repeated)
        }
        rows = {f"{c.row} / {c.column}": c.metric for c in record.cells}
        return settings | record.data | rows

    ours, theirs = asked(made), asked(stored)
    both = sorted(ours.keys() | theirs.keys())
    apart = [
        f"{name} ({_told(theirs, name)} there, {_told(ours, name)} here)"
        for name in both
        if ours.get(name) != theirs.get(name)
    ]
    if apart:
        raise BadInput(
            f"{made.stem}: the record, made by {stored.notebook}, is of another {', '.join(apart)}; "
            "make it anew with profile full"
        )


def _told(asked: dict, name: str) -> str:
    return str(asked.get(name, "none"))[:12]


def _cells(made: Record, stored: Record):
    """Yield name, both runs' values and the tolerance of each cell."""
    for cell in (c for c in made.cells if not c.metric.startswith(_TIMED)):
        other = stored.cell(cell.row, cell.column)
        both = min(cell.n, other.n)
        values = np.array(cell.values[:both]), np.array(other.values[:both])
        yield f"{cell.row} / {cell.column}", *values, _EXACT if cell.deterministic else TOLERANCE


def _arrays(ours: dict, theirs: dict, made: Record, stored: Record, repeated: tuple[str, ...]):
    """Yield name, both runs' values and the tolerance of each array."""
    if ours.keys() != theirs.keys():
        other = ", ".join(sorted(ours.keys() ^ theirs.keys()))
        raise BadInput(
            f"{made.stem}: the record has other arrays, {other}; make it anew with profile full"
        )
    shorter = set(
        itertools.product(_seeds(made, repeated).values(), _seeds(stored, repeated).values())
    )
    for name, array in ours.items():
        array, other = np.asarray(array), theirs[name]
        pairs = [(a, b) for a, b in zip(array.shape, other.shape, strict=False) if a != b]
        if array.ndim != other.ndim or len(pairs) > 1 or not shorter.issuperset(pairs):
            raise BadInput(
                f"{made.stem}: {name} has the shape {other.shape} in the record, {array.shape} now; "
                "make it anew with profile full"
            )
        if array.dtype.kind == "U":  # names, as of classes
            if not np.array_equal(array, other):
                raise BadInput(
                    f"{made.stem}: {name} are {', '.join(other)} in the record, {', '.join(array)} "
                    "now; make it anew with profile full"
                )
            continue
        both = tuple(slice(min(a, b)) for a, b in zip(array.shape, other.shape, strict=True))
        # maps are kept as bytes, where rounding may turn one; what is counted is exact
        counted = array.dtype.kind in "iub" and array.dtype != np.uint8
        yield name, array[both], other[both], _EXACT if counted else TOLERANCE


def _within_luck(values: np.ndarray, stored: Record, name: str) -> bool:
    """Say whether values of a cell lie where one more seed would, in 99 of 100 cases."""
    for cell in stored.cells:
        if f"{cell.row} / {cell.column}" == name and cell.n >= _SEVERAL and not cell.deterministic:
            half = student.ppf(0.995, cell.n - 1) * cell.sd * np.sqrt(1 + 1 / cell.n)
            return bool((np.abs(values - cell.mean) <= half).all())
    return False


def _seeds(record: Record, repeated: tuple[str, ...]) -> dict[str, int]:
    return {name: n for name, n in record.parameters.items() if _counts(name, repeated)}


def _counts(name: str, repeated: tuple[str, ...]) -> bool:
    return name.endswith("seeds") or name in repeated


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference over the largest value; what is NaN in both does not count."""
    ours, theirs = ours.astype(float), theirs.astype(float)
    same = np.array_equal(np.isnan(ours), np.isnan(theirs))
    if not same or np.isinf(ours).any() or np.isinf(theirs).any():
        return float("inf")
    if np.isnan(theirs).all():
        return 0.0
    scale = float(np.nanmax(np.abs(theirs))) or 1.0
    return float(np.nanmax(np.abs(ours - theirs))) / scale
