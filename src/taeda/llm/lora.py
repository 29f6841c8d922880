"""LoRA (Hu et al. 2021): small matrices beside the frozen ones, in the files that `peft` reads and writes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import taeda
from taeda import nn
from taeda.llm.checkpoint import read_json
from taeda.serialization import CheckpointError, map_safetensors, save_safetensors

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LoRALinear(nn.Module):
    """A linear layer that stays as it is, plus scale * B A: A (rank, features in) and B (features out, rank)."""

    def __init__(self, base: nn.Module, features_in: int, features_out: int, rank: int, alpha: float) -> None:
        super().__init__()
        self.base, self.scale = base, alpha / rank
        self.lora_A = nn.Linear(features_in, rank, False)
        self.lora_B = nn.Linear(rank, features_out, False)
        nn.init.kaiming_uniform_(self.lora_A.weight, a=math.sqrt(5))
        nn.init.zeros_(self.lora_B.weight)

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        return self.base(x) + self.lora_B(self.lora_A(x)) * self.scale


def add_lora_(model: nn.Module, rank: int = 8, alpha: float = 16, targets: Sequence[str] = TARGETS) -> list[str]:
    """Freeze a model and put LoRA beside its layers called so; gives their paths. Raises `ValueError` if there is none.
    """
    if rank < 1:
        raise ValueError(f"the rank of LoRA has to be 1 or more, got {rank}")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    found = [name for name, module in model.named_modules()
             if name.rpartition(".")[2] in targets and hasattr(module, "in_features")]
    if not found:
        raise ValueError(f"the model has no layers called {', '.join(targets)}")
    for name in found:
        base: Any = model.get_submodule(name)
        model.set_submodule(name, LoRALinear(base, base.in_features, base.out_features, rank, alpha))
    return found


def _layers(model: nn.Module) -> dict[str, LoRALinear]:
    return {name: module for name, module in model.named_modules() if isinstance(module, LoRALinear)}


def save_lora(model: nn.Module, folder: Path, base: str = "") -> None:
    """Write adapter_config.json and adapter_model.safetensors."""
    layers = _layers(model)
    if not layers:
        raise ValueError("the model has no LoRA")
    some = next(iter(layers.values()))
    rank = some.lora_A.out_features
    folder.mkdir(parents=True, exist_ok=True)
    config = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": base, "r": rank,
              "lora_alpha": some.scale * rank, "lora_dropout": 0.0, "bias": "none", "inference_mode": True,
              "target_modules": sorted({name.rpartition(".")[2] for name in layers})}
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    save_safetensors({f"base_model.model.{name}.lora_{part}.weight": getattr(layer, f"lora_{part}").weight
                      for name, layer in layers.items() for part in "AB"}, folder / "adapter_model.safetensors",
                     {"format": "pt"})


def load_lora_(model: nn.Module, folder: Path) -> None:
    """Put the adapter of a folder into a model. Raises `CheckpointError` where they do not fit."""
    config = read_json(folder / "adapter_config.json")
    try:
        names = add_lora_(model, int(config["r"]), float(config["lora_alpha"]), tuple(config["target_modules"]))
    except (KeyError, TypeError) as error:
        raise CheckpointError(f"failed reading {folder / 'adapter_config.json'}: {error!r}") from None
    tensors = map_safetensors(folder / "adapter_model.safetensors")
    wanted = {f"base_model.model.{name}.lora_{part}.weight": model.get_submodule(f"{name}.lora_{part}").weight
              for name in names for part in "AB"}
    wrong = sorted(set(wanted) ^ set(tensors)) + sorted(
        name for name in set(wanted) & set(tensors) if wanted[name].shape != tensors[name].shape)
    if wrong:
        raise CheckpointError(f"the adapter {folder} is not of this model: missing, extra or of another shape are "
                              f"{', '.join(wrong)}")
    with taeda.no_grad():
        for name, parameter in wanted.items():
            parameter.copy_(tensors[name])


def merge_lora_(model: nn.Module) -> None:
    """Add each LoRA to the weights beside it and take it away.

    Raises `NotImplementedError` for weights of fewer bits, which would have to be rounded again.
    """
    for name, layer in _layers(model).items():
        if not isinstance(layer.base, nn.Linear):
            raise NotImplementedError(f"{name} is a {type(layer.base).__name__}: LoRA is merged into weights in full "
                                      "precision alone; keep the adapter beside them (without --merge)")
    with taeda.no_grad():
        for name, layer in _layers(model).items():
            base: Any = layer.base
            change = taeda.matmul(layer.lora_B.weight, layer.lora_A.weight) * layer.scale
            base.weight = nn.Parameter((base.weight + change).to(base.weight.dtype), requires_grad=False)
            model.set_submodule(name, base)
