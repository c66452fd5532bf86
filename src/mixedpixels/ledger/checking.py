"""Checks that the present code still gives the numbers of a full record, with fewer seeds."""

import itertools
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from mixedpixels import paths
from mixedpixels.errors import BadInput, MixedPixelsError
from mixedpixels.ledger.records import Record, load_arrays
from mixedpixels.ledger.scales import scale_of

# As a fraction of the largest value of a cell or an array. Runs of the same code on the same kind of
# processor agree to the last digit. On another kind rounding differs, and training amplifies it.
TOLERANCE = 0.01
_SEVERAL = 5  # seeds; the spread of fewer says little
_EXACT = 1e-6  # the tolerance of values without a random part, and of counts
_FREE = ("profile", "device")  # parameters that may differ, besides the numbers of seeds
_TIMED = "time:"  # the prefix of metrics of time, which are not compared


class Differs(MixedPixelsError):
    """The present code gives other numbers than those of a full record."""


@dataclass(frozen=True)
class Check:
    """The result of a comparison with a full record, and the code that was compared.

    ``numbers`` is the number of values that agree. ``largest`` is the largest difference among them, as
    a fraction of the largest value of the same cell or array. ``lucky`` is the number of values that do
    not agree but lie within the spread of the record's seeds.
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
    """Compare a run with the full record that it would replace, and note the agreement in that record.

    A run with fewer seeds is compared with the first seeds of the record.

    Parameters
    ----------
    made
        The record of the present run.
    arrays
        The arrays from which its figure would be drawn.
    repeated
        The parameters that count repetitions, besides those whose names end in ``seeds``.

    Returns
    -------
    Record
        The full record, with the note.

    Raises
    ------
    BadInput
        When there is no full record, or its data, settings, rows or arrays are different.
    Differs
        When a number differs by more than :data:`TOLERANCE`, or a number without a random part by more
        than rounding. A cell of several seeds may differ by as much as its seeds differ from one
        another, because a chaotic training amplifies the rounding of another processor.
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
                "make the record again with profile full"
            )
        numbers, largest = numbers + ours.size, max(largest, apart)
    if not numbers + lucky:
        raise BadInput(
            f"{made.stem}: neither cells nor arrays were measured, or only times, which no check "
            "compares; make it again with profile full"
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
    """Raise BadInput unless both records have the same data, settings and rows."""

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
            "make it again with profile full"
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
            f"{made.stem}: the record has other arrays, {other}; make it again with profile full"
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
                "make it again with profile full"
            )
        if array.dtype.kind == "U":  # names, for instance of classes
            if not np.array_equal(array, other):
                raise BadInput(
                    f"{made.stem}: {name} are {', '.join(other)} in the record, {', '.join(array)} "
                    "now; make it again with profile full"
                )
            continue
        both = tuple(slice(min(a, b)) for a, b in zip(array.shape, other.shape, strict=True))
        # maps are stored as bytes, where rounding may change one; counts must be exact
        counted = array.dtype.kind in "iub" and array.dtype != np.uint8
        yield name, array[both], other[both], _EXACT if counted else TOLERANCE


def _within_luck(values: np.ndarray, stored: Record, name: str) -> bool:
    """Return whether values of a cell lie in the 99 % prediction interval of one more seed."""
    for cell in stored.cells:
        if f"{cell.row} / {cell.column}" == name and cell.n >= _SEVERAL and not cell.deterministic:
            low, high = scale_of(cell.metric).interval(cell.values, 0.99)
            return bool(((low <= values) & (values <= high)).all())
    return False


def _seeds(record: Record, repeated: tuple[str, ...]) -> dict[str, int]:
    return {name: n for name, n in record.parameters.items() if _counts(name, repeated)}


def _counts(name: str, repeated: tuple[str, ...]) -> bool:
    return name.endswith("seeds") or name in repeated


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference divided by the largest value, without values that are both NaN."""
    ours, theirs = ours.astype(float), theirs.astype(float)
    same = np.array_equal(np.isnan(ours), np.isnan(theirs))
    if not same or np.isinf(ours).any() or np.isinf(theirs).any():
        return float("inf")
    if np.isnan(theirs).all():
        return 0.0
    scale = float(np.nanmax(np.abs(theirs))) or 1.0
    return float(np.nanmax(np.abs(ours - theirs))) / scale
