"""What is imported late: executing notebooks does not wait for PyTorch."""

import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import mixedpixels


def test_who_executes_notebooks_waits_for_no_pytorch():
    modules = ", ".join(f"mixedpixels.pipeline.{m}" for m in ("execute", "run_build", "settings"))
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def in_a_new_process(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_one_import_reaches_every_room_and_is_light():
    in_a_new_process(
        "import sys, mixedpixels\n"
        "assert {m for m in sys.modules if m.startswith('mixedpixels')} == {'mixedpixels'}\n"
        "assert 'scenes' in dir(mixedpixels) and 'plotting' in dir(mixedpixels)\n"
        "heavy = {'torch', 'matplotlib', 'IPython', 'xarray', 'pandas', 'sklearn'}\n"
        "assert not heavy & {*sys.modules}\n"
        "scene = mixedpixels.scenes.load('samson', twin='always')\n"
        "assert scene.shape == (95, 95, 156)\n"
        "assert not heavy & {*sys.modules}, heavy & {*sys.modules}\n"
    )


def test_every_room_is_reached_by_its_name():
    for room in mixedpixels._ROOMS:
        if importlib.util.find_spec(f"mixedpixels.{room}"):
            assert getattr(mixedpixels, room) is importlib.import_module(f"mixedpixels.{room}")
            assert room in dir(mixedpixels)
    assert {"scenes", "metrics", "models", "training", "ledger"} <= {*dir(mixedpixels)}
    assert "__version__" in dir(mixedpixels)


def test_the_list_of_rooms_is_whole():
    folder = Path(mixedpixels.__file__).parent
    found = {p.parent.name for p in folder.glob("*/__init__.py")}
    assert found <= set(mixedpixels._ROOMS)
    for room in mixedpixels._ROOMS:
        assert f"- ``{room}``: " in mixedpixels.__doc__


def test_a_room_that_is_not_there_is_an_attribute_error(monkeypatch):
    monkeypatch.setattr(mixedpixels, "_ROOMS", (*mixedpixels._ROOMS, "cellar"))
    for name in ("cellar", "attic"):
        assert name not in dir(mixedpixels)
        with pytest.raises(AttributeError, match=f"'mixedpixels' has no attribute '{name}'"):
            getattr(mixedpixels, name)


def test_a_room_without_what_it_imports_says_what_is_missing():
    in_a_new_process(
        "import sys, mixedpixels\n"
        "sys.modules['matplotlib'] = None\n"
        "try:\n"
        "    mixedpixels.plotting\n"
        "except ModuleNotFoundError as error:\n"
        "    assert 'matplotlib' in error.name, error\n"
        "else:\n"
        "    raise AssertionError('no error')\n"
    )
