"""One Python file as its top-level definitions: the name, digest and references of each."""

import ast
import hashlib
import io
import tokenize
from dataclasses import dataclass, field
from functools import lru_cache

from mixedpixels.errors import BadInput

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NAMED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORT = (ast.Import, ast.ImportFrom)
_GROUPS = (ast.If, ast.Try, ast.With, ast.For, ast.While)


@dataclass
class Definition:
    """One definition of a file: the digest of its text, and the dotted names that it mentions."""

    digest: str
    mentions: frozenset[str]
    imports: dict[str, str]  # the imports inside the definition, as in :class:`Source`


@dataclass
class Source:
    """A file: its definitions, its imports, and the statements that define nothing.

    ``definitions`` maps a name to its definitions. ``imports`` maps a local name to its target: a
    module, such as ``a.b``, or a name in a module, such as ``a.b:name``. ``effects`` holds the
    statements that define nothing. ``imported`` holds the dotted names of all imports, including those
    inside functions.
    """

    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    effects: list[Definition] = field(default_factory=list)
    imported: frozenset[str] = frozenset()

    @property
    def parts(self) -> list[Definition]:
        """All definitions and other statements."""
        return [*self.effects, *(d for same in self.definitions.values() for d in same)]


@lru_cache(maxsize=2048)  # each table of a page reads dozens of files again
def read_source(text: str) -> Source:
    """Parse a file.

    Comments, docstrings, empty lines and imports are removed from a definition's text before it is
    hashed. Prose may therefore change, and a definition may move to another file, without a change of
    the digest. The text is hashed, not the parsed tree, because another version of Python parses it
    into another tree.

    Parameters
    ----------
    text
        The content of the file.
    """
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    lines = _bare_lines(text, nodes)
    statements = [n for n in nodes if isinstance(n, _IMPORT)]
    found = Source(imported=frozenset(name for n in statements for name in _targets(n)))
    for node in tree.body:
        _add(found, node, lines)
    return found


def _add(found: Source, node: ast.stmt, lines: list[str]) -> None:
    if isinstance(node, _IMPORT):
        found.imports |= _imports(node)
        return
    inside = [n for n in ast.walk(node) if isinstance(n, _IMPORT)]
    imports = {name: target for n in inside for name, target in _imports(n).items()}
    if isinstance(node, _GROUPS):
        found.imports |= imports  # a group's imports are the file's
        statements = [n for n in ast.walk(node) if isinstance(n, ast.stmt) and n is not node]
        if all(isinstance(n, (*_IMPORT, ast.Pass)) for n in statements):
            return  # for example ``if TYPE_CHECKING:``
    # a decorator stands above the line at which Python says that the definition begins
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    text = "\n".join(line.rstrip() for line in lines[first - 1 : node.end_lineno] if line.strip())
    if not text:
        return  # a docstring
    part = Definition(hashlib.sha256(text.encode()).hexdigest()[:16], _mentions(node), imports)
    names = _defined(node)
    for name in names:
        found.definitions.setdefault(name, []).append(part)
    if not names:
        found.effects.append(part)


def _defined(node: ast.stmt) -> set[str]:
    """Return the names that a top-level statement binds or changes in place."""
    if isinstance(node, _NAMED):
        return {node.name}
    stored = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    if isinstance(node, _GROUPS):
        stored |= {n.name for n in ast.walk(node) if isinstance(n, _NAMED)}
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:  # TABLE["x"] = …, and module.attribute = …
            while isinstance(target, ast.Attribute | ast.Subscript):
                target = target.value
            if isinstance(target, ast.Name):
                stored.add(target.id)
    return stored


def _mentions(node: ast.AST) -> frozenset[str]:
    """Return the longest dotted names that a piece of code reads, as ``np.linalg.norm``."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        names, base = [], node
        while isinstance(base, ast.Attribute):
            names.append(base.attr)
            base = base.value
        if isinstance(base, ast.Name):
            found.add(".".join([base.id, *reversed(names)]))
            return
        for child in ast.iter_child_nodes(node if base is node else base):
            visit(child)

    visit(node)
    return frozenset(found)


def _imports(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Return the local names that an import binds, each with its target.

    Raises
    ------
    BadInput
        For ``from … import *``, whose names cannot be followed.
    """
    if any(a.name == "*" for a in node.names):
        raise BadInput(
            f"line {node.lineno}: expected imported names, got from {node.module} import *; name what "
            "is used, so that a change of its code is noticed"
        )
    if isinstance(node, ast.Import):  # ``import a.b`` binds a, ``import a.b as c`` binds c to a.b
        return {
            (a.asname or a.name.partition(".")[0]): a.name if a.asname else a.name.partition(".")[0]
            for a in node.names
        }
    return {(a.asname or a.name): f"{node.module}:{a.name}" for a in node.names}


def _targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [a.name for a in node.names]
    before = "." * node.level + (f"{node.module}." if node.module else "")
    return [before + a.name for a in node.names]


def _bare_lines(source: str, nodes: list[ast.AST]) -> list[str]:
    """Return the lines without comments, docstrings and imports; ``nodes`` are those of the tree."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in nodes:
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            _blank(lines, node.body[0])
        elif isinstance(node, _IMPORT):
            _blank(lines, node)
    return lines


def _blank(lines: list[str], node: ast.stmt) -> None:
    """Remove a statement from the lines, and leave what stands beside it. Columns count bytes."""
    first, last = node.lineno - 1, node.end_lineno - 1
    before = lines[first].encode()[: node.col_offset].decode()
    after = lines[last].encode()[node.end_col_offset :].decode()
    lines[first : last + 1] = [before + after] + [""] * (last - first)
