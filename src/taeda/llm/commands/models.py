"""`taeda models`: the models of this machine, or the description of one."""

from __future__ import annotations

import argparse
from pathlib import Path

from taeda.llm.commands.options import guarded, model_option


def arguments(parser: argparse.ArgumentParser) -> None:
    model_option(parser, required=False)


def main(options: argparse.Namespace) -> int:
    return guarded("models", lambda: show(options.model) if options.model else listed())


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def listed() -> int:
    from rich.console import Console
    from rich.table import Table

    from taeda import environment
    from taeda.llm.checkpoint import read_json
    from taeda.llm.store import models

    found = models()
    store = environment.models_folder()
    if not found:
        print(f"There are no models in {store} yet. `taeda chat` trains a small one; `taeda chat hf:organisation/name` "
              "downloads one; any folder with config.json and safetensors can be named by its path.")
        return 0
    table = Table("name", "family", "size", title=str(store), title_justify="left")
    for folder in found:
        config = read_json(folder / "config.json")
        family = str(config.get("model_type", "?")) if isinstance(config, dict) else "?"
        table.add_row(str(folder.relative_to(store)), family, f"{_size(folder) / 1e6:,.0f} MB")
    Console().print(table)
    return 0


def show(name: str) -> int:
    from rich.console import Console
    from rich.table import Table

    from taeda.llm.memory import weight_bytes
    from taeda.llm.store import find, open_model
    from taeda.quantization import QuantizedLinear

    path = find(name)
    model = open_model(str(path))
    config = model.config
    table = Table(show_header=False, title=str(path), title_justify="left")
    parameters = sum(p.numel() for p in model.parameters()) + sum(
        layer.in_features * layer.out_features for layer in model.modules() if isinstance(layer, QuantizedLinear))
    cache = 2 * len(config.layers) * config.kv_heads * config.head_size
    windows = sorted({layer.window for layer in config.layers if layer.window is not None})
    for key, value in (
            ("family", config.family), ("parameters", f"{parameters:,}"),
            ("weights", f"{weight_bytes(model) / 1e6:,.1f} MB"),
            ("layers", len(config.layers)), ("features", config.hidden_size),
            ("heads", f"{config.heads}, {config.kv_heads} of keys and values, {config.head_size} features each"),
            ("vocabulary", f"{config.vocab_size:,}"), ("context", f"{config.context:,} tokens"),
            ("sliding windows", ", ".join(map(str, windows)) or "none"),
            ("cache", f"{cache:,} numbers a token"),
            ("chat template", "yes" if model.tokenizer is not None and model.tokenizer.template else "no")):
        table.add_row(key, str(value))
    Console().print(table)
    return 0
