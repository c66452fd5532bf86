"""SymAE against its layers written out, its symmetries, and its size."""

import pytest
import torch
from torch.nn import functional as F

from mixedpixels.errors import BadInput
from mixedpixels.models import symae
from mixedpixels.models.stacked import ByteDropout

SMALL = symae.Settings(encoder=(7, 6, 5, 4), decoder=(5, 6, 6, 6, 6, 7), code=3)


def made(networks=2, bands=9, settings=SMALL):
    torch.manual_seed(0)
    network = settings.network(bands, networks).double()
    for parameter in network.parameters():  # biases too, that nothing is left out by being zero
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    return network


def drawn(networks=2, count=5, n_tau=4, bands=9, pixels=12):
    """Pixels and datapoints of them; fewer pixels than drawn unless asked for more."""
    generator = torch.Generator().manual_seed(1)
    table = torch.rand(networks, pixels, bands, generator=generator, dtype=torch.float64)
    return table, torch.randint(pixels, (networks, count, n_tau), generator=generator)


def plain(layers, values, k, slope=0.5, active_end=False):
    """One network of a stack, layer by layer."""
    dense = [layer for layer in layers if hasattr(layer, "weight")]
    for number, layer in enumerate(dense, start=1):
        values = values @ layer.weight[k] + layer.bias[k, 0]
        if number < len(dense) or active_end:
            values = torch.where(values > 0, values, slope * values)
    return values


def test_the_parameters_are_as_many_as_the_authors_have():
    network = symae.Settings().network(176)
    assert sum(p.numel() for p in network.parameters()) == 1_055_854
    parts = (network.reflectance, network.nuisance, network.decoder)
    assert [sum(p.numel() for p in m.parameters()) for m in parts] == [288_514, 288_514, 478_826]


@pytest.mark.parametrize("pixels", [12, 50])  # each encoded once, or those that were drawn
def test_it_is_its_layers_pixel_by_pixel(pixels):
    network, (table, datapoints) = made().eval(), drawn(pixels=pixels)
    found = network(table, datapoints).reshape(2, 5, 4, 9)
    for k in range(2):
        data = table[k][datapoints[k]]
        for i in range(5):
            codes = [plain(network.reflectance, x, k, active_end=True) for x in data[i]]
            shared = sum(codes) / 4
            for tau, pixel in enumerate(data[i]):
                own = plain(network.nuisance, pixel, k, active_end=True)
                expected = plain(network.decoder, torch.cat([shared, own]), k)
                torch.testing.assert_close(found[k, i, tau], expected)
        error = ((found[k] - data) ** 2).mean()
        torch.testing.assert_close(network.losses(table, datapoints)[k], error)


def test_encoding_each_pixel_once_changes_neither_codes_nor_gradients():
    network, (table, datapoints) = made().eval(), drawn()
    more = torch.cat([table, torch.zeros(2, 40, 9, dtype=table.dtype)], dim=1)  # never drawn
    slopes = []
    for pixels in (table, more):
        network.zero_grad()
        network.losses(pixels, datapoints).sum().backward()
        slopes.append([p.grad.clone() for p in network.parameters()])
    torch.testing.assert_close(*slopes)


def test_the_shared_code_is_blind_to_the_order_of_the_pixels():
    network, (table, datapoints) = made().eval(), drawn()
    order = torch.tensor([2, 0, 3, 1])
    turned = network(table, datapoints[:, :, order]).reshape(2, 5, 4, 9)
    torch.testing.assert_close(
        turned, network(table, datapoints).reshape(2, 5, 4, 9)[:, :, order]
    )  # eq. 3


def test_networks_of_a_stack_do_not_know_of_each_other():
    network, (table, datapoints) = made().eval(), drawn()
    alone = symae.SymAE(9, SMALL, 1).double().eval()
    for k in range(2):
        alone.load_state_dict({name: v[k : k + 1] for name, v in network.state_dict().items()})
        one = slice(k, k + 1)
        torch.testing.assert_close(
            alone(table[one], datapoints[one]), network(table, datapoints)[one]
        )
    loss = network.losses(table, datapoints)[0]
    (slope,) = torch.autograd.grad(loss, network.decoder[0].weight)
    assert slope[0].abs().max() > 0 and slope[1].abs().max() == 0


