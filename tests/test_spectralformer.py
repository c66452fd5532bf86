"""SpectralFormer against its steps written out, and that it learns."""

import math

import torch
from torch.nn import functional as F

from mixedpixels import training
from mixedpixels.models.config import TrainingConfig
from mixedpixels.models.rivals.spectralformer import Settings, SpectralFormer

SMALL = Settings(width=8, heads=2, hidden=6, batch=16)


def made(bands=7, classes=3):
    torch.manual_seed(0)
    return SpectralFormer(bands, classes, SMALL).double().eval()


def slow(network, pixel):
    """One pixel, token by token and head by head."""
    s, bands = network.settings, len(pixel)
    tokens = [network.cls_token[0]]
    for b in range(bands):
        group = torch.stack([pixel[(b + k) % bands] for k in (-1, 0, 1)])
        tokens.append(network.embed.weight @ group + network.embed.bias)
    x = torch.stack(tokens) + network.pos_embedding
    inputs = []
    for number, layer in enumerate(network.layers):
        inputs.append(x)
        if number >= 2:
            fusion = network.fusions[number - 2]
            now, old = fusion.weight[:, :, 0, 0], fusion.weight[:, :, 0, 1]
            x = now @ x + old @ inputs[number - 2] + fusion.bias[:, None]
        q, k, v = (layer.attention_norm(x) @ layer.qkv.weight.T).split(s.width, dim=1)
        heads, each = [], s.width // s.heads
        for h in range(s.heads):
            part = slice(h * each, (h + 1) * each)
            weights = torch.softmax(q[:, part] @ k[:, part].T / math.sqrt(each), dim=1)
            heads.append(weights @ v[:, part])
        x = x + torch.cat(heads, dim=1) @ layer.projection[0].weight.T + layer.projection[0].bias
        normal = layer.dense_norm(x)
        x = x + layer.dense[3](F.gelu(layer.dense[0](normal)))
    return network.head(x[0])


def test_it_is_its_steps_written_out():
    network, pixels = made(), torch.rand(4, 7, dtype=torch.float64)
    found = network(pixels)
    for pixel, scores in zip(pixels, found, strict=True):
        torch.testing.assert_close(scores, slow(network, pixel))


def test_the_authors_size():
    network = SpectralFormer(200, 16, Settings())
    layer = 64 * 192 + (64 * 64 + 64) + (64 * 8 + 8) + (8 * 64 + 64) + 2 * 128
    fusion = 201 * 201 * 2 + 201
    rest = (3 * 64 + 64) + 201 * 64 + 64 + 128 + (64 * 16 + 16)
    assert sum(p.numel() for p in network.parameters()) == 5 * layer + 3 * fusion + rest


def test_an_epoch_sees_as_many_pixels_as_there_are():
    config = Settings().training(695)
    assert config == TrainingConfig(290 * 11, 5e-4, decay=(319, 0.9))


def test_it_learns_where_a_dip_lies():
    with training.seeded(0, torch.device("cpu")):
        network = SpectralFormer(9, 2, SMALL)
        pixels, classes = torch.rand(200, 9) * 0.2, torch.arange(200) % 2
        pixels[classes == 0, 2] += 1
        pixels[classes == 1, 6] += 1

        def draw():
            rows = torch.randint(200, (64,))
            return pixels[rows], classes[rows]

        history = training.train(training.Step(network, draw, TrainingConfig(80, 5e-3)))
    named = network.eval()(pixels).argmax(1)
    assert (named == classes).double().mean() > 0.95
    assert history.losses["cross-entropy"][-1] < 0.3
