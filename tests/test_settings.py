"""Settings: the profile completes them, and nothing wrong passes in silence."""

import re

import nbformat
import pytest

from mixedpixels import provenance
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.pipeline import pairs, parameters, resolve
from mixedpixels.pipeline.budgets import Budget, read_budget
from mixedpixels.pipeline.settings import complete

QUICK = {"seeds": 3, "rate": 0.1, "method": "fcls"}
FULL = {"seeds": 10, "rate": 0.01, "method": "nnls"}
OPEN = {"profile": "quick", "device": "cpu", "seeds": 0, "rate": 0, "method": ""}


@pytest.fixture(autouse=True)
def clean_tree(monkeypatch):
    """A full run wants one."""
    monkeypatch.setattr(provenance, "require_clean", lambda: "0123abcd")


def run(**changes):
    return complete("made/01-first", OPEN | changes, Budget(QUICK, FULL, repeated=("seeds",)))


@pytest.mark.parametrize(("profile", "expected"), [("quick", QUICK), ("full", FULL)])
def test_open_parameters_take_the_profiles_values(profile, expected):
    made = run(profile=profile)
    assert {k: made.values[k] for k in expected} == expected
    assert (made.profile, made.values["profile"]) == (profile, profile)
    assert (made.seeds, made.rate, made.method) == tuple(expected.values())


def test_given_values_stand():
    made = run(seeds=7, rate=0.5, method="vca")
    assert (made.seeds, made.rate, made.method) == (7, 0.5, "vca")
    assert "seeds = 7" in repr(made) and "method = 'vca'" in repr(made)


def test_works_by_hand_without_profile_and_device():
    made = complete("x/y", {"seeds": 0}, Budget(quick={"seeds": 3}, full={"seeds": 10}))
    assert (made.profile, made.seeds) == ("quick", 3)
    assert made.device.split(":")[0] in ("cpu", "cuda")
    assert list(made.code) == ["notebooks/x/y"]
    assert made.commit == provenance.commit()


def test_the_given_values_are_left_alone():
    given = dict(OPEN)
    complete("x/y", given, Budget(quick=QUICK, full=FULL))
    assert given == OPEN


def test_of_a_notebooks_variables_the_parameters_are_taken():
    variables = OPEN | {"np": object(), "seeds_found": [1], "scene": "samson"}
    made = complete("x/y", variables, Budget(quick=QUICK, full=FULL))
    assert set(made.values) == {*OPEN, "scene"}


def test_a_twin_is_allowed_in_the_quick_profile_only():
    assert (run().twin, run(profile="full").twin) == ("auto", "never")
    assert run(profile="check").twin == "never"


def test_a_check_is_a_full_run_of_one_seed_or_as_many_as_asked_for():
    made = run(profile="check")
    assert (made.seeds, made.rate, made.method) == (1, FULL["rate"], FULL["method"])
    assert run(profile="check", seeds=3).seeds == 3
    with pytest.raises(BadInput, match=r"seeds: a check compares with a record of 10.* got 11"):
        run(profile="check", seeds=11)
    assert made.commit == "0123abcd"
    with pytest.raises(BadInput, match="settings are fixed; leave out rate"):
        run(profile="check", rate=0.5)


def test_an_unknown_setting_names_those_there_are():
    with pytest.raises(AttributeError, match="no setting 'seed'; there are profile, device, seeds"):
        _ = run().seed


@pytest.mark.parametrize("profile", ["ful", "Quick", "", None])
def test_unknown_profile(profile):
    with pytest.raises(BadInput, match=r"profile must be one of quick, full, check, got"):
        run(profile=profile)


def test_value_outside_its_choices():
    with pytest.raises(BadInput, match="scene must be one of samson, urban; got 'samsom'"):
        complete(
            "x/y",
            {"scene": "samsom"},
            Budget(quick={}, full={}, choices={"scene": ["samson", "urban"]}),
        )


def test_an_empty_value_takes_the_first_choice():
    made = complete(
        "x/y", {"scene": ""}, Budget(quick={}, full={}, choices={"scene": ["samson", "urban"]})
    )
    assert made.scene == made.values["scene"] == "samson"


def test_a_full_run_keeps_to_its_profile():
    assert run(profile="full", **FULL).commit == "0123abcd"
    with pytest.raises(
        BadInput, match="settings are fixed; leave out seeds, method, or use profile"
    ):
        run(profile="full", seeds=7, method="vca")


def test_choices_hold_for_the_profiles_value_too():
    with pytest.raises(BadInput, match="seeds must be one of 1, 2; got 3"):
        complete(
            "x/y", {"seeds": 0}, Budget(quick={"seeds": 3}, full={}, choices={"seeds": [1, 2]})
        )


@pytest.mark.parametrize(
    ("name", "value"), [("seeds", 2.5), ("seeds", "3"), ("rate", "fast"), ("method", 4)]
)
def test_value_of_another_type(name, value):
    kind = type(QUICK[name]).__name__
    with pytest.raises(BadInput, match=rf"{name} must be {kind}, got {value!r}"):
        run(**{name: value})


