"""Squares of numbers in registers: as many vectors as one has elements."""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, Value, lanes_of


def transpose_lanes(f: FunctionWriter, vectors: list[Value], unit: int) -> list[Value]:
    """Inside each 16 bytes of `16 // unit` vectors, the transposed square of elements: one or two rounds of unpack."""
    lanes, w = lanes_of(vectors[0].type), 16 // unit

    def unpack(a: Value, b: Value, width: int, high: int) -> Value:
        """From each 16 bytes, the low or high runs of `width` elements of a and b in turn."""
        order = []
        for first in range(0, lanes, w):
            for k in range(0, w // 2, width):
                for source in (0, lanes):
                    order += [source + first + high * w // 2 + k + i for i in range(width)]
        return f.shuffle(a, b, order)

    if w == 2:
        return [unpack(vectors[0], vectors[1], 1, high) for high in (0, 1)]
    halves = [[unpack(vectors[j], vectors[j + 1], 1, high) for j in (0, 2)] for high in (0, 1)]
    return [unpack(halves[i // 2][0], halves[i // 2][1], 2, i % 2) for i in range(4)]


def transpose(f: FunctionWriter, rows: list[Value], unit: int) -> list[Value]:
    """The transposed square of n vectors of n elements of `unit` bytes: inside 16 bytes, then of the 16 bytes."""
    n, w = len(rows), 16 // unit
    inner = [transpose_lanes(f, rows[g:g + w], unit) for g in range(0, n, w)]
    count = n // w  # of 16 bytes in a vector
    columns: list[Value] = [rows[0]] * n
    for i in range(w):
        vectors, s = [group[i] for group in inner], 1
        while s < count:  # swap bit s of the number of the vector with bit s of the number of the 16 bytes
            new = list(vectors)
            for g in range(count):
                if not g & s:
                    low = [(j if not j & s else j - s + count) for j in range(count)]
                    high = [(j + s if not j & s else j + count) for j in range(count)]
                    new[g], new[g + s] = (
                        f.shuffle(vectors[g], vectors[g + s], [j * w + e for j in order for e in range(w)])
                        for order in (low, high))
            vectors, s = new, 2 * s
        for g in range(count):
            columns[g * w + i] = vectors[g]
    return columns
