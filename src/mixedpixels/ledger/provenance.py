"""What made a record: code, versions, commit, device, memory."""

import ast
import hashlib
import io
import platform
import subprocess
import sys
import tokenize
from functools import cache
from importlib.metadata import version
from pathlib import Path

from mixedpixels import paths
from mixedpixels.errors import BadInput

_PACKAGE = Path(__file__).resolve().parent.parent
# The rooms that make numbers; how a table is drawn may change without ageing a record.
NUMERIC = (
    *("device", "scenes", "metrics", "unmixing", "classification", "models", "training"),
    # which seeds start what, which rows are run, how a table scores them
    *("pipeline.readings", "pipeline.comparison", "ledger.unmixing_table"),
    *("pipeline.disentangling", "pipeline.stacks", "pipeline.spectralformers"),
    "pipeline.timing",
)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_STATED = ("mixedpixels", "torch", "numpy", "scipy", "scikit-learn", "spectral")


def modules_used(source: str) -> dict[str, str]:
    """Return the package's modules a piece of Python imports, directly or through each other.

    Returns
    -------
    dict
        Dotted name → sha256 of the file's code, sorted by name; comments and docstrings may change.
    """
    todo, found = set(_imports(source)), {}
    while todo:
        name = todo.pop()
        path = _file(name)
        if path is None or name in found:
            continue
        text = path.read_text(encoding="utf-8")
        found[name] = _code_digest(text)
        todo |= _imports(text)
        if "." in name:
            todo.add(name.rpartition(".")[0])  # a package's __init__ runs first
    return dict(sorted(found.items()))


def code_of(notebook: str, source: str) -> dict[str, str]:
    """Return what can change a notebook's numbers: its own code, and the numeric modules it uses.

    Returns
    -------
    dict
        ``notebooks/<name>`` and dotted names → sha256.
    """
    modules = {k: v for k, v in modules_used(source).items() if makes_numbers(k)}
    return {f"notebooks/{notebook}": _code_digest(source), **modules}


def makes_numbers(module: str) -> bool:
    """Say whether a module makes numbers, so that a change of it ages a record."""
    return module.startswith(tuple(f"mixedpixels.{room}" for room in NUMERIC))


@cache  # each table of a page asks again for dozens of modules
def _code_digest(source: str) -> str:
    """Hash a piece of code without its comments, docstrings and empty lines, so that prose may change.

    The text is hashed, not the parsed tree: another version of Python parses into another tree.
    """
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            _blank(lines, node.body[0])
    code = "\n".join(line.rstrip() for line in lines if line.strip())
    return hashlib.sha256(code.encode()).hexdigest()


def _blank(lines: list[str], node: ast.stmt) -> None:
    """Take a statement out of the lines; what stands beside it stays. Columns count bytes."""
    first, last = node.lineno - 1, node.end_lineno - 1
    before = lines[first].encode()[: node.col_offset].decode()
    after = lines[last].encode()[node.end_col_offset :].decode()
    lines[first : last + 1] = [before + after] + [""] * (last - first)


def changed_since(code: dict[str, str]) -> list[str]:
    """Return the modules (and the notebook) of a record that have changed or gone since."""
    now = {name: _digest_now(name) for name in code}
    return [name for name, digest in code.items() if now[name] not in (digest, None)]


def _digest_now(name: str) -> str | None:
    """Return what a part of the code hashes to; "" when it has gone, None when nobody can tell."""
    if name.startswith("notebooks/"):
        root = paths.checkout()
        if root is None:  # an installed package has no notebooks
            return None
        path = root / f"{name}.py"
        if not path.is_file():
            return ""
        return _code_digest(path.read_text(encoding="utf-8"))
    path = _file(name)
    return _code_digest(path.read_text(encoding="utf-8")) if path else ""


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that make numbers."""
    return {"python": platform.python_version(), **{name: version(name) for name in _STATED}}


def commit() -> str:
    """Return the checkout's commit, with ``+changes`` when the tree is dirty; "" when installed."""
    root = paths.checkout()
    if root is None:
        return ""
    try:
        head = _git(root, "rev-parse", "HEAD")
        dirty = _changes(root)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}+changes" if dirty else head


def require_clean() -> str:
    """Return the commit of a clean tree.

    Raises
    ------
    BadInput
        When the tree has uncommitted changes or is no checkout: a full record must say what made it.
    """
    head = commit()
    if not head or head.endswith("+changes"):
        if head:
            changed = ", ".join(_changes(paths.checkout())[:3])
            state = f"the working tree has changes ({changed}); commit, ignore or remove them"
        else:
            state = "this is no git checkout; clone the project"
        raise BadInput(
            f"a full record, and a check of one, needs a clean commit, but {state}, or run with "
            "profile quick, whose records are not kept"
        )
    return head


@cache
def device_name(device_class: str) -> str:
    """Return the processor in words, as ``Intel Xeon …, 2 cores`` or ``NVIDIA H200``."""
    import os

    import torch

    if device_class == "cuda":
        return torch.cuda.get_device_name()
    info = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if info.is_file():
        lines = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    threads = torch.get_num_threads()
    return f"{model}, {os.cpu_count()} cores, {threads} thread{'s' if threads > 1 else ''}"


def peak_memory() -> int:
    """Return the largest memory this process has held, in bytes; 0 where the system cannot tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _changes(root: Path) -> list[str]:
    """Return the files that are not as committed.

    Records are what a full run writes: a second one does not make the code dirty.
    """
    lines = _git(root, "status", "--porcelain", "--", ".", ":!book/results").splitlines()
    return [line.split(maxsplit=1)[1] for line in lines]


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _file(name: str) -> Path | None:
    parts = name.split(".")
    if parts[0] != "mixedpixels":
        return None
    base = _PACKAGE.joinpath(*parts[1:])
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


@cache
def _imports(source: str) -> frozenset[str]:
    """Return the names under the package that a piece of Python imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            # "from a import b": b may be a module or a name in a
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(n for n in names if n.split(".")[0] == "mixedpixels")
