"""Made-up claims, cells and records, for tests of the ledger."""

import csv
from pathlib import Path

from mixedpixels import paths
from mixedpixels.ledger import Cell, Claim, Record

ARTIFACT_FIELDS = (
    *("artifact", "paper", "kind", "number", "title"),
    *("section", "claim_scene", "notebook"),
)


def claim(value: float | None = 0.2, printed: str | None = None, **changes) -> Claim:
    """A claim of RMSE / Ours on Samson; ``printed`` is the value's text unless it is given."""
    fields = {
        "row": "RMSE",
        "column": "Ours",
        "value": value,
        "printed": str(value) if printed is None else printed,
        "spread": "",
        "unit": "1",
        "metric": "rmse",
        "direction": "lower",
        "scene": "samson",
        "note": "",
    }
    return Claim(**(fields | changes))


def cell(*values: float, **changes) -> Cell:
    fields = {"row": "RMSE", "column": "Ours", "metric": "rmse", "values": values}
    return Cell(**(fields | changes))


def record(*cells: Cell, **changes) -> Record:
    fields = {
        "artifact": "inss/table-1",
        "scene": "samson",
        "origin": "complete",
        "reading": "paper",
        "device_class": "cpu",
        "cells": cells,
        "metrics": {c.metric: "in words" for c in cells},
        "seconds": {},
        "parameters": {"profile": "full", "seeds": 2},
        "data": {"samson/samson_1.mat": "ab" * 32},
        "versions": {"python": "3.11.0"},
        "code": {},
        "commit": "0123456789abcdef",
        "device": "a made-up processor",
        "total_seconds": 1.5,
        "peak_memory": 2**28,
        "made": "2026-01-02T03:04:05+00:00",
        "profile": "full",
        "notebook": "made/01-first",
    }
    return Record(**(fields | changes))


def write_claims(folder: Path, tables: dict[str, list[Claim]], checks: str = "") -> Path:
    """Write a claims folder: each id with its claims (none for a figure without numbers)."""
    fields = list(Claim.__dataclass_fields__)
    papers = {id.partition("/")[0] for id in tables}
    folder.mkdir(parents=True)
    for paper in papers:
        (folder / paper).mkdir()
        (folder / paper / "checks.toml").write_text(checks, encoding="utf-8")
    (folder / "studies.csv").write_text(",".join(ARTIFACT_FIELDS) + "\n", encoding="utf-8")
    with (folder / "artifacts.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.DictWriter(stream, ARTIFACT_FIELDS)
        out.writeheader()
        for id in tables:
            paper, _, name = id.partition("/")
            kind, _, number = name.partition("-")
            line = [id, paper, kind, number, f"The title of {id}", "I", "samson", "made/01-first"]
            out.writerow(dict(zip(ARTIFACT_FIELDS, line, strict=True)))
    for id, claims in tables.items():
        if claims:
            with (folder / f"{id}.csv").open("w", newline="", encoding="utf-8") as stream:
                out = csv.writer(stream)
                out.writerow(fields)
                for c in claims:
                    row = [getattr(c, f) for f in fields]
                    out.writerow(["" if v is None else v for v in row])
    return folder


def use(monkeypatch, tmp_path: Path, tables: dict[str, list[Claim]], checks: str = "") -> Path:
    """Put made-up claims and an empty results folder in the project's place; return the latter."""
    claims_folder = write_claims(tmp_path / "claims", tables, checks)
    results = tmp_path / "results"
    monkeypatch.setattr(paths, "claims", lambda: claims_folder)
    monkeypatch.setattr(paths, "results", lambda: results)
    return results
