"""What is imported late: the lists agree, and executing notebooks does not wait for PyTorch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from mixedpixels import pipeline


def test_what_provenance_reads_is_what_is_imported():
    tree = ast.parse(Path(pipeline.__file__).read_text(encoding="utf-8"))
    (typed,) = (n for n in tree.body if isinstance(n, ast.If))
    read = {
        (line.module.rpartition(".")[2], name.name) for line in typed.body for name in line.names
    }
    assert read == {(home, name) for home, names in pipeline._HOMES.items() for name in names}
    assert sorted(name for _, name in read) == sorted(pipeline.__all__)
    for home, name in read:
        assert getattr(pipeline, name).__module__ == f"mixedpixels.pipeline.{home}"
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        pipeline.nothing  # noqa: B018


def test_who_executes_notebooks_waits_for_no_pytorch():
    modules = ", ".join(f"mixedpixels.pipeline.{m}" for m in ("execute", "run_build", "settings"))
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
