"""What a model and a request need of memory, and what to change where that is more than there is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import taeda

if TYPE_CHECKING:
    from taeda.llm.decoder import Decoder


class MemoryNeeded(taeda.OutOfMemoryError):
    """A request that does not fit the memory: what it needs, what there is, and the setting that makes it fit."""


def available() -> int | None:
    """Bytes that can still be had on this machine; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None
    left = left_of_container(Path("/sys/fs/cgroup"))
    return free if left is None else min(free, left)


def left_of_container(group: Path) -> int | None:
    """Bytes that a control group has left, pages of files among them, which are given back when others need them:
    mapped weights are such. None where it has no limit."""
    try:
        limit, used = (int((group / name).read_text()) for name in ("memory.max", "memory.current"))
        counts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        files = int(counts["active_file"]) + int(counts["inactive_file"])
    except (OSError, ValueError, KeyError):
        return None
    return max(limit - used + files, 0)


def cache_bytes(model: Decoder, bits: int | None) -> int:
    """Bytes of the cache for each token."""
    config = model.config
    size = config.head_size * model.dtype.itemsize if bits is None else config.head_size + 4
    return 2 * len(config.layers) * config.kv_heads * size


def weight_bytes(model: Decoder) -> int:
    return sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))


def check(model: Decoder, prompt: int, new: int, bits: int | None) -> None:
    """Raise `MemoryNeeded` if the cache of a request of so many tokens would be more than there is."""
    free = available()
    if free is not None and (prompt + new) * cache_bytes(model, bits) > free:
        raise MemoryNeeded(needs(model, prompt, new, bits, free))


def needs(model: Decoder, prompt: int, new: int, bits: int | None, free: int | None) -> str:
    """What weights, cache and request need, and what would make it fit."""
    each, total = cache_bytes(model, bits), prompt + new
    text = (f"not enough memory: the weights are {_size(weight_bytes(model))}, the cache needs {_size(each)} a token, "
            f"which is {_size(total * each)} for {prompt} tokens of the prompt and up to {new} new ones")
    text += "" if free is None else f"; {_size(free)} are left"
    ways = []
    small = total * cache_bytes(model, 8)
    if bits is None and (free is None or small <= free):
        ways.append(f"keep the cache in 8 bits (cache_bits=8, --cache int8), which needs {_size(small)}")
    if free is not None and prompt < free // each:
        ways.append(f"ask for at most {min(free // each - prompt, new)} new tokens (max_tokens)")
    if not ways:
        ways.append("shorten the prompt and ask for fewer new tokens (max_tokens)")
    if any(isinstance(layer, taeda.nn.Linear) for layer in model.model.layers.modules()):
        ways.append("keep the weights in fewer bits (quantize=int4(), --quantize int4)")
    return f"{text}. To make it fit, {', or '.join(ways)}"


def of_weights(model: Decoder, dtype: taeda.dtype | None, quantized: bool) -> str:
    """What weights need that are converted while they are loaded, and what would make them fit."""
    elements = sum(parameter.numel() for parameter in model.parameters())
    free = available()
    text = f"not enough memory for the weights: {elements:,} numbers"
    if dtype is not None:
        text += f" in {str(dtype).rpartition('.')[2]} are {_size(elements * dtype.itemsize)}"
    text += "" if free is None else f", and {_size(free)} are left"
    ways = ["load them as they are (without dtype): they stay in the file, and come from there as they are used"]
    if not quantized:
        ways.append(f"round them (quantize=int4(), --quantize int4), which needs about {_size(elements * 0.6)}")
    elif dtype is None:
        ways = ["round the folder once on a machine with more memory (taeda quantize), and load what it wrote"]
    return f"{text}. To make it fit, {', or '.join(ways)}"


def _size(count: float) -> str:
    for unit in ("bytes", "KB", "MB"):
        if count < 10_000:
            return f"{count:,.0f} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"