def test_the_networks_of_a_stack_start_differently_within_glorots_bounds():
    network = symae.Settings().network(176, 3)
    first = network.reflectance[0].weight
    bound = (6 / (176 + 300)) ** 0.5
    assert 0.99 * bound < first.abs().max() <= bound and abs(first.mean()) < 0.01 * bound
    assert (first[0] - first[1]).abs().max() > 0.5 * bound
    assert network.reflectance[0].bias.abs().max() == 0


def test_dropout_hides_the_pixels_own_code_in_training_only():
    settings = symae.Settings(**{**vars(SMALL), "inner_dropout": 0.0})
    network, data = made(settings=settings), drawn()
    seen = []
    network.decoder.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0][..., 3:]))
    network(*data)
    network.eval()(*data)
    hidden, whole = seen
    assert 0.3 < (hidden == 0).double().mean() < 0.7 and (whole == 0).sum() == 0
    kept = hidden != 0
    torch.testing.assert_close(hidden[kept], 2 * whole[kept])


def test_inner_dropout_is_after_the_first_and_the_third_layer():
    kinds = [type(layer).__name__ for layer in symae.Settings().network(9).nuisance]
    block = ["StackedLinear", "LeakyReLU"]
    drop = "ByteDropout"
    assert kinds == [*block, drop, *block, *block, drop, *block, *block, drop]
    rates = [layer.rate for layer in symae.Settings().network(9).nuisance if hasattr(layer, "rate")]
    assert rates == [0.25, 0.25, 0.5]
    assert not any(isinstance(m, ByteDropout) for m in made().reflectance)


def test_redatuming_swaps_the_nuisance_and_keeps_the_reflectance():
    network, (pixels, _) = made(), drawn(pixels=6)
    reference = pixels[:, 2]
    found = network.redatum(pixels, reference)
    for k in range(2):
        own = plain(network.nuisance, reference[k], k, active_end=True)
        for j in range(6):
            shared = plain(network.reflectance, pixels[k, j], k, active_end=True)
            expected = plain(network.decoder, torch.cat([shared, own]), k)
            torch.testing.assert_close(found[k, j], expected)
    alone = network(pixels, torch.full((2, 1, 1), 2))  # under its own conditions it is rebuilt
    torch.testing.assert_close(found[:, 2], alone[:, 0])
    assert not found.requires_grad


@pytest.mark.parametrize("name", ["inner_dropout", "code_dropout"])
@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan"), 0.3])
def test_a_rate_that_a_byte_cannot_keep_is_refused(name, rate):
    with pytest.raises(BadInput, match="dropout: expected a rate from 0 up to but not 1 in steps"):
        symae.Settings(**{name: rate}).network(9)


@pytest.mark.parametrize("rate", [0.25, 0.5, 3 / 256])
def test_byte_dropout_keeps_its_rate_and_the_mean(rate):
    torch.manual_seed(0)
    layer = ByteDropout(rate)
    found = layer(torch.ones(400, 1001, dtype=torch.float64))  # no multiple of eight
    assert (found == 0).double().mean() == pytest.approx(rate, abs=4 * (rate / 400_400) ** 0.5)
    torch.testing.assert_close(found.unique(), torch.tensor([0, 1 / (1 - rate)]).double())
    columns = (found == 0).double().mean(0)  # every byte of a word alike
    assert columns.std() < 1.3 * (rate * (1 - rate) / 400) ** 0.5
    assert layer.eval()(found) is found


def test_leaky_slope_is_as_set():
    layers = made(settings=symae.Settings(**{**vars(SMALL), "slope": 0.2})).eval()
    values = drawn()[0]
    expected = plain(layers.reflectance, values[1], 1, slope=0.2, active_end=True)
    torch.testing.assert_close(layers.reflectance(values)[1], expected)
    assert not torch.allclose(expected, F.relu(expected))
