"""A tiny model with a tokenizer and a chat template, for the tests of what talks."""

from __future__ import annotations

from pathlib import Path

import taeda
from taeda.llm import Decoder, DecoderConfig, load, save
from taeda.llm.starter import make_tokenizer

TEXTS = ["the quick brown fox jumps over the lazy dog", "what does it do? it does what it says, naïve café 日本 😀"]


def make_folder(folder: Path, family: str = "llama") -> Decoder:
    tokenizer = make_tokenizer(TEXTS * 3, 300)
    config = DecoderConfig.from_huggingface(dict(
        model_type=family, hidden_size=32, num_attention_heads=4, num_key_value_heads=2, num_hidden_layers=2,
        intermediate_size=48, vocab_size=tokenizer.size, max_position_embeddings=256, tie_word_embeddings=True,
        eos_token_id=0))
    taeda.manual_seed(0)
    model = Decoder(config)
    with taeda.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.copy_(taeda.randn(parameter.shape) * 1.2 / parameter.size(-1) ** 0.5)
    model.tokenizer = tokenizer
    save(model, folder)
    return load(folder)
