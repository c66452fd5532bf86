"""Coverage of the verdicts' interval, measured by leaving out some of the book's own runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, groupby
from math import comb

import numpy as np

from mixedpixels.ledger.claims import PAPERS
from mixedpixels.ledger.records import Cell, Record, all_records
from mixedpixels.ledger.scales import scale_of
from mixedpixels.ledger.verdicts import ENOUGH

SIZES = (3, 5, ENOUGH - 1)  # runs that make an interval; the largest leaves out one of ten
ASKED = 0.9  # the required coverage of each method
_SUBSETS = 252  # all subsets of five out of ten runs; of more subsets, as many are drawn


@dataclass(frozen=True)
class Coverage:
    """The coverage of the interval for one method of one paper.

    Parameters
    ----------
    paper, method
        The key of the paper, and the column (or the row) that names the method.
    scenes
        The scenes on which the method was run.
    cells
        The number of its cells with at least ten runs that are not all equal.
    runs
        The number of runs of these cells.
    equal
        The number of cells whose runs are all equal. Their interval is a point that contains every run,
        so they are left out.
    held
        Size of a subset → the fraction of left-out runs inside the subset's interval, as the mean over
        the cells.
    lowest
        The lowest fraction of one cell, at the largest size.
    """

    paper: str
    method: str
    scenes: tuple[str, ...]
    cells: int
    runs: int
    equal: int
    held: dict[int, float]
    lowest: float


def coverage(found: Iterable[Record] | None = None) -> list[Coverage]:
    """Return the coverage of the 95 % interval for each method with at least ten runs.

    Subsets of 3, 5 and 9 runs are taken from each cell: all of them, or 252 drawn with a fixed seed
    where there are more. The interval of each subset is compared with the runs outside the subset.

    Parameters
    ----------
    found
        Full records, of any reading. None takes all committed records.
    """
    found = all_records() if found is None else found
    order = list(PAPERS)
    named = [
        (record.artifact.partition("/")[0], method_of(record, cell), record.scene, cell)
        for record in found
        for cell in record.cells
        if not cell.deterministic and cell.n >= ENOUGH
    ]
    named.sort(key=lambda each: (order.index(each[0]), each[1]))
    out = []
    for (paper, method), group in groupby(named, key=lambda each: each[:2]):
        group = list(group)
        cells = [cell for *_, cell in group if min(cell.values) < max(cell.values)]
        if not cells:
            continue
        shares = {size: [held(cell, size) for cell in cells] for size in SIZES}
        out.append(
            Coverage(
                paper=paper,
                method=method,
                scenes=tuple(sorted({scene for *_, scene, _ in group})),
                cells=len(cells),
                runs=sum(cell.n for cell in cells),
                equal=len(group) - len(cells),
                held={size: float(np.mean(each)) for size, each in shares.items()},
                lowest=min(shares[SIZES[-1]]),
            )
        )
    return out


def held(cell: Cell, size: int) -> float:
    """Return the fraction of left-out runs inside the 95 % interval of ``size`` other runs."""
    values = np.array(cell.values)
    inside = _subsets(cell.n, size)
    taken = values[inside.nonzero()[1].reshape(-1, size)]
    ends = scale_of(cell.metric).interval(taken)
    low, high = (end[:, np.newaxis] for end in ends)
    rounding = 1e-9 * np.abs(values)  # as in a verdict
    within = (values >= low - rounding) & (values <= high + rounding)
    return float(within[~inside].mean())


def method_of(record: Record, cell: Cell) -> str:
    """Return the method of a cell: its column, unless only its row has times in the record."""
    by_row = cell.row in record.seconds and cell.column not in record.seconds
    return cell.row if by_row else cell.column


def _subsets(n: int, size: int) -> np.ndarray:
    """Return which runs are in each subset, boolean, shape (subsets, n)."""
    if comb(n, size) <= _SUBSETS:
        chosen = np.array(list(combinations(range(n), size)))
    else:
        rng = np.random.default_rng(0)
        chosen = np.array([rng.permutation(n)[:size] for _ in range(_SUBSETS)])
    inside = np.zeros((len(chosen), n), dtype=bool)
    np.put_along_axis(inside, chosen, True, axis=1)
    return inside
