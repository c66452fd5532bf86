"""What is imported late: executing notebooks does not wait for PyTorch."""

import subprocess
import sys


def test_who_executes_notebooks_waits_for_no_pytorch():
    modules = ", ".join(f"mixedpixels.pipeline.{m}" for m in ("execute", "run_build", "settings"))
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
