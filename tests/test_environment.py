"""The files that describe the environment and the project agree with pyproject.toml."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
PYTHONS = ("3.11", "3.12", "3.13")


def requirements() -> list[Requirement]:
    """Return what the project and its extras ask for, but for the extras that name the project."""
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    asked = [Requirement(text) for texts in lists for text in texts]
    return [one for one in asked if one.name != PROJECT["name"]]


def pins() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    texts = [line.partition("#")[0].strip() for line in lines]
    return [Requirement(text) for text in texts if text]


def pinned(pin: Requirement) -> Version:
    (specifier,) = pin.specifier
    assert specifier.operator == "==", f"{pin} is not an exact pin"
    return Version(specifier.version)


def yaml_file(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def repositories(text: str) -> set[str]:
    """Return every address of the kind github.com/<owner>/<name> in a text."""
    found = re.findall(r"github\.com/([\w-]+/[\w.-]+)", text)
    return {f"https://github.com/{name.rstrip('.').removesuffix('.git')}" for name in found}


def named(texts: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in texts}


def imported() -> dict[str, set[str]]:
    """Return the other distributions that each module of the package imports, by its path."""
    package = ROOT / "src" / "mixedpixels"
    distributions = packages_distributions()
    found = {}
    for path in sorted(package.rglob("*.py")):
        modules = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(node.module)
        tops = {m.partition(".")[0] for m in modules} - {*sys.stdlib_module_names, "mixedpixels"}
        found[path.relative_to(package).as_posix()] = {
            canonicalize_name(name) for top in tops for name in distributions.get(top, [top])
        }
    return found


def test_an_import_is_a_dependency_and_an_optional_one_stays_in_its_place():
    """The base dependencies are enough for everything but the book and the export to xarray."""
    base = named(PROJECT["dependencies"])
    extras = {extra: named(texts) for extra, texts in PROJECT["optional-dependencies"].items()}
    assert "ipython" in extras["book"] - base
    for path, distributions in imported().items():
        allowed = base
        if path.startswith("pipeline/"):
            allowed = base | extras["book"]
        elif path in ("scenes/scene.py", "scenes/dataset.py"):
            allowed = base | extras["xarray"]
        assert distributions <= allowed, f"{path} imports {distributions - allowed}"


def test_conda_installs_what_pip_does():
    packages = yaml_file("environment.yml")["dependencies"]
    (python,) = [p for p in packages if isinstance(p, str) and p.startswith("python=")]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))
    (pip,) = [p["pip"] for p in packages if isinstance(p, dict)]
    assert pip == ["-c constraints.txt", "-e .[dev]"]
    assert "pip" in packages


def test_pythons_here_are_those_of_the_project():
    admitted = SpecifierSet(PROJECT["requires-python"])
    assert tuple(f"3.{n}" for n in range(8, 20) if f"3.{n}" in admitted) == PYTHONS
    matrix = yaml_file(".github/workflows/test.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert tuple(matrix["python"]) == PYTHONS


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_has_one_pin_that_fits(python):
    environment = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
    }
    for asked in requirements():
        same = [p for p in pins() if canonicalize_name(p.name) == canonicalize_name(asked.name)]
        valid = [p for p in same if p.marker is None or p.marker.evaluate(environment)]
        assert len(valid) == 1, f"{asked}: {len(valid)} pins for Python {python}"
        assert asked.specifier.contains(pinned(valid[0]), prereleases=True), f"{valid[0]}: {asked}"


def test_pins_are_exact_and_name_no_local_build():
    for pin in pins():
        assert pin.url is None and pinned(pin).local is None, str(pin)


def test_citation_has_the_projects_version_licence_and_address():
    citation = yaml_file("CITATION.cff")
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]


@pytest.mark.parametrize("name", ["CITATION.cff", "README.md"])
def test_one_repository_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    if not text.strip():
        pytest.skip(f"{name} is not written yet")
    assert repositories(text) == {PROJECT["urls"]["Repository"]}
