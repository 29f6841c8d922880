"""From the indices of a batch to the batch."""

from collections.abc import Callable
from typing import Any

import taeda
from taeda.utils.data.collate import default_collate
from taeda.utils.data.dataset import IterableDataset, Subset, TensorDataset

Fetch = Callable[[Any], Any]


def _rows(tensor: Any, indices: list[int], index: Any) -> Any:
    """What stacking `tensor[i]` for all indices gives, by one copy or one gather."""
    if index is None:
        return tensor[indices[0] : indices[-1] + 1].clone()
    return tensor.index_select(0, index)


def _tensor_fetch(dataset: TensorDataset, chosen: Any = None) -> Fetch:
    """Batches of a `TensorDataset`, of the positions that `chosen` gives for the indices if it is a `Subset`'s."""
    tensors = dataset.tensors

    def fetch(indices: list[int]) -> Any:
        if chosen is not None:
            indices = [chosen[place] for place in indices]
        first, count = indices[0], len(indices)
        consecutive = first >= 0 and indices[-1] - first == count - 1 and indices == list(range(first, first + count))
        if consecutive and first + count <= len(dataset):
            return [_rows(tensor, indices, None) for tensor in tensors]
        length = len(dataset)
        # Negative indices count from the end; those beyond an end are left for index_select to refuse.
        index = taeda.tensor([place + length if -length <= place < 0 else place for place in indices])
        return [_rows(tensor, indices, index) for tensor in tensors]

    return fetch


def _plain(dataset: Any) -> bool:
    """Whether samples are taken from the data set in the way its class defines."""
    return type(dataset) is TensorDataset and all(tensor.dim() > 0 for tensor in dataset.tensors)


def make_fetch(dataset: Any, batched: bool, collate_fn: Callable[[Any], Any], drop_last: bool) -> Fetch:
    """The function from what the sampler gives (a list of indices, or one index if not `batched`) to a batch.

    It raises `StopIteration` at the end of an iterable data set.
    """
    if isinstance(dataset, IterableDataset):
        return _iterable_fetch(dataset, batched, collate_fn, drop_last)
    if not batched:
        return lambda index: collate_fn(dataset[index])
    if collate_fn is default_collate:
        if _plain(dataset):
            return _tensor_fetch(dataset)
        if type(dataset) is Subset and _plain(dataset.dataset):
            return _tensor_fetch(dataset.dataset, dataset.indices)
    fetch_all = getattr(dataset, "__getitems__", None)
    if callable(fetch_all):
        return lambda indices: collate_fn(fetch_all(indices))
    return lambda indices: collate_fn([dataset[index] for index in indices])


def _iterable_fetch(dataset: Any, batched: bool, collate_fn: Callable[[Any], Any], drop_last: bool) -> Fetch:
    samples = iter(dataset)
    ended = False

    def fetch(indices: Any) -> Any:
        nonlocal ended
        if ended:
            raise StopIteration
        if not batched:
            return collate_fn(next(samples))
        batch = []
        for _ in indices:
            try:
                batch.append(next(samples))
            except StopIteration:
                ended = True
                break
        if not batch or (drop_last and len(batch) < len(indices)):
            raise StopIteration
        return collate_fn(batch)

    return fetch
