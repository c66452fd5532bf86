"""Measure what the README promises: its two commands in a fresh clone with an empty home.

Writes ``benchmarks/times.json``; ``make readme`` puts it into the README. The mirror, if one is set, is
used, so no download is in the figures.
"""

import datetime
import json
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = {
    "make book, with the installation": ["make", "book"],
    "make book again, nothing changed": ["make", "book"],
    "make test, once installed": ["make", "test"],
}


def machine() -> str:
    """Return the processor, its cores and the system in words."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [x.partition(":")[2].strip() for x in lines if x.startswith("model name")]
    name = names[0] if names else platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}"


def main() -> None:
    """Clone, run the steps, write the file."""
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        home, clone = Path(folder) / "home", Path(folder) / "clone"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        environment = {**os.environ, "HOME": str(home)}
        environment.pop("VIRTUAL_ENV", None)
        environment.pop("MIXEDPIXELS_CACHE", None)
        for name, command in STEPS.items():
            began = time.perf_counter()
            subprocess.run(command, cwd=clone, env=environment, check=True)
            seconds[name] = round(time.perf_counter() - began, 1)
    made = datetime.date.today().isoformat()
    content = {"made": made, "machine": machine(), "seconds": seconds}
    (ROOT / "benchmarks" / "times.json").write_text(json.dumps(content, indent=1) + "\n")
    print(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
