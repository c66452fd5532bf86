"""The training loop and the unmixers it fits: resuming, stopping, seeds, a small known problem."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from mixedpixels import metrics
from mixedpixels.errors import BadInput
from mixedpixels.models import TrainingConfig, ssanu
from mixedpixels.training import (
    Checkpoint,
    NotFinite,
    Step,
    fit_unmixer,
    loop,
    seeded,
    starting_spectra,
    train,
)
from mixedpixels.training.unmixer import prepare

CPU = torch.device("cpu")
SHORT = replace(
    ssanu.settings("samson"),
    training=TrainingConfig(12, 1e-2, decay=(3, 0.5), clip=10.0),
    dropout=0.5,
)


def fit(model, data, config, **more):
    return train(Step(model, lambda: (data,), config), **more)


class Parabola(nn.Module):
    """Minimise (x − 3)², with a noisy second term of mean zero, and x held at or below ``most``."""

    def __init__(self, most=np.inf, breaks_at=None, dies_at=None):
        super().__init__()
        self.x = nn.Parameter(torch.zeros(()))
        self.most, self.breaks_at, self.dies_at, self.step = most, breaks_at, dies_at, 0

    def losses(self, data):
        self.step += 1
        if self.step == self.dies_at:
            raise KeyboardInterrupt
        wrong = float("nan") if self.step == self.breaks_at else 1.0
        return {
            "distance": wrong * (self.x - data) ** 2,
            "noise": 0.01 * torch.randn(()) * self.x,
        }

    @torch.no_grad()
    def constrain(self):
        self.x.clamp_(max=self.most)


def test_the_loop_minimises_and_keeps_each_term():
    model = Parabola()
    with seeded(0, CPU):
        history = fit(model, 3.0, TrainingConfig(400, 0.1, decay=(100, 0.3)))
    assert model.x.item() == pytest.approx(3, abs=0.02)
    assert set(history.losses) == {"distance", "noise"}
    assert history.losses["distance"].shape == (400,)
    assert history.losses["distance"][0] == pytest.approx(9)
    assert history.seconds > 0


def test_the_first_step_of_adam_is_the_learning_rate_and_decays():
    model, seen = Parabola(), [0.0]
    model.constrain = lambda: seen.append(model.x.item())
    with seeded(0, CPU):
        fit(
            model, 1e6, TrainingConfig(6, 0.1, decay=(2, 0.5))
        )  # far away: every step is the learning rate
    assert np.diff(seen) == pytest.approx([0.1, 0.1, 0.05, 0.05, 0.025, 0.025], rel=1e-3)


def test_constraints_hold_after_every_step():
    model = Parabola(most=1.0)
    with seeded(0, CPU):
        fit(model, 3.0, TrainingConfig(60, 0.1))
    assert model.x.item() == 1.0


def test_a_long_gradient_is_shortened():
    """Adam forgets the scale of a gradient but not a change of it: clipped, the first is no longer."""

    def after(clip):
        model = Parabola()
        with seeded(0, CPU):
            fit(model, 1e3, TrainingConfig(1, 1.0, clip=clip))
        return model.x.grad.abs().item()

    assert after(None) == pytest.approx(2000, rel=0.01)
    assert after(10.0) == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize("update", [1, 60, 75])
def test_a_loss_that_is_not_finite_stops_the_fit_and_is_named(update, tmp_path):
    checkpoint = Checkpoint(tmp_path / "state.pt", "parabola", seconds=0)
    with (
        seeded(0, CPU),
        pytest.raises(NotFinite, match=f"'distance' .* in or before update {update};"),
    ):
        fit(Parabola(breaks_at=update), 3.0, TrainingConfig(100, 0.1), checkpoint=checkpoint)
    # the state before it is stored, a spoilt one is not
    assert checkpoint.path.is_file() == (update > 50)


@pytest.mark.parametrize("good_updates", [0, 3])
def test_a_decomposition_that_fails_stops_the_fit_too(good_updates):
    class Broken(Parabola):
        def losses(self, data):
            terms = super().losses(data)
            if self.step > good_updates:
                terms["rank"] = torch.linalg.svdvals(self.x * torch.full((2, 2), torch.nan)).sum()
            else:
                terms["rank"] = 0 * self.x
            return terms

    with seeded(0, CPU), pytest.raises(NotFinite, match=f"failed in update {good_updates + 1};"):
        fit(Broken(), 3.0, TrainingConfig(9, 0.1))


def test_a_killed_fit_goes_on_as_if_it_had_not_been_killed(tmp_path):
    config = TrainingConfig(90, 0.1, decay=(20, 0.7))
    unbroken = Parabola()
    with seeded(5, CPU):
        expected = fit(unbroken, 3.0, config)
    checkpoint = Checkpoint(tmp_path / "state.pt", "parabola", seconds=0)
    with seeded(5, CPU), pytest.raises(KeyboardInterrupt):
        fit(Parabola(dies_at=61), 3.0, config, checkpoint=checkpoint)
    again = Parabola()
    with seeded(5, CPU):
        history = fit(again, 3.0, config, checkpoint=checkpoint)
    assert again.step == 40  # the state was of update 50
    assert again.x.item() == unbroken.x.item()
    for name, values in expected.losses.items():
        np.testing.assert_array_equal(history.losses[name], values)


def test_the_state_of_another_fit_is_refused(tmp_path):
    checkpoint = Checkpoint(tmp_path / "state.pt", "parabola", seconds=0)
    with seeded(0, CPU):
        fit(Parabola(), 3.0, TrainingConfig(60, 0.1), checkpoint=checkpoint)
        with pytest.raises(BadInput, match="another training"):
            fit(
                Parabola(),
                3.0,
                TrainingConfig(60, 0.1),
                checkpoint=replace(checkpoint, key="another"),
            )


@pytest.mark.parametrize("content", [b"", b"not a state", b"PK\x03\x04 cut short"])
def test_a_damaged_state_is_refused_in_plain_words(tmp_path, content):
    checkpoint = Checkpoint(tmp_path / "state.pt", "parabola", seconds=0)
    checkpoint.path.write_bytes(content)
    with (
        seeded(0, CPU),
        pytest.raises(BadInput, match=r"state\.pt: expected the state of a training"),
    ):
        fit(Parabola(), 3.0, TrainingConfig(60, 0.1), checkpoint=checkpoint)


def test_a_state_cut_short_or_of_something_else_is_refused(tmp_path):
    checkpoint = Checkpoint(tmp_path / "state.pt", "parabola", seconds=0)
    with seeded(0, CPU):
        fit(Parabola(), 3.0, TrainingConfig(60, 0.1), checkpoint=checkpoint)
        whole = checkpoint.path.read_bytes()
        checkpoint.path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(BadInput, match="damaged"):
            fit(Parabola(), 3.0, TrainingConfig(60, 0.1), checkpoint=checkpoint)
        torch.save({"weights": torch.ones(2)}, checkpoint.path)
        with pytest.raises(BadInput, match="damaged"):
            fit(Parabola(), 3.0, TrainingConfig(60, 0.1), checkpoint=checkpoint)


def test_weight_decay_pulls_towards_zero():
    free, pulled = Parabola(), Parabola()
    for model, decay in ((free, 0.0), (pulled, 2.0)):
        with seeded(0, CPU):  # of (x − 3)² + x²: the minimum is at 1.5
            fit(model, 3.0, TrainingConfig(600, 0.1, decay=(100, 0.3), weight_decay=decay))
    assert free.x.item() == pytest.approx(3, abs=0.02)
    assert pulled.x.item() == pytest.approx(1.5, abs=0.02)


def test_seeds_inside_leave_the_random_numbers_outside_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    with seeded(7, CPU):
        torch.rand(100)
    torch.testing.assert_close(torch.rand(3), expected)


# --- unmixers ----------------------------------------------------------------------------------------


def three_fields(rows=18, columns=18, bands=20):
    """A cube of three materials with a gradual border, its abundances and spectra."""
    at = np.linspace(0, 1, columns)
    first = np.clip(1.6 - 3 * at, 0, 1)
    third = np.clip(3 * at - 1.6, 0, 1)
    shares = np.stack([first, 1 - first - third, third], axis=1)
    shares = np.broadcast_to(shares, (rows, columns, 3))
    wave = np.linspace(0, 1, bands)
    spectra = np.stack([0.2 + 0.8 * wave, 0.5 + 0.5 * np.cos(6 * wave), 1 - 0.8 * wave])
    rng = np.random.default_rng(0)
    return shares @ spectra + 0.005 * rng.standard_normal((rows, columns, bands)), shares, spectra


def test_a_small_known_scene_is_unmixed():
    cube, shares, _ = three_fields()
    settings = replace(
        ssanu.settings("samson", "best"),
        start="vca",
        training=TrainingConfig(100, 2e-2, decay=(10, 0.8)),
    )
    spectra = starting_spectra(cube, 3, "vca", settings.normalisation)
    _, found = fit_unmixer(cube, spectra, settings, device="cpu")
    pixels = cube.reshape(-1, cube.shape[2])
    scores = metrics.unmixing_scores(pixels, found.abundances, shares.reshape(-1, 3))
    assert scores.rmse["per_pixel"] < 0.15
    assert found.losses["reconstruction"][-1] < 0.05 * found.losses["reconstruction"][0]
    assert set(found.balance) == {"spatial", "spectral", "linear", "nonlinear"}
    assert all(0 <= w <= 1 for w in found.balance.values())


def test_a_killed_unmixer_resumed_equals_the_unbroken_one(tmp_path, monkeypatch):
    cube, _, _ = three_fields()
    spectra = starting_spectra(cube, 3, "vca", "none")
    _, unbroken = fit_unmixer(cube, spectra, SHORT, seed=3, device="cpu")
    checkpoint = Checkpoint(tmp_path / "state.pt", "fields", seconds=0)
    monkeypatch.setattr(loop, "_CHECK", 5)
    constrain, steps = ssanu.SSANUNet.constrain, []

    def dying(network):
        constrain(network)
        steps.append(1)
        if len(steps) == 8:
            raise KeyboardInterrupt

    monkeypatch.setattr(ssanu.SSANUNet, "constrain", dying)
    with pytest.raises(KeyboardInterrupt):
        fit_unmixer(cube, spectra, SHORT, seed=3, device="cpu", checkpoint=checkpoint)
    monkeypatch.setattr(ssanu.SSANUNet, "constrain", constrain)
    _, resumed = fit_unmixer(cube, spectra, SHORT, seed=3, device="cpu", checkpoint=checkpoint)
    np.testing.assert_array_equal(resumed.abundances, unbroken.abundances)
    np.testing.assert_array_equal(resumed.endmembers, unbroken.endmembers)
    for name, values in unbroken.losses.items():
        np.testing.assert_array_equal(resumed.losses[name], values)


def test_a_seed_decides_the_fit():
    cube, _, _ = three_fields()
    spectra = starting_spectra(cube, 3, "vca", "none")
    first, again, other = (
        fit_unmixer(cube, spectra, SHORT, seed=s, device="cpu")[1].abundances for s in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_the_starts_are_what_they_say():
    cube, _, spectra = three_fields()
    named = {
        start: starting_spectra(cube, 3, start, "none", restarts=6, reference=spectra)
        for start in ("vca", "archetypes", "reference")
    }
    np.testing.assert_allclose(named["reference"], spectra, rtol=1e-6)
    for start in ("vca", "archetypes"):
        order = metrics.match_endmembers(named[start], spectra, by="angle")
        assert np.all(metrics.spectral_angle(named[start][order], spectra) < 0.1)


def test_normalised_pixels_have_values_about_one():
    cube, _, _ = three_fields()
    assert (prepare(cube, "l2") ** 2).mean(axis=2) == pytest.approx(1, rel=1e-5)
    assert prepare(cube, "max").max(axis=2) == pytest.approx(1)
    np.testing.assert_array_equal(prepare(cube, "none"), cube.astype(np.float32))


def test_an_image_with_holes_is_refused():
    cube, _, spectra = three_fields()
    cube[2, 3, 4] = np.nan
    with pytest.raises(BadInput, match="NaN or infinity"):
        starting_spectra(cube, 3, "vca", "none")
    with pytest.raises(BadInput, match="NaN or infinity"):
        fit_unmixer(cube, spectra, SHORT, device="cpu")


@pytest.mark.parametrize("start", ["vca", "archetypes"])
@pytest.mark.parametrize("count", [1, 21])
def test_no_start_has_one_endmember_or_more_than_bands(start, count):
    cube, _, _ = three_fields()
    with pytest.raises(BadInput, match=f"expected 2 to 20 .* got {count}"):
        starting_spectra(cube, count, start, "none")
    with pytest.raises(BadInput, match="at least 2 pixels"):
        starting_spectra(cube[:1, :1], 3, start, "none")


def test_what_does_not_fit_together_is_refused():
    cube, _, spectra = three_fields()
    with pytest.raises(BadInput, match="rows, columns, bands"):
        starting_spectra(cube[0], 3, "vca", "none")
    for wrong in (spectra[:, :7], spectra[:1], spectra[0]):
        with pytest.raises(BadInput, match="expected 2 or more of 20 bands, as the cube has"):
            fit_unmixer(cube, wrong, SHORT, device="cpu")
    for wrong in (-1, 1.5, True):
        with pytest.raises(BadInput, match="seed: expected a whole number, 0 or more"):
            fit_unmixer(cube, spectra, SHORT, seed=wrong, device="cpu")
    with pytest.raises(BadInput, match="must be one of vca, archetypes, reference"):
        starting_spectra(cube, 3, "archetype", "none")
    with pytest.raises(BadInput, match="none were given"):
        starting_spectra(cube, 3, "reference", "none")
    with pytest.raises(BadInput, match="expected 4 endmembers of 20 bands"):
        starting_spectra(cube, 4, "reference", "none", reference=spectra)
