"""The names of PyTorch's quantised dtypes, by which libraries look things up. No tensor has one: weights in few bits
are those of `taeda.quantization`."""

from __future__ import annotations

__all__ = ["qint32", "qint8", "quint2x4", "quint4x2", "quint8"]


class QuantizedType:
    """The name of a dtype that no tensor has."""

    is_floating_point = is_complex = False

    def __init__(self, name: str, itemsize: int, is_signed: bool) -> None:
        self.name, self.itemsize, self.is_signed = name, itemsize, is_signed

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


qint8, qint32 = QuantizedType("qint8", 1, True), QuantizedType("qint32", 4, True)
quint8, quint4x2, quint2x4 = (QuantizedType(name, 1, False) for name in ("quint8", "quint4x2", "quint2x4"))
