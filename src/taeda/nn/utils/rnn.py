"""Batches of sequences of different lengths: padded and packed."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import taeda
from taeda import Tensor as Tensor
from taeda.assertions import check_type

__all__ = [
    "PackedSequence", "PackedSequence_", "bind", "invert_permutation", "pack_padded_sequence", "pack_sequence",
    "pad_packed_sequence", "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip


class PackedSequence_(NamedTuple):  # noqa: N801, PyTorch's name
    """The parts of a `PackedSequence`, as a plain tuple."""

    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any


def bind(optional: Any, fn: Callable[[Any], Any]) -> Any:
    """`fn(optional)`; None for None."""
    return None if optional is None else fn(optional)


def invert_permutation(permutation: Any) -> Any:
    """The permutation that undoes `permutation`; None for None."""
    if permutation is None:
        return None
    check_type("invert_permutation", "permutation", permutation, taeda.Tensor)
    places = taeda.arange(permutation.numel(), dtype=permutation.dtype)
    return taeda.empty_like(permutation).scatter_(0, permutation, places)


class PackedSequence(PackedSequence_):
    """Sequences sorted by falling length, one time step after the other.

    `data` holds the rows of step 0 of all sequences, then those of step 1 of the sequences that have one, and so on;
    `batch_sizes` (steps,) says how many there are; `sorted_indices` how the sequences were sorted. Made by
    `pack_padded_sequence` and `pack_sequence`.
    """

    __slots__ = ()

    def __new__(
        cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None
    ) -> "PackedSequence":
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> "PackedSequence":
        """The same with `data` moved or cast (see `Tensor.to`)."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        indices = [
            index if index is None else index.to(data.device) for index in (self.sorted_indices, self.unsorted_indices)
        ]
        return type(self)(data, self.batch_sizes, *indices)

    def cpu(self) -> "PackedSequence":
        """The same on the CPU."""
        return self.to("cpu")

    def double(self) -> "PackedSequence":
        """The same as float64."""
        return self.to(taeda.float64)

    def float(self) -> "PackedSequence":
        """The same as float32."""
        return self.to(taeda.float32)

    def half(self) -> "PackedSequence":
        """The same as float16."""
        return self.to(taeda.float16)

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a GPU."""
        return bool(getattr(self.data, "is_cuda", False))


def _as_lengths(lengths: Any) -> list[int]:
    values = lengths.tolist() if isinstance(lengths, taeda.Tensor) else list(lengths)
    return [int(value) for value in values]


def pack_padded_sequence(
    input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack a padded batch (T, B, *), or (B, T, *) with `batch_first`, of sequences of the given lengths.

    `enforce_sorted`: the lengths must fall; otherwise the sequences are sorted here (and unsorted by
    `pad_packed_sequence`).
    """
    check_type("pack_padded_sequence", "input", input, taeda.Tensor)
    sizes = _as_lengths(lengths)
    if batch_first:
        input = input.transpose(0, 1)
    if len(sizes) != input.size(1):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(sizes)} (batch_size={input.size(1)})"
        )
    if not sizes:
        raise RuntimeError("Cannot pack empty tensors.")
    sorted_indices = None
    if not enforce_sorted:
        order = sorted(range(len(sizes)), key=lambda place: -sizes[place])
        sorted_indices = taeda.tensor(order, dtype=taeda.int64)
        sizes = [sizes[place] for place in order]
        input = input.index_select(1, sorted_indices)
    if sizes[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if any(longer < shorter for longer, shorter in zip(sizes, sizes[1:], strict=False)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you "
            "do not need ONNX exportability."
        )
    if sizes[0] > input.size(0):
        raise RuntimeError(f"Expected lengths of at most {input.size(0)}, the padded length, but got {sizes[0]}")
    batch_sizes = [sum(1 for size in sizes if size > step) for step in range(sizes[0])]
    data = taeda.cat([input[step, :count] for step, count in enumerate(batch_sizes)])
    return PackedSequence(data, taeda.tensor(batch_sizes, dtype=taeda.int64), sorted_indices, None)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Any, Any]:
    """Undo `pack_padded_sequence`: the padded batch and the lengths."""
    batch_sizes = _as_lengths(sequence.batch_sizes)
    steps = len(batch_sizes)
    if total_length is not None:
        if total_length < steps:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {steps}"
            )
        steps = total_length
    data, batch = sequence.data, batch_sizes[0]
    rows = []
    for piece, count in zip(data.split(batch_sizes), batch_sizes, strict=True):
        if count < batch:
            piece = taeda.cat([piece, data.new_full((batch - count, *data.shape[1:]), padding_value)])
        rows.append(piece)
    rows += [data.new_full((batch, *data.shape[1:]), padding_value)] * (steps - len(rows))
    padded = taeda.stack(rows, 1 if batch_first else 0)
    lengths = taeda.tensor(
        [sum(1 for count in batch_sizes if count > place) for place in range(batch)], dtype=taeda.int64
    )
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(0 if batch_first else 1, sequence.unsorted_indices)
        lengths = lengths.index_select(0, sequence.unsorted_indices)
    return padded, lengths


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Any:
    """Stack sequences (L, *) of different lengths to (T, B, *), or (B, T, *) with `batch_first`."""
    if isinstance(sequences, taeda.Tensor):
        sequences = sequences.unbind(0)
    elif not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    sequences = list(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    for k, sequence in enumerate(sequences):
        if not isinstance(sequence, taeda.Tensor):
            raise TypeError(f"expected Tensor as element {k} in argument 0, but got {type(sequence).__name__}")
    if padding_side not in ("left", "right"):
        raise RuntimeError("Expected padding_side to be one of left or right")
    longest = max(sequence.size(0) for sequence in sequences)
    padded = []
    for sequence in sequences:
        missing = longest - sequence.size(0)
        if missing:
            filling = sequence.new_full((missing, *sequence.shape[1:]), padding_value)
            sequence = taeda.cat([sequence, filling] if padding_side == "right" else [filling, sequence])
        padded.append(sequence)
    return taeda.stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """Undo `pad_sequence`."""
    batch = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [sequence[:length] for sequence, length in zip(batch, _as_lengths(lengths), strict=True)]


def pack_sequence(sequences: Sequence[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences (L, *)."""
    lengths = [sequence.size(0) for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """Undo `pack_sequence`: the list of sequences."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
