"""Models of the package `transformers`, unmodified, under PyTorch's name: what PyTorch 2.13 gives for these weights."""

import os
import subprocess
import sys

import pytest

PROGRAM = '''
import taeda.as_torch
import torch
from transformers import (BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel, LlamaConfig,
                          LlamaForCausalLM, T5Config, T5ForConditionalGeneration)

def filled(model, scale):
    with torch.no_grad():
        for i, (name, p) in enumerate(model.named_parameters()):
            value = torch.sin(torch.arange(p.numel(), dtype=torch.float32) * 0.37 + i).view(p.shape) * scale
            p.copy_(value + 1 if "norm" in name.lower() and p.dim() == 1 and name.endswith("weight") else value)
    return model.eval()

small = dict(vocab_size=50, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
ids = torch.arange(20).view(2, 10) % 50
for model, labels in (
    (filled(BertForSequenceClassification(BertConfig(**small, num_labels=3)), 0.1), torch.tensor([0, 2])),
    (filled(GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=0,
                                       eos_token_id=49)), 0.3), ids),
    (filled(LlamaForCausalLM(LlamaConfig(**small, num_key_value_heads=2, eos_token_id=49)), 0.3), ids),
    (filled(T5ForConditionalGeneration(T5Config(vocab_size=50, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
                                                decoder_start_token_id=0)), 0.3), ids),
):
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    size = sum(p.grad.double().abs().sum().item() for p in model.parameters() if p.grad is not None)
    print(type(model).__name__, round(loss.item(), 3), round(size, 1))
    if labels is ids:
        print(model.generate(ids, max_new_tokens=3, do_sample=False).tolist())
'''


def test_models_train_and_generate(tmp_path):
    pytest.importorskip("transformers")
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == EXPECTED.splitlines()


# PyTorch 2.13 with transformers 5.24.
EXPECTED = """\
BertForSequenceClassification 1.112 20.1
GPT2LMHeadModel 4.34 46.5
[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 32, 32, 32], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 32, 32, 32]]
LlamaForCausalLM 3.286 317.2
[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 35, 38, 39], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 11, 22, 24]]
T5ForConditionalGeneration 3.88 112.7
[[0, 16, 7, 24], [0, 16, 7, 24]]"""
