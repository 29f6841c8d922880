#!/usr/bin/env python3
"""How fast a language model of random weights generates and reads, and how near that is to the memory's bandwidth.

    python benchmarks/language_model.py                        0.5 and 1.1 billion weights in float32 and bfloat16
    python benchmarks/language_model.py --model 0.5b --kinds int8,int4 --requests 4
    python benchmarks/language_model.py --transformers         beside it transformers on PyTorch, in turns

int8 and int4 stand beside bfloat16 there, the fewest bits that it has by itself.

A token cannot take less time than reading the weights from memory does. That floor is the bytes of the weights over the
bandwidth of adding up 256 megabytes, measured beside each token, as what else the machine does changes it; the median
of the shares is shown. Generating is measured by the median time of a token, reading by that of a prompt of --prompt
tokens.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import taeda
from taeda.llm import Decoder, DecoderConfig, Engine, Sampling
from taeda.llm.checkpoint import shrink_
from taeda.llm.store import scheme_of

_COMMON = dict(max_position_embeddings=4096, rope_theta=1e4, hidden_act="silu", rms_norm_eps=1e-6)
MODELS: dict[str, dict[str, Any]] = {
    "0.5b": dict(_COMMON, model_type="qwen2", vocab_size=151936, hidden_size=896, intermediate_size=4864,
                 num_hidden_layers=24, num_attention_heads=14, num_key_value_heads=2, tie_word_embeddings=True),
    "1.1b": dict(_COMMON, model_type="llama", vocab_size=32000, hidden_size=2048, intermediate_size=5632,
                 num_hidden_layers=22, num_attention_heads=32, num_key_value_heads=4, tie_word_embeddings=False),
}
DTYPES = {"float32": taeda.float32, "bfloat16": taeda.bfloat16}


def make(name: str, kind: str) -> Decoder:
    """A model of random weights, of a dtype or with its layers rounded to int8 or int4."""
    with taeda.device("meta"):
        model = Decoder(DecoderConfig.from_huggingface(MODELS[name])).to(DTYPES.get(kind, taeda.float32))
    for path, parameter in list(model.named_parameters()):
        module, _, last = path.rpartition(".")
        value = taeda.empty(parameter.shape, dtype=parameter.dtype)
        value = value.fill_(1) if "norm" in path else value.uniform_(-0.03, 0.03)
        setattr(model.get_submodule(module), last, taeda.nn.Parameter(value, requires_grad=False))
    if kind not in DTYPES:
        shrink_(model, scheme_of(kind))
    return model.eval()


def weight_bytes(model: Decoder) -> int:
    """What is read for a token: everything but the rows of an embedding that is not the head too."""
    tensors = dict([*model.named_parameters(), *model.named_buffers()])
    if model.lm_head is not None:
        del tensors["model.embed_tokens.weight"]
    return sum(tensor.nbytes for tensor in tensors.values())


def bandwidth(ones: taeda.Tensor) -> float:
    """Bytes a second of adding up a tensor."""
    start = time.perf_counter()
    ones.sum().item()
    return ones.nbytes / (time.perf_counter() - start)


def steps_of(model: Decoder, requests: int, tokens: int, between: Callable[[], float] = lambda: 0.0) -> list[
        tuple[float, float]]:
    """Seconds of each step that adds a token to each of so many requests, and what `between` gives before it."""
    engine = Engine(model, requests)
    running = [engine.submit([5 + k, 6, 7, 8], Sampling(max_tokens=tokens, stop_tokens=())) for k in range(requests)]
    while not all(request.choices for request in running):
        engine.step()
    times = []
    while not any(request.finish for request in running):
        beside = between()
        start = time.perf_counter()
        engine.step()
        times.append((time.perf_counter() - start, beside))
    return times


def generating(model: Decoder, requests: int, tokens: int) -> float:
    """Seconds of a step that adds a token to each of so many requests."""
    return statistics.median(seconds for seconds, _ in steps_of(model, requests, tokens))


def reading(model: Decoder, prompt: int) -> float:
    """Seconds until the logits after a prompt are there."""
    tokens = taeda.randint(0, model.config.vocab_size, (1, prompt))
    start = time.perf_counter()
    with taeda.no_grad():
        model(tokens, model.caches(), last_only=True)
    return time.perf_counter() - start


def _theirs(kind: str) -> str:
    """What transformers is measured in beside a kind."""
    return kind if kind in DTYPES else "bfloat16"


def transformers_model(name: str, kind: str, threads: int) -> tuple[Callable[[int], float], Callable[[int], float]]:
    """The same two measurements, of a number of tokens, for a model of transformers with random weights."""
    import torch
    import transformers

    torch.set_num_threads(threads)
    config = transformers.AutoConfig.for_model(**MODELS[name])
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=getattr(torch, _theirs(kind))).eval()

    @torch.no_grad()
    def generate(tokens: int) -> float:
        found = model(torch.tensor([[5, 6, 7, 8]]), use_cache=True)
        times = []
        for _ in range(tokens):
            start = time.perf_counter()
            token = found.logits[:, -1].argmax(-1, keepdim=True)
            found = model(token, past_key_values=found.past_key_values, use_cache=True)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    @torch.no_grad()
    def read(prompt: int) -> float:
        tokens = torch.randint(0, config.vocab_size, (1, prompt))
        start = time.perf_counter()
        model(tokens, use_cache=True, logits_to_keep=1)
        return time.perf_counter() - start

    return generate, read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="0.5b,1.1b", help="0.5b, 1.1b, or both with a comma between")
    parser.add_argument("--kinds", default="float32,bfloat16", help="float32, bfloat16, int8, int4, int4-exact, ...")
    parser.add_argument("--tokens", type=int, default=24, help="to generate")
    parser.add_argument("--prompt", type=int, default=256, help="tokens to read")
    parser.add_argument("--requests", type=int, default=1, help="that generate at the same time, beside one alone")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--transformers", action="store_true")
    options = parser.parse_args()
    taeda.set_num_threads(options.threads)
    for name in options.model.split(","):
        for kind in options.kinds.split(","):
            model = make(name, kind)
            reading(model, options.prompt)
            ones = taeda.ones(1 << 26)
            steps = steps_of(model, 1, options.tokens, lambda ones=ones: bandwidth(ones))
            step = statistics.median(seconds for seconds, _ in steps)
            share = statistics.median(weight_bytes(model) / (seconds * beside) for seconds, beside in steps)
            beside = statistics.median(some for _, some in steps)
            prompt = min(reading(model, options.prompt) for _ in range(2))
            print(f"{name} {kind}: {1 / step:.1f} tokens a second, {share:.0%} of the bandwidth of "
                  f"{beside * 1e-9:.1f} GB/s; reads {options.prompt / prompt:.0f} tokens a second",
                  flush=True)
            if options.requests > 1:
                together = options.requests / generating(model, options.requests, options.tokens)
                print(f"    {options.requests} requests: {together:.1f} tokens a second, {together * step:.2f} times "
                      "that of one", flush=True)
            if options.transformers:
                generate, read = transformers_model(name, kind, options.threads)
                read(options.prompt)
                theirs = [(generate(options.tokens) / generating(model, 1, options.tokens),
                           read(options.prompt) / reading(model, options.prompt)) for _ in range(3)]
                print("    times as fast as transformers in {}: generating {:.2f}, reading {:.2f}".format(
                    _theirs(kind), *(statistics.median(some) for some in zip(*theirs, strict=True))), flush=True)


if __name__ == "__main__":
    main()
