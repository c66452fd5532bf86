"""Records: the numbers that a run measured, with their provenance."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from mixedpixels import paths
from mixedpixels.errors import BadInput

_STANDING = ("labelled", "sample")  # parts whose numbers are compared with those of the whole scene
READINGS = ("paper", "best", "oracle")
JUDGED = ("paper", "best")  # readings; an oracle uses a reference, which a user would not have
_LARGEST_ARRAYS = 300_000  # bytes


@dataclass(frozen=True)
class Cell:
    """One measured number, with one value per seed.

    ``control`` marks a number that the paper does not print. ``permutations`` holds, for each seed, the
    order in which the estimated endmembers were matched to the reference.

    Raises
    ------
    BadInput
        When there is no value, or a value is not finite.
    """

    row: str
    column: str
    metric: str
    values: tuple[float, ...]
    deterministic: bool = False
    control: bool = False
    permutations: tuple[tuple[int, ...], ...] = ()
    note: str = ""

    def __post_init__(self):
        object.__setattr__(self, "values", tuple(float(v) for v in self.values))
        object.__setattr__(
            self, "permutations", tuple(tuple(int(i) for i in p) for p in self.permutations)
        )
        if not self.values or not np.isfinite(self.values).all():
            raise BadInput(
                f"cell {self.row} / {self.column}: expected finite values, got {self.values}"
            )

    @property
    def n(self) -> int:
        """The number of seeds."""
        return len(self.values)

    @property
    def mean(self) -> float:
        """The mean over the seeds."""
        return float(np.mean(self.values))

    @property
    def sd(self) -> float:
        """The sample standard deviation over the seeds (n − 1); 0 for one seed."""
        return float(np.std(self.values, ddof=1)) if self.n > 1 else 0.0


def cells(
    column: str,
    scores: dict[str, Iterable[float]],
    metrics: dict[str, str],
    **common,
) -> list[Cell]:
    """Return the cells of one column.

    Parameters
    ----------
    column
        The column of all cells.
    scores
        Row → its values, one per seed.
    metrics
        Row → the id of its metric.
    common
        Properties of all cells: ``deterministic``, ``control``, ``permutations``, ``note``.
    """
    return [Cell(row, column, metrics[row], tuple(v), **common) for row, v in scores.items()]


@dataclass(frozen=True)
class Fit:
    """One fit that the numbers of a record come from.

    Parameters
    ----------
    name
        The fit in words, such as ``SSANU-Net on samson, seed 3``.
    seconds
        The time that it took to compute, also where it was loaded from the cache.
    key
        The key of the fit in the cache. Artefacts that list the same key share the fit.

    Raises
    ------
    BadInput
        When the name or the key is empty, or the seconds are negative or not finite.
    """

    name: str
    seconds: float
    key: str

    def __post_init__(self):
        object.__setattr__(self, "seconds", float(self.seconds))
        if not (self.name and self.key and np.isfinite(self.seconds) and self.seconds >= 0):
            raise BadInput(f"a fit needs a name, a key and seconds ≥ 0, got {self}")


@dataclass(frozen=True)
class Record:
    """The numbers that one run measured for one artefact, scene, reading and class of device.

    ``checked`` describes a later run with fewer seeds that agreed with the record; see
    :class:`mixedpixels.ledger.checking.Check`. It is empty when there was none. ``carried``
    says that a change of code left all numbers of a quick build of the same notebook equal to the last
    bit, and with which code (``benchmarks/same_numbers.py``). ``fits`` lists each fit
    that the numbers come from once. It is empty in records that did not list their fits; their
    ``total_seconds`` may be too small. ``part_of`` is the whole scene where ``scene`` is a part of one.
    """

    artifact: str
    scene: str
    origin: str
    reading: str
    device_class: str
    cells: tuple[Cell, ...]
    metrics: dict[str, str]
    seconds: dict[str, list[float]]  # column → seconds of each seed
    parameters: dict
    data: dict[str, str]
    versions: dict[str, str]
    code: dict[str, str]
    commit: str
    device: str
    total_seconds: float
    peak_memory: int  # bytes
    made: str
    profile: str
    notebook: str
    checked: dict = field(default_factory=dict)
    carried: dict = field(default_factory=dict)
    fits: tuple[Fit, ...] = ()
    part_of: str = ""
    path: Path | None = field(default=None, compare=False, repr=False)

    @property
    def code_now(self) -> dict[str, str]:
        """The code that is known to give these numbers: the latest that was checked, or carried."""
        return (self.carried or self.checked or {"code": self.code})["code"]

    @property
    def stands_for(self) -> str:
        """The scene whose printed numbers can be compared with these.

        All labelled pixels of a scene, or a sample of them, stand for the scene; a fragment does not.
        """
        return self.part_of if self.origin in _STANDING else self.scene

    @property
    def stem(self) -> str:
        """The file name without its extension."""
        name = self.artifact.partition("/")[2]
        return f"{name}--{self.scene}--{self.reading}--{self.device_class}"

    def cell(self, row: str, column: str) -> Cell | None:
        """Return the cell of a row and a column, or None."""
        return next((c for c in self.cells if (c.row, c.column) == (row, column)), None)

    def to_json(self) -> str:
        """Return the record as JSON text; for readers, each cell also has its mean, sd and n."""
        content = asdict(self)
        del content["path"]
        for written, cell in zip(content["cells"], self.cells, strict=True):
            written.update(mean=cell.mean, sd=cell.sd, n=cell.n)
        return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def read(cls, path: Path) -> "Record":
        """Read a record from its JSON file.

        Raises
        ------
        BadInput
            When the file is not a record of this version.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            found = []
            for cell in content.pop("cells"):
                for derived in ("mean", "sd", "n"):
                    del cell[derived]
                found.append(Cell(**cell))
            fits = tuple(Fit(**fit) for fit in content.pop("fits", ()))
            return cls(**content, cells=tuple(found), fits=fits, path=path)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise BadInput(f"{path}: not a record of this version ({error})") from error


