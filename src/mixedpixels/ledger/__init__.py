"""The numbers that the papers print, the records of our runs, and the verdicts that compare them."""

from mixedpixels.ledger.claims import (
    Artifact,
    Claim,
    artifact,
    artifacts,
    claims,
    names,
    studies,
    text_table,
)
from mixedpixels.ledger.recording import Shown, describe, record
from mixedpixels.ledger.records import Cell, Fit, Record, cells, load_arrays, records
from mixedpixels.ledger.scoreboard import judged, reasons, scoreboard
from mixedpixels.ledger.verdicts import Verdict, judge

__all__ = [
    "Artifact",
    "Cell",
    "Claim",
    "Fit",
    "Record",
    "Shown",
    "Verdict",
    "artifact",
    "artifacts",
    "cells",
    "claims",
    "describe",
    "judge",
    "judged",
    "load_arrays",
    "names",
    "reasons",
    "record",
    "records",
    "scoreboard",
    "studies",
    "text_table",
]
