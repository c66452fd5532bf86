"""A table of the paper's numbers and ours, as HTML that works in a notebook, in Colab and in the book.

It has one row per method and one column per score. On a phone each method becomes a card.
"""

from html import escape
from importlib.resources import files

import numpy as np

from mixedpixels.ledger.claims import PAPERS, Artifact, artifact
from mixedpixels.ledger.costs import shared_fits
from mixedpixels.ledger.records import JUDGED, Cell, Record, records
from mixedpixels.ledger.scoreboard import Judged, changed, judged

_WIDE = 7  # the most columns that fit on a page of the book
_TALL = 8  # with more printed rows than this, rows run down the page, whatever the controls are
_STYLE = files("mixedpixels.ledger").joinpath("table.css").read_text(encoding="utf-8")


def render(target: Artifact, build: Record | None = None) -> str:
    """Return an artefact's table: paper, recorded full runs with verdicts, and this build.

    Parameters
    ----------
    target
        The artefact.
    build
        The record of the running notebook, or None. It gets no verdict.
    """
    lines = {(j.claim.row, j.claim.column): j for j in judged(target.id)}
    recorded = records(target.id)
    parts = [f"<style>\n{_STYLE}</style>"]
    if build is not None and build.origin == "twin":
        parts.append(
            '<p class="mp-twin-banner"><strong>Simulated twin.</strong> The real data were not '
            "available when this page was built. The numbers under “build” were measured on a "
            "simulated image and say nothing about the paper. Recorded full runs are real.</p>"
        )
    if lines or (build and build.cells):
        parts.append(_table(target, lines, recorded, build))
    parts += [_provenance(r) for r in recorded]
    if not recorded:
        parts.append('<p class="mp-note">No full run is recorded here yet.</p>')
    return "\n".join(parts)


