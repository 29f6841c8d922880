"""Writes what `transformers` on PyTorch gives for the models of families.py: `python tests/llm/record_transformers.py`.

For each model the config.json and the names and shapes of a checkpoint that it saves, the logits of some tokens, and
the tokens that greedy search finds.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from families import MODELS, prompt, weight
from safetensors import safe_open
from safetensors.numpy import save_file
from transformers import AutoConfig, AutoModelForCausalLM

RECORD = Path(__file__).parents[1] / "recorded" / "llm.families.npz"


def record(name: str, content: dict[str, object], folder: str) -> dict[str, np.ndarray]:
    keys = {key: value for key, value in content.items() if key != "model_type"}
    config = AutoConfig.for_model(content["model_type"], **keys, eos_token_id=None, bos_token_id=None)
    # In eager attention transformers adds the biases of Falcon twice.
    attention = "sdpa" if content["model_type"] == "falcon" else "eager"
    config._attn_implementation = attention
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    with safe_open(f"{folder}/model.safetensors", "np") as file:
        shapes = {key: list(file.get_slice(key).get_shape()) for key in sorted(file.keys())}
    save_file({key: weight(key, tuple(shape)) for key, shape in shapes.items()}, f"{folder}/model.safetensors",
              {"format": "pt"})
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation=attention).eval()
    tokens = torch.from_numpy(prompt(name))
    with torch.no_grad():
        logits = model(tokens).logits[:, ::13]
        greedy = model.generate(tokens[:1, :10], max_new_tokens=64, do_sample=False)[0, 10:]
    found = {"config": np.array((Path(folder) / "config.json").read_text()), "shapes": np.array(json.dumps(shapes)),
             "logits": logits.numpy(), "greedy": greedy.numpy().astype(np.uint8)}
    return {f"{name}.{key}": value for key, value in found.items()}


if __name__ == "__main__":
    records: dict[str, np.ndarray] = {}
    for name, content in MODELS.items():
        with tempfile.TemporaryDirectory() as folder:
            records |= record(name, content, folder)
        print(name, float(np.abs(records[f"{name}.logits"]).max()), len(set(records[f"{name}.greedy"].tolist())))
        sys.stdout.flush()
    np.savez_compressed(RECORD, **records)
