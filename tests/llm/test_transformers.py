"""`transformers`, unmodified, on Taeda by `taeda run`: loading, generating, a pipeline, training."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("jinja2")
if importlib.util.find_spec("transformers") is None:
    pytest.skip("transformers is not installed", allow_module_level=True)

from talking import make_folder  # noqa: E402

from taeda.llm import Decoder  # noqa: E402

GENERATE = """
import json, sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline
assert "taeda" in torch.__file__
folder = sys.argv[1]
tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
tokens = tokenizer("the quick brown", return_tensors="pt")
with torch.no_grad():
    logits = model(**tokens).logits[0, -1].tolist()
greedy = model.generate(**tokens, max_new_tokens=12, do_sample=False, eos_token_id=None)[0].tolist()
torch.manual_seed(0)
drawn = model.generate(**tokens, max_new_tokens=4, do_sample=True, top_p=0.9, temperature=0.8)[0].tolist()
writer = pipeline("text-generation", model=folder)
text = writer("the quick brown", max_new_tokens=6, do_sample=False)[0]["generated_text"]
model.save_pretrained(sys.argv[2])
print(json.dumps(dict(tokens=tokens["input_ids"][0].tolist(), logits=logits, greedy=greedy, drawn=drawn, text=text)))
"""
TRAIN = """
import json, sys, torch
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

class Rows(torch.utils.data.Dataset):
    def __len__(self): return 40
    def __getitem__(self, k):
        row = (torch.arange(16) + k % 4) % 20
        return {"input_ids": row, "labels": row}

model = AutoModelForCausalLM.from_pretrained(sys.argv[1])
arguments = TrainingArguments(output_dir=sys.argv[2], max_steps=10, per_device_train_batch_size=4, logging_steps=1,
                              learning_rate=5e-3, report_to=[], use_cpu=True, save_strategy="steps", save_steps=5)
trainer = Trainer(model=model, args=arguments, train_dataset=Rows())
trainer.train()
print(json.dumps([entry["loss"] for entry in trainer.state.log_history if "loss" in entry]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("model")
    make_folder(found)
    return found


def run(program: str, tmp_path: Path, *arguments: Path) -> Any:
    (tmp_path / "program.py").write_text(program)
    done = subprocess.run([sys.executable, "-m", "taeda", "run", str(tmp_path / "program.py"), *map(str, arguments)],
                          capture_output=True, text=True, timeout=250, env=os.environ | {"HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_generating(folder: Path, tmp_path: Path) -> None:
    import taeda
    from taeda.llm import load

    found = run(GENERATE, tmp_path, folder, tmp_path / "saved")
    model: Decoder = load(folder)
    logits = model(taeda.tensor([found["tokens"]]))[0, -1]
    assert taeda.allclose(taeda.tensor(found["logits"]), logits, rtol=1e-4, atol=1e-4)
    ours = model.generate(found["tokens"], max_tokens=12, stop_tokens=())
    assert found["greedy"][len(found["tokens"]):] == ours.tokens
    assert len(found["drawn"]) > len(found["tokens"]) and found["text"].startswith("the quick brown")
    again = load(tmp_path / "saved")
    assert all(taeda.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))


def test_training(folder: Path, tmp_path: Path) -> None:
    losses = run(TRAIN, tmp_path, folder, tmp_path / "out")
    assert len(losses) == 10 and losses[-1] < 0.8 * losses[0]
    assert (tmp_path / "out" / "checkpoint-10" / "model.safetensors").exists()
