"""The part of a paired notebook that computes, without the part that only shows results."""

import ast
import re

_HEAD = re.compile(r"^# %%(.*)$", re.M)


def computing_part(source: str) -> str:
    """Return the code of a notebook without the cells that only show what others computed.

    A cell counts as showing only if its input is hidden, it records nothing, and it neither binds nor
    assigns into a name that a computing cell reads. Its words and figures may change without a change
    of any number.

    Parameters
    ----------
    source
        The text of the notebook's ``.py`` file, in jupytext's percent format.

    Returns
    -------
    str
        The code of the computing cells.
    """
    parts = _HEAD.split(source)
    counted, showing = [parts[0]], []
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        if "[markdown]" in head or '"remove-cell"' in head:
            continue
        (showing if '"hide-input"' in head and not _records(body) else counted).append(body)
    read = set().union(*map(_read, counted))
    while needed := [body for body in showing if _bound(body) & read]:
        showing = [body for body in showing if body not in needed]
        counted += needed
        read = read.union(*map(_read, needed))
    return "\n".join(counted)


def _records(body: str) -> bool:
    calls = [n.func for n in ast.walk(ast.parse(body)) if isinstance(n, ast.Call)]
    return any(isinstance(f, ast.Attribute) and f.attr == "record" for f in calls)


def _read(body: str) -> set[str]:
    names = [n for n in ast.walk(ast.parse(body)) if isinstance(n, ast.Name)]
    return {n.id for n in names if isinstance(n.ctx, ast.Load)}


def _bound(body: str) -> set[str]:
    """Return the names that a cell binds at its top level, without the variables of its loops."""
    found: set[str] = set()
    for node in ast.parse(body).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        else:
            found |= _stored(node)
    return found


def _stored(node: ast.stmt) -> set[str]:
    loops = (ast.For, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    found, todo = set(), [node]
    while todo:
        part = todo.pop()
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            found |= {n.id for n in ast.walk(part.value) if isinstance(n, ast.Name)}  # x[k] = …
        if isinstance(part, ast.For):
            todo += [part.iter, *part.body, *part.orelse]
        elif not isinstance(part, loops):
            todo += ast.iter_child_nodes(part)
    return found
