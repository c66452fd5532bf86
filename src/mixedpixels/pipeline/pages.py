"""The generated pages of the book: data, scoreboard, times."""

import json
from pathlib import Path

from mixedpixels import ledger, paths, scenes
from mixedpixels.ledger.claims import PAPERS
from mixedpixels.ledger.costs import Cost, costs
from mixedpixels.ledger.coverage import ASKED, SIZES, coverage
from mixedpixels.ledger.records import all_records
from mixedpixels.ledger.scoreboard import counts, headline, tally
from mixedpixels.pipeline import keys, pairs
from mixedpixels.pipeline.build import root


def write_all() -> None:
    """Write every generated page under ``book/generated``; an unchanged one is left alone."""
    folder = root() / "book" / "generated"
    board = ledger.scoreboard()
    for name, text in {
        "coverage.md": coverage_table(),
        "data.md": data_page(),
        "headline.md": f"{headline(board)}\n",
        "scoreboard.md": scoreboard_page(board),
        "times.md": times_page(),
    }.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            _write(path, text)


def data_page() -> str:
    """Return the page about every scene and library of the registry."""
    parts = [
        "# Data\n",
        "This page lists every scene and library of the registry (`data_registry/`, one file each). "
        "A data file is looked for in the {term}`cache`, then in the {term}`mirror`, the folder that "
        "`MIXEDPIXELS_MIRROR` names, then in the installed Python package that ships it, if there is "
        "one, then at its addresses in order. It is used only if its SHA-256 "
        "is the registered one. The project itself contains no data.\n",
        "```bash\nmixedpixels data list\nmixedpixels data fetch samson\n"
        "mixedpixels data verify\n```\n",
        "If a file is found nowhere, a page built in the quick profile uses the scene's {term}`twin`, "
        "a simulated image of its size and kind, and says so at every table. A wrong hash is always "
        "an error.\n",
    ]
    for name in scenes.names():
        entry = scenes.entry(name)
        size = " × ".join(f"{n} {axis}" for axis, n in entry["shape"].items())
        parts += [
            f"(data-{name})=\n## {entry['title']}\n",
            f'`scenes.load("{name}")` · {entry["kind"]} · {entry["origin"]} · {size} · '
            f"{entry.get('units', 'unit not known')}\n",
            f"{entry['source']} {{cite}}`{entry['citation']}`\n",
            f"*Rights.* {entry['licence']}\n",
        ]
        if entry.get("faults"):
            parts.append("*Known faults.*\n")
            parts += [f"- {fault}" for fault in entry["faults"]]
            parts.append("")
        twin = "yes" if entry.get("twin") else "no"
        parts.append(f"*Twin.* {twin}\n")
        parts.append("*Files.*\n")
        for file in entry.files:
            links = ", ".join(f"[address {i}]({a})" for i, a in enumerate(file.addresses, start=1))
            size = f"{file.bytes:,} bytes" if file.bytes else "size not known"
            also = f", also in `{file.shipped.requirement}`" if file.shipped else ""
            parts.append(f"- `{file.name}`, {size}, {links}{also};\n  {file.identity}")
        parts.append("")
    return "\n".join(parts)


def scoreboard_page(board: list[dict]) -> str:
    """Return the page with all artefacts and their verdicts."""
    spent = costs()
    parts = [
        "# Scoreboard\n",
        f"{headline(board)} Only recorded full runs are judged; "
        "[how to read a verdict](../verdicts.md) explains the rule. A figure counts as shown when a "
        "full run has drawn what is available; its caption names what is missing. The column **reading "
        "best** judges the same printed numbers by the most defensible reading that works; it is not "
        "part of the counts above. `mixedpixels scoreboard --json` prints the same list for programs, "
        "with every number. A star * marks records whose code has changed since they were made; the "
        "definitions that changed are listed under the table.\n",
        f"{spent} *Cost* is the time of all records of a table or figure, including shared fits.\n",
    ]
    for paper, title in PAPERS.items():
        lines = [line for line in board if line["paper"] == paper]
        parts += [
            f"## {title}\n",
            "| artefact | what it shows | verdict | numbers (reading paper) | reading best | cost |",
            "|---|---|---|---|---|---|",
        ]
        for line in lines:
            artifact = ledger.artifact(line["artifact"])
            label = artifact.label
            if line["notebook"] in pairs.names():
                label = f"[{label}](../notebooks/{line['notebook']}.ipynb)"
            parts.append(
                f"| {label} | {line['title']} | {line['verdict']}{'*' if line['stale'] else ''} "
                f"| {counts(tally(line))} "
                f"| {counts(tally(line, 'best'))} | {cost_words(spent.each.get(artifact.id))} |"
            )
        parts.append("")
    return "\n".join(parts)


