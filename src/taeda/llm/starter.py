"""A small model to start with, trained in minutes on text that every machine with Python has.

It learns questions and answers made of the standard library's documentation: "What does os.path.join do?" It is there
to show that everything works, and knows nothing else.
"""

from __future__ import annotations

import ast
import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import taeda
from taeda.llm.checkpoint import save
from taeda.llm.config import DecoderConfig
from taeda.llm.decoder import Decoder
from taeda.llm.tokenizer import Tokenizer, require
from taeda.llm.training import chat_example, fit, pack

_SPECIAL = ("<|end|>", "<|user|>", "<|assistant|>", "<|system|>")
TEMPLATE = ("{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
            "{% if add_generation_prompt %}<|assistant|>{% endif %}")


def questions(limit: int = 6000, seed: int = 0) -> list[tuple[str, str]]:
    """Questions about functions and classes of the standard library, and the first paragraph of their documentation."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = sorted(path for path in [*root.glob("*.py"), *root.glob("*/*.py")]
                   if not {"site-packages", "test", "tests", "idlelib", "lib2to3"} & set(path.parts))
    found: list[tuple[str, str]] = []
    for path in files:
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue
        module = ".".join(part for part in path.relative_to(root).with_suffix("").parts if part != "__init__")
        found += _of_module(module, tree)
    random.Random(seed).shuffle(found)
    return found[:limit]


def _of_module(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    text = _first_paragraph(tree)
    if text:
        yield f"What is the module {module}?", text
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            text = _first_paragraph(node)
            if text:
                yield f"What does {module}.{node.name} do?", text
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            text = _first_paragraph(node)
            if text:
                yield f"What is {module}.{node.name}?", text
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    text = _first_paragraph(method)
                    if text:
                        yield f"What does {module}.{node.name}.{method.name} do?", text


def _first_paragraph(node: ast.Module | ast.FunctionDef | ast.ClassDef) -> str:
    text = ast.get_docstring(node) or ""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return paragraph if 15 < len(paragraph) < 400 else ""


def make_tokenizer(texts: list[str], size: int) -> Tokenizer:
    """A byte-level BPE tokenizer of these texts."""
    library = require("tokenizers")
    inner = library.Tokenizer(library.models.BPE())
    inner.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = library.decoders.ByteLevel()
    inner.train_from_iterator(texts, library.trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(_SPECIAL), show_progress=False,
        initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet()))
    return Tokenizer(inner, {"eos_token": "<|end|>", "tokenizer_class": "PreTrainedTokenizerFast"}, TEMPLATE)


def train_starter(folder: Path, steps: int = 500, hidden: int = 256, layers: int = 4, vocabulary: int = 4096,
                  seed: int = 0, pairs: list[tuple[str, str]] | None = None) -> Decoder:
    """Train the model and write its folder; shows a progress bar. `pairs` of questions and answers: `questions()`."""
    pairs = questions() if pairs is None else pairs
    tokenizer = make_tokenizer([f"{question}\n{answer}" for question, answer in pairs], vocabulary)
    config = DecoderConfig.from_huggingface({
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": tokenizer.size,
        "hidden_size": hidden, "intermediate_size": hidden * 11 // 4, "num_hidden_layers": layers,
        "num_attention_heads": max(hidden // 32, 1), "num_key_value_heads": max(hidden // 64, 1),
        "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "tie_word_embeddings": True,
        "rope_theta": 10000.0, "eos_token_id": 0, "bos_token_id": None})
    taeda.manual_seed(seed)
    model = Decoder(config)
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1:
            last = name.endswith(("o_proj.weight", "down_proj.weight"))
            taeda.nn.init.normal_(parameter, std=0.02 / (2 * layers) ** 0.5 if last else 0.02)
    model.tokenizer = tokenizer
    model.defaults = {"do_sample": True, "temperature": 0.7, "top_p": 0.9, "repetition_penalty": 1.1,
                      "eos_token_id": 0}
    examples = [chat_example(tokenizer, [{"role": "user", "content": question},
                                         {"role": "assistant", "content": answer}]) for question, answer in pairs]
    inputs, targets = pack(examples, 128)
    fit(model, inputs, targets, steps=steps, batch=12, rate=2e-3, seed=seed, title="training a small model")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    save(model, folder)
    return model