def _table(target: Artifact, lines: dict, recorded: list[Record], build: Record | None) -> str:
    others = [r for r in recorded if r.reading != "paper"]
    recorded = [r for r in recorded if r.reading == "paper"]
    other_build = build if build and build.reading != "paper" else None
    build = build if build and build.reading == "paper" else None
    sources = [*recorded, *([build] if build else [])]
    control_cells = [c for r in sources for c in r.cells if c.control]
    rows = _unique([place[0] for place in lines] + [c.row for c in control_cells])
    columns = _unique([place[1] for place in lines])
    # many classes run down the page; otherwise the methods do, because controls add to that axis
    more = _unique([c.column for c in control_cells if c.column not in columns])
    tall = len({place[0] for place in lines}) > _TALL
    down_is_column = not tall and (bool(more) or len(columns) > len(rows))
    down = columns if down_is_column else [r for r in rows if any(p[0] == r for p in lines)]
    across = rows if down_is_column else columns + (more if tall else [])
    controls = _unique([c.column if down_is_column else c.row for c in control_cells])
    controls = [name for name in controls if name not in down]

    def place(d, a):
        return (a, d) if down_is_column else (d, a)

    def kept(d, a, kept_in: list[Record]) -> Cell | None:
        return next((c for r in kept_in if (c := r.cell(*place(d, a)))), None)

    def field(d, a) -> str:
        line = lines.get(place(d, a))
        if line is not None:
            return _claimed(line, build)
        return _control(kept(d, a, recorded), build.cell(*place(d, a)) if build else None)

    head = "".join(f'<th scope="col">{escape(a)}</th>' for a in across)
    body = []
    for d in down:
        found = [lines.get(place(d, a)) for a in across]
        measured = [j.cell for j in found if j] if recorded else _built(build, d, across, place)
        body.append(_row(d, [(a, field(d, a)) for a in across], _about(measured)))

    def measured_row(d, name: str, kept_in: list[Record], now_in: Record | None, by=()) -> str:
        words = [dict(by).get(place(d, a)) for a in across]
        # for a reading that is judged, the cell to which its verdict refers
        stored = [j.cell if j else kept(d, a, kept_in) for a, j in zip(across, words, strict=True)]
        now = _built(now_in, d, across, place)
        shown = [
            (a, _control(k, b) + (_verdict(j) if j and j.cell else ""))
            for a, k, b, j in zip(across, stored, now, words, strict=True)
        ]
        about = _about(stored if any(stored) else now)
        return _row(name, shown, about) if any(stored) or any(now) else ""

    if controls and lines:
        body.append(_group("Controls: methods the paper does not print", len(across) + 1))
    body += [measured_row(d, d, recorded, build) for d in controls]
    readings = _unique([r.reading for r in [*others, *([other_build] if other_build else [])]])
    for reading in readings:
        is_judged = reading in JUDGED
        told = "judged beside the literal reading" if is_judged else "which is not judged"
        body.append(_group(f"Reading “{reading}”, {told}", len(across) + 1))
        by = judged(target.id, reading) if is_judged else []
        by = {(j.claim.row, j.claim.column): j for j in by}
        kept_in = [r for r in others if r.reading == reading]
        now_in = other_build if other_build and other_build.reading == reading else None
        body += [measured_row(d, f"{d} ({reading})", kept_in, now_in, by) for d in down]
    title = f"{PAPERS[target.paper]}, {target.label}. {target.title}"
    corner = '<th scope="col">Method</th>' if down_is_column else "<td></td>"
    hint = f'<small class="mp-wide">{len(across)} columns: scroll sideways.</small>'
    return (
        f'<table class="mp-table"><caption>{escape(title)}{hint if len(across) > _WIDE else ""}'
        "</caption><thead><tr>"
        f"{corner}{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def _built(build: Record | None, d: str, across: list[str], place) -> list[Cell | None]:
    return [build.cell(*place(d, a)) if build else None for a in across]


def _row(name: str, cells: list[tuple[str, str]], about: str = "") -> str:
    tds = "".join(f'<td data-label="{escape(a)}">{html}</td>' for a, html in cells)
    about = f"<small>{escape(about)}</small>" if about else ""
    return f'<tr><th scope="row">{escape(name)}{about}</th>{tds}</tr>'


def _about(measured: list[Cell | None]) -> str:
    """Return the number of runs behind a row's numbers, once for the row."""
    found = [c for c in measured if c is not None]
    counts = _unique(["no random part" if c.deterministic else f"n = {c.n}" for c in found])
    notes = _unique([c.note for c in found if c.note])
    return "; ".join(["/".join(counts), *notes] if counts else notes)


def _group(text: str, width: int) -> str:
    return f'<tr class="mp-group"><th colspan="{width}" scope="colgroup">{escape(text)}</th></tr>'


def _claimed(line: Judged | None, build: Record | None) -> str:
    if line is None:
        return "–"
    claim, cell = line.claim, line.cell
    parts = [f'<span class="mp-paper">{_key("paper")}{escape(claim.printed)}</span>']
    if cell is not None:
        parts.append(_measured("ours", cell, claim.value))
    parts.append(_verdict(line))
    now = build.cell(claim.row, claim.column) if build else None
    if now is not None:
        parts.append(_build(now, cell))
    return "".join(parts)


def _verdict(line: Judged) -> str:
    word, reason, note = line.verdict.word, line.verdict.reason, line.claim.note
    return (
        f'<details class="mp-why"><summary><span class="mp-verdict mp-{word.split()[0]}">'
        f"{escape(word)}</span></summary>{escape(f'{reason} Note: {note}.' if note else reason)}"
        "</details>"
    )


def _control(kept: Cell | None, build: Cell | None) -> str:
    parts = [_measured("ours", kept, None)] if kept else []
    if build is not None:
        parts.append(_build(build, kept))
    return "".join(parts) or "–"


def _build(now: Cell, kept: Cell | None) -> str:
    """Return this build's value, or ``same`` where it equals the recorded one, seed by seed."""
    if (
        kept is not None
        and kept.n == now.n
        and np.allclose(kept.values, now.values, rtol=1e-6, atol=0)
    ):
        return f'<span class="mp-build">{_key("build")}same</span>'
    count = f"<small>n = {now.n}</small>" if kept is not None and kept.n != now.n else ""
    return _measured("build", now, None) + count


def _measured(key: str, cell: Cell, printed: float | None) -> str:
    spread = (
        f' <span class="mp-sd">±\u202f{_digits(cell.sd, cell.mean)}</span>' if cell.n > 1 else ""
    )
    dots = _dots(cell, printed) if key == "ours" and cell.n > 1 else ""
    kind = "mp-ours" if key == "ours" else "mp-build"
    return (
        f'<span class="{kind}">{_key(key)}'
        f'<span class="mp-number">{_number(cell.mean)}{spread}</span>{dots}</span>'
    )


def _number(value: float) -> str:
    if abs(value) >= 1e8:  # operations, in the unit in which papers print them
        return f"{value / 1e9:.2f}G"
    if abs(value) >= 1 and float(value).is_integer():  # a count: a kernel, a width
        return f"{value:.0f}"
    return _digits(value, value)


def _digits(value: float, beside: float) -> str:
    """Return a number with as many digits as a number of the size of ``beside`` has."""
    if abs(beside) >= 1000:
        return f"{value:.4g}"
    return f"{value:.4f}" if abs(beside) < 10 else f"{value:.2f}"


def _key(word: str) -> str:
    return f'<span class="mp-key">{word}</span> '


def _dots(cell: Cell, printed: float | None) -> str:
    """Return a strip with one dot per seed and a bar at the printed value."""
    seen = [*cell.values, *([printed] if printed is not None else [])]
    low, high = min(seen), max(seen)
    width = high - low or 1.0

    def x(value):
        return 4 + 82 * (value - low) / width

    marks = "".join(f'<circle cx="{x(v):.1f}" cy="7" r="3"/>' for v in cell.values)
    text = f"{cell.n} seeds from {min(cell.values):.4f} to {max(cell.values):.4f}"
    if printed is not None:
        marks += f'<path d="M{x(printed):.1f} 0v14"/>'
        text += f"; the paper's {printed:g} is the bar"
    return (
        f'<svg class="mp-dots" role="img" aria-label="{text}" viewBox="0 0 90 14" width="90" '
        f'height="14"><title>{text}</title>{marks}</svg>'
    )


def _provenance(record: Record) -> str:
    checked = record.checked
    since = changed(record)
    aged = (
        f" Since then {len(since)} of the definitions that made the numbers changed, so a new run may "
        "give other numbers."
        if since
        else ""
        if checked or record.carried
        else " The code that made the numbers is unchanged."
    )
    if carried := record.carried:
        aged = (
            f" Between commits <code>{carried['since'][:10]}</code> and "
            f"<code>{carried['commit'][:10]}</code> the code was rearranged; all "
            f"{carried['numbers']:,} numbers compared in a quick build of the notebook stayed the same "
            f"to the last bit.{aged}"
        )
    if checked:
        aged = (
            f" On {checked['made'][:10]} a check with the code of commit "
            f"<code>{checked['commit'][:10]}</code> reproduced {checked['numbers']} of its numbers "
            f"{_apart(checked)}{_in_spread(checked)}.{aged}"
        )
    costs = "; ".join(
        f"{name} {_seconds(sum(s) / len(s))}" for name, s in record.seconds.items() if s
    )
    return (
        f'<p class="mp-note">“Ours” ({escape(record.scene)}, {escape(record.origin)}, '
        f"reading {record.reading}): recorded {record.made[:10]} at commit "
        f"<code>{record.commit[:10]}</code> on {escape(record.device)}, "
        f"{_cost(record)}, {record.peak_memory / 2**20:.0f} MiB at most "
        "in the process that wrote the record."
        f"{' Seconds per run: ' + escape(costs) + '.' if costs else ''}{aged}</p>"
        + (
            '<details class="mp-note"><summary>Definitions that changed</summary>'
            f"{escape(_by_module(since))}</details>"
            if since
            else ""
        )
    )


def _by_module(names: list[str]) -> str:
    """Return definitions as ``training.loop: History, train; …``."""
    modules: dict[str, list[str]] = {}
    for name in names:
        module, _, own = name.rpartition(".")
        modules.setdefault(module, []).append(own)
    return "; ".join(
        f"{module}: {', '.join(own)}" if module else ", ".join(own)
        for module, own in modules.items()
    )


def _cost(record: Record) -> str:
    """Return the cost of a record in words, and the part that it shares."""
    if not record.fits:  # without a list, the fits that came from the cache are missing
        return f"at least {record.total_seconds:.1f} s in all"
    seconds, partners = shared_fits(record)
    text = f"{sum(fit.seconds for fit in record.fits):.1f} s of fits"
    if not partners:
        return text
    own = record.artifact.partition("/")[0]
    found = [artifact(id) for id in partners]
    names = [a.label if a.paper == own else f"{PAPERS[a.paper]}, {a.label}" for a in found]
    return f"{text}, of which {seconds:.1f} s shared with {escape('; '.join(names))}"


def _apart(checked: dict) -> str:
    if not checked["largest"]:
        return "exactly"
    return f"within {checked['largest']:.1g} of the largest of their kind"


def _in_spread(checked: dict) -> str:
    if not checked["lucky"]:
        return ""
    return f"; {checked['lucky']} others lie within the spread of the record's seeds"


def _seconds(mean: float) -> str:
    return f"{mean:.0f} s" if mean >= 10 else f"{mean:.2g} s"


def _unique(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))
