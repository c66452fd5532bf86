"""Made-up files, registries and a server, for tests of what reads and fetches."""

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import scipy.io


class Registry:
    """A registry of its own, in ``folder``; what is registered can also be put into a mirror."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()

    def add(self, name: str, files: dict[str, bytes], addresses=(), **more) -> None:
        """Write NAME.toml for ``files``; an address holding {} is filled with the file's name."""
        data = {
            "title": name.title(),
            "kind": "scene",
            "origin": "complete",
            "source": "made up",
            "licence": "none needed",
            "citation": "nobody",
            "file": [
                {
                    "name": file,
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "bytes": len(content),
                    "addresses": [a.format(file) for a in addresses],
                }
                for file, content in files.items()
            ],
            **more,
        }
        lines = [f"{key} = {toml(value)}" for key, value in data.items()]
        (self.folder / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")


# an ENVI header's geo-reference: UTM zone 17 north, pixels of 30 m
MAP_INFO = [
    "UTM",
    "1",
    "1",
    "500000",
    "4000000",
    "30",
    "30",
    "17",
    "North",
    "WGS-84",
    "units=Meters",
]


def toml(value) -> str:
    """Return a value as TOML, tables on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def entry_of(cube: np.ndarray) -> dict:
    """The registry keys of a scene whose one file holds ``V`` in this package's own order."""
    rows, columns, bands = cube.shape
    axes = ["rows", "columns", "bands"]
    return {
        "shape": {"rows": rows, "columns": columns, "bands": bands},
        "read": {"cube": {"file": "small/cube.mat", "variable": "V", "axes": axes}},
    }


def mat5(folder: Path, compressed: bool = False, **variables) -> bytes:
    """Return a MATLAB 5 file with these variables."""
    path = folder / "draft.mat"
    scipy.io.savemat(path, variables, do_compression=compressed)
    content = path.read_bytes()
    path.unlink()
    return content


def place(root: Path, files: dict[str, bytes]) -> Path:
    """Write files under ``root``, as a cache or a mirror holds them; return ``root``."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def files_under(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@contextmanager
def serving(answer):
    """Serve HTTP on this machine; ``answer(path)`` returns (status, stated length, body).

    Yields the address and the list of paths asked for so far.
    """
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, length, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