def cost_words(cost: Cost | None) -> str:
    """Return the cost of an artefact as text, with the fits it shares in brackets."""
    if cost is None:
        return ""
    text = _duration(cost.total)
    if not cost.complete:
        text = f"at least {text}"
    if cost.shared:
        partners = ", ".join(ledger.artifact(id).label for id in cost.partners)
        text += f" ({_duration(cost.shared)} in fits shared with {partners})"
    return text


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def coverage_table() -> str:
    """Return the table of how often a run that was left out lies in the interval of a verdict."""
    found = coverage()
    if not found:
        return "No cell with ten runs is recorded yet.\n"
    largest = SIZES[-1]
    worst = min(found, key=lambda each: each.held[largest])
    heads = [f"{size} runs" for size in SIZES]
    lines = [
        f"| chapter | method | scenes | cells | runs | {' | '.join(heads)} | lowest cell |",
        f"|---|---|---|{'--:|' * (3 + len(SIZES))}",
    ]
    for each in found:
        shares = " | ".join(f"{_percent(each.held[size])}" for size in SIZES)
        equal = f" (and {each.equal} of equal runs)" if each.equal else ""
        lines.append(
            f"| {PAPERS[each.paper]} | {each.method} | {', '.join(each.scenes)} "
            f"| {each.cells}{equal} | {each.runs} | {shares} | {_percent(each.lowest)} |"
        )
    judged = {record.artifact.partition("/")[0] for record in all_records()}
    without = [PAPERS[paper] for paper in PAPERS if paper in judged - {e.paper for e in found}]
    held = "is reached by every method" if worst.held[largest] >= ASKED else "is **not** reached"
    return "\n".join(
        [
            *lines,
            "",
            "Each percentage is the fraction of left-out runs that lie in the interval computed from "
            "so many other runs, averaged over the cells of a method in all readings. *Lowest cell* is "
            f"the smallest fraction of one cell at {largest} runs. Cells whose runs are all equal "
            "always reach 100 % and are left out. Over "
            f"{sum(each.cells for each in found)} cells with "
            f"{sum(each.runs for each in found)} runs, the required {100 * ASKED:.0f} % {held}; the "
            f"lowest value is {_percent(worst.held[largest])}, for {worst.method}."
            + "".join(f" No method of {name} has ten runs yet." for name in without),
            "",
        ]
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def times_page() -> str:
    """Return the page with the seconds each notebook of this build took."""
    lines = [
        "# Times of this build\n",
        "Each time was measured when the notebook was last executed; its page names the machine.\n",
        "| notebook | seconds |",
        "|---|---|",
    ]
    total = 0.0
    for name in pairs.names():
        known = keys.built(name)
        seconds = known.seconds if known else 0.0
        total += seconds
        lines.append(f"| [{name}](../notebooks/{name}.ipynb) | {seconds:.1f} |")
    lines += [f"| **all** | **{total:.1f}** |", ""]
    measured = root() / "benchmarks" / "memory.json"
    if measured.is_file():
        lines.append(memory_table(json.loads(measured.read_text(encoding="utf-8"))))
    return "\n".join(lines)


def memory_table(measured: dict) -> str:
    """Return the section on the memory of ``unmix``.

    Parameters
    ----------
    measured
        The content of ``benchmarks/memory.json``.
    """
    lines = [
        "## Memory of `unmix`\n",
        f"Measured on {measured['made']} by `benchmarks/memory.py`, on {measured['machine']}. Each "
        "file is an ENVI image, and they differ only in their number of rows; 1 GB is 10⁹ bytes. "
        f"Importing the package alone takes {measured['imports'] / 1e9:.2f} gigabytes.\n",
        "| file | interleave | peak |",
        "|---|---|---|",
    ]
    for run in measured["runs"]:
        size, peak = f"{run['file'] / 1e6:.0f} MB", f"{run['peak'] / 1e9:.2f} GB"
        lines.append(f"| {size} | {run['interleave']} | {peak} |")
    return "\n".join([*lines, ""])


def _write(path: Path, text: str) -> None:
    with paths.whole(path) as draft:
        draft.write_text(text, encoding="utf-8")
