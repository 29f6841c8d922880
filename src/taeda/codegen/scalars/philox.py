"""Random words: Philox4x32-10 (Salmon et al., 2011), in int64, of which only the low halves matter.

The rounds are a loop: ten of them, one after the other, take eight times as long to compile.
"""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen.llvm import FunctionWriter, Value

_ROUNDS = 10
_STEPS = 0x9E3779B9, 0xBB67AE85  # from one round's keys to the next one's
_ROOM = 16  # vectors of a power of two of keys
_LOW = 0xFFFFFFFF

Keys = Callable[[Value], tuple[Value, Value]]  # a round's two keys, in as many lanes as the counter has


def random_words(f: FunctionWriter, counter: Value, keys: Keys) -> list[Value]:
    """The four words that belong to `counter`, as int32."""
    def turn(k: Value, *words: Value) -> list[Value]:
        first, second = keys(k)
        # 32-bit multiplication takes zeros above its operands and gives 64 bits.
        product, other = (words[0] & _LOW) * 0xD2511F53, (words[2] & _LOW) * 0xCD9E8D57
        return [other.lshr(32) ^ words[1] ^ first, other, product.lshr(32) ^ words[3] ^ second, product]

    # Of the first round half is of zeros, of the last one often half is not asked for: both stand by themselves.
    zero, last = counter.const(0), f.constant(_ROUNDS - 1)
    words = turn(f.constant(0), counter, counter.lshr(32), zero, zero)
    words = turn(last, *f.loop(1, last, turn, carry=words))
    return [word.convert("trunc", "i32") for word in words]


def keys_of_lanes(f: FunctionWriter, seed: Value) -> Keys:
    """The keys of a seed that may differ from lane to lane."""
    first, second = seed, seed.lshr(32)
    return lambda k: (first + f.splat(k * _STEPS[0], seed.lanes), second + f.splat(k * _STEPS[1], seed.lanes))


def keys_of_call(f: FunctionWriter, seed: Value, lanes: int) -> Keys:
    """The keys of a seed that is the same for all points, computed here, once: each is read into all lanes."""
    table = f.alloca(2 * 8 * _ROOM)
    for half, step in enumerate(_STEPS):
        keys = seed.lshr(32 * half).broadcast(_ROOM) + f.iota(_ROOM, step, "i64")
        f.store(keys, f.at(table, 8 * _ROOM * half), 64)

    def keys_at(k: Value) -> tuple[Value, Value]:
        first, second = (f.splat(f.load("i64", f.index(f.at(table, 8 * _ROOM * half), "i64", k)), lanes)
                         for half in range(2))
        return first, second

    return keys_at
