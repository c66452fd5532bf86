"""All artefacts and their verdicts, from the committed full records."""

from collections import Counter
from dataclasses import dataclass

from mixedpixels.ledger.checks import misprints
from mixedpixels.ledger.claims import Artifact, Claim, artifacts, claims
from mixedpixels.ledger.records import Cell, Record, records
from mixedpixels.ledger.verdicts import ORDER, Verdict, judge

_FEW = 2  # cells that share a reason and are still named


@dataclass(frozen=True)
class Judged:
    """One printed number with the record and cell it was judged by, if there are any."""

    claim: Claim
    record: Record | None
    cell: Cell | None
    verdict: Verdict


def judged(id: str) -> list[Judged]:
    """Return every printed number of an artefact with its verdict, in the printed order.

    Only the ``paper`` reading is judged. Of several records with the cell, the first counts: those of
    the claim's own scene before others, more seeds before fewer.
    """
    found = [r for r in records(id) if r.reading == "paper"]
    proofs = misprints(id)
    out = []
    for claim in claims(id):
        measured = [(r, c) for r in found if (c := r.cell(claim.row, claim.column))]
        measured.sort(
            key=lambda rc: (rc[0].scene != claim.scene, rc[0].origin != "complete", -rc[1].n)
        )
        record, cell = measured[0] if measured else (None, None)
        verdict = judge(claim, record, cell, proofs.get((claim.row, claim.column), ""))
        out.append(Judged(claim, record, cell, verdict))
    return out


def reasons(id: str) -> str:
    """Return the verdicts on an artefact's measured cells with their reasons, as a Markdown list.

    A reason that several cells share stands once; two are named, more are counted.
    """
    groups: dict[Verdict, list[Claim]] = {}
    for j in judged(id):
        if j.verdict.word != "not run":
            groups.setdefault(j.verdict, []).append(j.claim)
    lines = []
    for verdict, cells in groups.items():
        named = " and ".join(f"{c.column}, {c.row}" for c in cells[:_FEW])
        where = named if len(cells) <= _FEW else f"{len(cells)} cells"
        lines.append(f"- **{where}: {verdict.word}.** {verdict.reason}")
    return "\n".join(lines) or "No full run is recorded yet."


def summarise(target: Artifact) -> dict:
    """Return one line of the scoreboard."""
    found = [r for r in records(target.id) if r.reading == "paper"]
    cells = judged(target.id)
    verdicts = Counter(j.verdict.word for j in cells)
    if not cells:  # a figure without numbers is shown, once a full run has drawn it
        verdicts["shown" if found else "not run"] = 1
    verdict = "not run"
    if found:
        most = max(verdicts.values())
        verdict = next(word for word in ORDER if verdicts[word] == most)
    return {
        "artifact": target.id,
        "paper": target.paper,
        "kind": target.kind,
        "title": target.title,
        "notebook": target.notebook,
        "scenes": sorted({r.scene for r in found}),
        "origins": sorted({r.origin for r in found}),
        "seconds": round(sum(r.total_seconds for r in found), 1) if found else None,
        "verdict": verdict,
        "verdicts": {word: verdicts[word] for word in ORDER if verdicts[word]},
        "cells": len(cells),
    }


def scoreboard() -> list[dict]:
    """Return one entry per artefact, all of them from the first day."""
    return [summarise(a) for a in artifacts()]


def headline(board: list[dict]) -> str:
    """Say the whole scoreboard in one sentence."""
    totals = Counter()
    for line in board:
        if line["cells"]:
            totals.update(line["verdicts"])
    cells = sum(line["cells"] for line in board)
    run = sum(line["verdict"] != "not run" or bool(line["scenes"]) for line in board)
    parts = ", ".join(f"{totals[word]} {word}" for word in ORDER if totals[word])
    return (
        f"{run} of {len(board)} tables and figures are begun: a full run of at least one of their "
        f"methods is recorded. The verdicts on the {cells} numbers transcribed so far: {parts}."
    )