def carry(record: Record, note: dict) -> Record:
    """Return a record with the note that today's code gives the same numbers.

    Parameters
    ----------
    note
        ``since`` and ``commit`` between which nothing changed, ``numbers`` compared, ``code`` and
        ``made``.
    """
    return replace(record, carried=note)


def save(record: Record, folder: Path, arrays: dict[str, np.ndarray] | None = None) -> Path:
    """Write a record, and the arrays of its figure, under ``folder/<paper>``; return the JSON file.

    Raises
    ------
    BadInput
        When the arrays take more than 300 kB, or hold objects.
    """
    target = folder / record.artifact.partition("/")[0] / f"{record.stem}.json"
    text = record.to_json()  # first: if this fails, no arrays are left behind
    if arrays:
        with paths.whole(target.with_suffix(".npz")) as draft:
            plain = {k: np.asarray(v) for k, v in arrays.items()}
            for name, array in plain.items():
                if array.dtype.hasobject:
                    raise BadInput(
                        f"{record.artifact}: array {name} holds objects; use plain numbers"
                    )
            np.savez_compressed(draft, **plain)
            size = draft.stat().st_size
            if size > _LARGEST_ARRAYS:
                raise BadInput(
                    f"{record.artifact}: the figure's arrays take {size} bytes, at most "
                    f"{_LARGEST_ARRAYS} are stored; thin them or store them as float16"
                )
    with paths.whole(target) as draft:
        draft.write_text(text, encoding="utf-8")
    if not arrays:  # remove the arrays of an older record of this name
        target.with_suffix(".npz").unlink(missing_ok=True)
    return target


def records(artifact: str, folder: Path | None = None) -> list[Record]:
    """Return the full records of an artefact (or those under ``folder``), sorted by file name."""
    paper, _, name = artifact.partition("/")
    place = (folder or paths.results()) / paper
    return [Record.read(p) for p in sorted(place.glob(f"{name}--*.json"))]


def all_records(folder: Path | None = None) -> list[Record]:
    """Return the full records of all artefacts (or those under ``folder``), sorted by file name."""
    return [Record.read(p) for p in sorted((folder or paths.results()).glob("*/*.json"))]


def load_arrays(record: Record) -> dict[str, np.ndarray]:
    """Return the arrays that are stored with a record; reading them executes nothing."""
    path = record.path.with_suffix(".npz") if record.path else None
    if path is None or not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)
