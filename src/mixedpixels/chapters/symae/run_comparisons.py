"""What two sets of runs allow a page to say about the difference between them."""

from dataclasses import dataclass

import numpy as np

from mixedpixels.ledger.records import Cell, Record, records
from mixedpixels.ledger.verdicts import ENOUGH
from mixedpixels.metrics.effects import Effect, effect

_ON_RAW_SPECTRA = ("linear SVM, C chosen, raw", "RBF SVM, raw", "dense network, raw")


@dataclass(frozen=True)
class Comparison:
    """The difference between the runs of two methods, and whether it decides which one is higher.

    Parameters
    ----------
    moved
        The mean difference, ours minus theirs, with its interval.
    runs
        The number of runs of the method that has fewer.
    higher
        In how many pairs of runs ours is the higher one; None when the runs are not paired.
    """

    moved: Effect
    runs: int
    higher: int | None = None

    @property
    def word(self) -> str:
        """``higher``, ``lower`` or ``undecided``.

        It takes :data:`mixedpixels.ledger.verdicts.ENOUGH` runs, as a verdict does, and a difference
        beyond random variation.
        """
        if self.runs < ENOUGH or self.moved.word == "within luck":
            return "undecided"
        return "higher" if self.moved.word == "rises" else "lower"

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies outside the 95 % interval of the mean difference."""
        return self.runs > 1 and abs(self.moved.mean) > self.moved.half

    def difference(self, digits: int = 1) -> str:
        """Return the mean difference with half its 95 % interval, as ``+1.2 ± 0.4``."""
        mean = f"{self.moved.mean:+.{digits}f}"
        return mean + (f" ± {self.moved.half:.{digits}f}" if self.runs > 1 else " (one run)")

    @property
    def outcome(self) -> str:
        """The word; where nothing is decided, also what the runs show."""
        if self.word != "undecided":
            return self.word
        if self.runs < 2:
            return "undecided with one run"
        if self.higher is None:
            return f"undecided with {self.runs} runs"
        return f"undecided, higher in {self.higher} of {self.runs} runs"


def compare(ours: Cell, theirs: Cell, *, paired: bool = True) -> Comparison:
    """Compare the runs of two cells.

    Parameters
    ----------
    ours, theirs
        Recorded cells with one value per run, in the same unit.
    paired
        Whether the k-th runs belong together, for example because they use the same split.

    Raises
    ------
    BadInput
        When pairs are asked for and the numbers of runs differ.

    Examples
    --------
    >>> code = Cell("OA", "code", "accuracy:overall", (91.0, 92.0, 93.0))
    >>> raw = Cell("OA", "raw", "accuracy:overall", (90.0, 92.5, 91.0))
    >>> compare(code, raw).outcome
    'undecided, higher in 2 of 3 runs'
    """
    return compare_values(ours.values, theirs.values, paired=paired)


def compare_values(ours, theirs, *, paired: bool = True) -> Comparison:
    """Compare the runs of two methods, given as arrays; see :func:`compare`.

    Parameters
    ----------
    ours, theirs
        A score per run, shape (runs,).
    paired
        As in :func:`compare`.
    """
    moved = effect(ours, theirs, paired=paired)
    runs = min(len(ours), len(theirs))
    higher = int(np.sum(np.asarray(ours) > np.asarray(theirs))) if paired else None
    return Comparison(moved, runs, higher)


def code_against_raw(record: Record) -> dict[str, Comparison]:
    """Compare the dense network on the code with each control on raw spectra, from Table II.

    Parameters
    ----------
    record
        The record of Table II.

    Returns
    -------
    dict
        Name of the control → overall accuracy on the code, compared with that of the control.
    """
    row = "Overall accuracy"
    code = record.cell(row, "Single pixels")
    return {way: compare(code, record.cell(row, way)) for way in _ON_RAW_SPECTRA}


def full_record(artifact: str) -> Record | None:
    """Return the record of an artefact's full run, or None when no run is recorded.

    Parameters
    ----------
    artifact
        Its name within the chapter, as ``table-2``.
    """
    return next(iter(records(f"symae/{artifact}")), None)