@pytest.mark.parametrize("changes", [{"seeds": -1}, {"rate": -0.5}, {"seeds": -3}])
def test_negative_value(changes):
    with pytest.raises(BadInput, match="must not be negative"):
        run(**changes)


def test_a_false_that_was_given_stands():
    made = complete("x/y", {"smooth": False}, Budget(quick={"smooth": True}, full={}))
    assert made.smooth is False


def test_a_profile_cannot_set_what_is_no_parameter():
    with pytest.raises(BadInput, match="x/y: the profile sets 'seed', which is no parameter"):
        complete("x/y", {"seeds": 0}, Budget(quick={"seed": 1}, full={}))


def test_device_is_resolved():
    assert run(device="cpu").device == "cpu"
    assert run(device="auto").values["device"] in ("cpu", "cuda")
    assert run(device="").device in ("cpu", "cuda")


@pytest.mark.parametrize("device", ["gpu", "tpu", "cuda:", "cuda:x", "CPU", "cpu:0", "meta"])
def test_word_that_is_no_device(device):
    told = f"device must be auto, cpu, cuda or cuda:N, got '{device}'"
    with pytest.raises(BadInput, match=told):
        run(device=device)


def test_device_that_is_not_there():
    with pytest.raises(BadInput, match="device 'cuda:99' cannot be used on this machine"):
        run(device="cuda:99")


# What papermill is given


@pytest.fixture
def notebook(tmp_path):
    """A notebook whose parameters have the four types."""
    source = 'seeds: int = 0\nrate: float = 0.5\nmethod: str = ""\nsmooth: bool = True'
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    path = tmp_path / "01-first.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(book, path)
    return path


def test_declared_types(notebook):
    assert parameters.declared(notebook) == {
        "seeds": "int",
        "rate": "float",
        "method": "str",
        "smooth": "bool",
    }


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("seeds", "12", 12),
        ("seeds", "-1", -1),
        ("seeds", 12, 12),
        ("rate", "1e-3", 0.001),
        ("rate", "2", 2.0),
        ("rate", 0.25, 0.25),
        ("method", "12", "12"),
        ("method", "", ""),
        ("method", "a=b", "a=b"),
        ("smooth", "true", True),
        ("smooth", "False", False),
        ("smooth", False, False),
    ],
)
def test_text_becomes_the_declared_type(notebook, name, text, value):
    found = parameters.check(notebook, {name: text})
    assert found == {name: value} and type(found[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("seeds", "ten"),
        ("seeds", "1.5"),
        ("seeds", ""),
        ("seeds", 1.5),
        ("seeds", None),
        ("seeds", True),
        ("rate", "fast"),
        ("rate", [1.0]),
        ("smooth", "yes"),
        ("smooth", "1"),
        ("smooth", 1),
        ("method", 3),
    ],
)
def test_what_is_no_value_of_its_type(notebook, name, text):
    kind = parameters.declared(notebook)[name]
    with pytest.raises(BadInput) as error:
        parameters.check(notebook, {name: text})
    assert str(error.value) == f"parameter {name}: expected {kind}, got {text!r}"


def test_unknown_parameter_names_the_nearest(notebook):
    with pytest.raises(BadInput) as error:
        parameters.check(notebook, {"seeds": "1", "sedes": "1"})
    assert str(error.value) == (
        "01-first has no parameter 'sedes'; did you mean seeds? It has seeds, rate, method, smooth"
    )
    with pytest.raises(BadInput, match="no parameter 'zzz'; It has seeds, rate"):
        parameters.check(notebook, {"zzz": 1})


def test_a_parameter_without_a_type_is_refused(notebook):
    book = nbformat.read(notebook, as_version=4)
    book.cells[0].source = "seeds = 0"
    nbformat.write(book, notebook)
    with pytest.raises(BadInput, match="seeds"):
        parameters.check(notebook, {"seeds": "1"})


def test_every_notebook_has_a_budget_in_its_chapter():
    for name in pairs.names():
        budget = read_budget(name)
        assert budget.quick.keys() == budget.full.keys()
        assert {*budget.repeated, *budget.gpu} <= budget.full.keys()
        source = pairs.source(name)
        for parameter in budget.full:  # an open parameter, so that the file alone decides
            assert re.search(rf'^{parameter}: \w+ = (0|0\.0|""|False|True)$', source, re.M), (
                name,
                parameter,
            )


def test_a_notebook_without_a_budget_is_named():
    with pytest.raises(
        UnknownName, match=r'ssanu/99-none has no budget; add a table \["99-none"\]'
    ):
        resolve("ssanu/99-none", {})


def test_a_check_makes_one_of_what_is_repeated():
    budget = Budget(
        {"seeds": 2, "repeats": 3}, {"seeds": 10, "repeats": 100}, repeated=("repeats",)
    )
    given = {"profile": "check", "seeds": 0, "repeats": 0}
    made = complete("x/y", given, budget)
    assert (made.seeds, made.repeats, made.repeated) == (10, 1, ("repeats",))
