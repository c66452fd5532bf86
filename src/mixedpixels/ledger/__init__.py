"""What the papers print, what we measured, and the verdict between the two."""

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
from mixedpixels.ledger.unmixing_table import METRICS as UNMIXING_METRICS
from mixedpixels.ledger.unmixing_table import UnmixingTable, unmixing_cells
from mixedpixels.ledger.verdicts import Verdict, judge

__all__ = [
    "UNMIXING_METRICS",
    "Artifact",
    "Cell",
    "Claim",
    "Fit",
    "Record",
    "Shown",
    "UnmixingTable",
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
    "unmixing_cells",
]
