"""A trained SymAE in one safetensors file: the tensors, and a header in JSON."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from mixedpixels import paths
from mixedpixels.device import choose_device
from mixedpixels.errors import BadInput
from mixedpixels.models.symae import Settings
from mixedpixels.training import Disentangler, History

_FORMAT = "mixedpixels SymAE 1"
_NETWORK, _HISTORY = "network.", "history."
_CURVES = ("losses", "evaluation")


def write(path: Path, model) -> None:
    """Write a fitted :class:`mixedpixels.estimators.SymAE`; see its ``save``."""
    if path.is_dir():
        raise BadInput(
            f"{path}: expected the name of a file, such as model.safetensors; got a folder"
        )
    trained = model.disentangler_
    tensors = {_NETWORK + k: v.cpu().contiguous() for k, v in trained.stack.state_dict().items()}
    tensors[_HISTORY + "updates"] = torch.from_numpy(np.asarray(trained.history.updates))
    for name in _CURVES:
        curves = np.array(list(getattr(trained.history, name).values()))
        tensors[_HISTORY + name] = torch.from_numpy(curves)
    parameters = model.get_params(deep=False) | {"settings": None}
    if not isinstance(parameters["random_state"], int | np.integer | None):
        parameters["random_state"] = (
            None  # a generator has advanced, so nothing can be drawn from it again
        )
    about = {
        "parameters": parameters,
        "settings": asdict(trained.stack.settings),
        "settings are given": model.settings is not None,
        "bands": model.n_features_in_,
        "scale": model.scale_,
        "classes": model.classes_.tolist(),
        "seconds": trained.history.seconds,
    }
    with paths.whole(path) as draft:
        save_file(tensors, draft, {"format": _FORMAT, "about": json.dumps(about, default=_plain)})


def read(path: Path, kind: type, device: str):
    """Return the estimator that :func:`write` wrote; see ``SymAE.load``."""
    place = choose_device(device)
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            if header.get("format") != _FORMAT:
                raise BadInput(f"{path} is no file that SymAE.save wrote")
            about = json.loads(header["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return _rebuild(kind, about, tensors, place, device)
    except BadInput:
        raise
    except FileNotFoundError as error:
        raise BadInput(f"{path}: there is no such file") from error
    except (
        SafetensorError,
        OSError,
        RuntimeError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise BadInput(f"{path} is damaged, or no SymAE: save the model again") from error


def _rebuild(kind: type, about: dict, tensors: dict, place: torch.device, device: str):
    widths = {k: tuple(v) if isinstance(v, list) else v for k, v in about["settings"].items()}
    settings = Settings(**widths)
    model = kind(**about["parameters"] | {"device": device})
    if about["settings are given"]:
        model.settings = settings
    stack = settings.network(int(about["bands"]))
    weights = {k.removeprefix(_NETWORK): v for k, v in tensors.items() if k.startswith(_NETWORK)}
    stack.load_state_dict(weights)
    if not all(bool(v.isfinite().all()) for v in weights.values()):
        raise ValueError("a weight is not finite")
    scale = float(about["scale"])
    if not 0 < scale < float("inf"):
        raise ValueError("the scale is not above 0")
    history = History(
        tensors[_HISTORY + "updates"].numpy(),
        *({"network 0": tensors[_HISTORY + name].numpy()[0]} for name in _CURVES),
        seconds=float(about["seconds"]),
        snapshots={},
    )
    model.disentangler_ = Disentangler(stack.to(place).eval(), scale, history)
    model.scale_, model.n_features_in_ = scale, int(about["bands"])
    model.classes_ = np.array(about["classes"])
    return model


def _plain(value):
    """Return a NumPy number as a plain number that JSON can hold."""
    if isinstance(value, np.generic):
        return value.item()
    raise BadInput(
        f"{type(value).__name__} cannot be saved; expected parameters that are plain numbers or text, "
        "and groups that are so too"
    )
