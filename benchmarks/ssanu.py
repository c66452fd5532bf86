"""Time a step of SSANU-Net on Samson: the layers as one first writes them, and ours, in one run.

Both do the same sums, which is checked first. Ours convolves the image by minimal filtering,
multiplies the decoder's three layers out, and draws its dropout as bytes. "Asked for" are the
multiply–accumulates of the plain network, counted from Tables I and II, in both cases; "done" are
those that are carried out. This machine's own rate is that of a matrix product, and of a 1×1
convolution, which another library carries out and which can be faster.

    python benchmarks/ssanu.py            # as many threads as cores; a whole fit at the end
    python benchmarks/ssanu.py --profile  # where a step of ours spends its time
    OMP_NUM_THREADS=1 python benchmarks/ssanu.py --no-fit
"""

import argparse
import os
import platform
import time

import torch
from torch import nn
from torch.nn import functional as F

from mixedpixels import scenes
from mixedpixels.device import choose_device
from mixedpixels.models import Image, ssanu
from mixedpixels.provenance import peak_memory
from mixedpixels.training import fit_unmixer, starting_spectra

STEPS = 10


class Plain(nn.Module):
    """Tables I and II in PyTorch's own layers, and the loss of eq. 16."""

    def __init__(self, spectra, settings):
        super().__init__()
        endmembers, bands = spectra.shape
        self.settings = settings
        self.spatial, self.spectral = (
            nn.Sequential(
                nn.Conv2d(bands, 128, k1, padding=k1 // 2),
                nn.BatchNorm2d(128),
                nn.Dropout(settings.dropout),
                nn.ReLU(),
                nn.Conv2d(128, 64, k2, padding=k2 // 2),
                nn.BatchNorm2d(64),
                nn.ReLU(),
                nn.Conv2d(64, endmembers, 1),
                nn.BatchNorm2d(endmembers),
            )
            for k1, k2 in ((5, 3), (1, 1))
        )
        self.linear = nn.Conv2d(endmembers, bands, 1, bias=False)
        self.nonlinear = nn.Sequential(
            *(nn.Conv2d(n, bands, 1, bias=False) for n in (endmembers, bands, bands)), nn.ReLU()
        )
        self.we = nn.Parameter(torch.tensor(settings.encoder_weights))
        self.wd = nn.Parameter(torch.tensor(settings.decoder_weights))
        with torch.no_grad():
            self.linear.weight.copy_(spectra.T[..., None, None])
            self.nonlinear[0].weight.copy_(spectra.T[..., None, None])

    def losses(self, image):
        h = torch.relu(self.we[0] * self.spatial(image) + self.we[1] * self.spectral(image))
        out = self.wd[0] * self.linear(h) + self.wd[1] * self.nonlinear(h)
        return {
            "reconstruction": F.mse_loss(out, image),
            "sum to one": self.settings.sum_to_one * (1 - h.sum(1)).abs().sum(),
            "sparsity": self.settings.sparsity * torch.linalg.matrix_norm(h.flatten(2)[0], "nuc"),
        }

    @torch.no_grad()
    def constrain(self):
        self.we.clamp_(0, 1)
        self.wd.clamp_(0, 1)


def multiply_accumulates(rows: int, columns: int, bands: int, endmembers: int) -> dict[str, int]:
    """Count those of one training step: forward, weights' gradients, inputs' gradients."""
    pixels = rows * columns
    spatial, spectral = bands * 128 * 25, bands * 128  # see the image, which needs no gradient
    rest = 128 * 64 * (9 + 1) + 2 * 64 * endmembers + 2 * endmembers * bands
    layers = 2 * bands * bands
    tiles = -(-rows // 4) * -(-columns // 4)
    filtered = 64 * tiles * bands * 128 + 16 * 64 * tiles * 128 + 25 * 64 * bands * 128
    composed = 2 * bands * bands * endmembers  # once a step, not once a pixel
    return {
        "asked for": pixels * (2 * (spatial + spectral) + 3 * (rest + layers)),
        "done": 2 * filtered + pixels * (2 * spectral + 3 * rest) + 3 * composed,
    }


def check_same(plain, ours, planes, image) -> None:
    """Refuse to time what does not compute the same loss from the same weights."""
    mine = ours.state_dict()
    names = {"we": "encoder_weights", "wd": "decoder_weights"}
    theirs = {
        name: mine[names.get(name, name)].reshape(value.shape)
        for name, value in plain.state_dict().items()
    }
    plain.load_state_dict(theirs)
    with torch.no_grad():
        a, b = (m.eval().losses(x) for m, x in ((plain, planes), (ours, image)))
    for term, value in a.items():
        torch.testing.assert_close(b[term], value, rtol=1e-4, atol=1e-6)


def synchronise(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def seconds_per_step(network, data, rate: float) -> float:
    """Return the least seconds of several steps of Adam, after a few that do not count."""
    optimiser = torch.optim.Adam(network.parameters(), rate)
    network.train()
    taken = []
    for _ in range(STEPS + 3):
        synchronise(choose_device(str(next(network.parameters()).device)))
        began = time.perf_counter()
        optimiser.zero_grad()
        sum(network.losses(data).values()).backward()
        optimiser.step()
        network.constrain()
        synchronise(choose_device(str(next(network.parameters()).device)))
        taken.append(time.perf_counter() - began)
    return min(taken[3:])


def machine_rates(device) -> dict[str, float]:
    """Return multiply–accumulates per second of a matrix product, by two ways, in float32."""
    side = 2048
    a, b = torch.rand(2, side, side, device=device)
    planes = a.reshape(1, side, 64, -1).to(memory_format=torch.channels_last)
    kernel = b[..., None, None]
    rates = {}
    for name, work in {
        "matrix product": lambda: a @ b,
        "1×1 convolution": lambda: F.conv2d(planes, kernel),
    }.items():
        taken = []
        for _ in range(6):
            synchronise(device)
            began = time.perf_counter()
            work()
            synchronise(device)
            taken.append(time.perf_counter() - began)
        rates[name] = side**3 / min(taken)
    return rates


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--profile", action="store_true", help="say where a step spends its time")
    parser.add_argument("--no-fit", action="store_true", help="leave out the whole fit")
    given = parser.parse_args()
    device = choose_device(given.device)
    scene = scenes.load("samson", twin="auto")
    settings = ssanu.settings("samson")
    cube = torch.tensor(scene.cube.copy(), device=device)
    spectra = torch.tensor(
        starting_spectra(scene.cube, 3, settings.start, settings.normalisation), device=device
    )
    rows, columns, bands = cube.shape
    work = multiply_accumulates(rows, columns, bands, 3)
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False  # as the matrix product
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {device},", end=" "
    )
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, {scene.name}")

    rates = machine_rates(device)
    for name, rate in rates.items():
        print(f"{name:28} {rate / 1e9:8.1f} G multiply–accumulates / s")
    torch.manual_seed(0)
    plain = Plain(spectra, settings).to(device)
    planes = cube.permute(2, 0, 1)[None]
    rate = settings.training.learning_rate
    network, image = settings.network(spectra).to(device), Image(cube)
    check_same(plain, network, planes, image)
    if given.profile:
        with torch.profiler.profile() as seen:
            seconds_per_step(network, image, rate)
        print(seen.key_averages().table(sort_by="self_cpu_time_total", row_limit=15))
        return
    measured = {
        "plain": seconds_per_step(plain, planes.contiguous(), rate),
        "plain, channels last": seconds_per_step(
            plain.to(memory_format=torch.channels_last), planes, rate
        ),
        "ours": seconds_per_step(network, image, rate),
    }
    for name, seconds in measured.items():
        done = work["done" if name == "ours" else "asked for"] / seconds
        asked = work["asked for"] / seconds
        print(
            f"{name:28} {1e3 * seconds:8.1f} ms / epoch; G multiply–accumulates / s: "
            f"{asked / 1e9:.1f} asked for, {done / 1e9:.1f} done; asked for is "
            f"{asked / rates['matrix product']:.0%} of the matrix product, "
            f"{asked / max(rates.values()):.0%} of the best rate"
        )
    fastest = min(seconds for name, seconds in measured.items() if name != "ours")
    print(f"ours is {fastest / measured['ours']:.1f} times as fast as the faster plain one")
    if not given.no_fit:
        _, found = fit_unmixer(scene.cube, spectra.cpu().numpy(), settings, device=str(device))
        print(f"{f'a fit of {settings.training.updates} epochs':28} {found.seconds:8.1f} s")
    peak = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else peak_memory()
    print(f"{'peak memory of all this':28} {peak / 2**20:8.0f} MiB")


if __name__ == "__main__":
    main()
