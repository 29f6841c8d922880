"""Generator: a seed and a count."""

import copy
import pickle

import pytest
from same_as_torch import agree, taeda

from taeda import _core


@pytest.mark.parametrize(
    "source",
    [
        "torch.Generator().initial_seed()",
        "torch.Generator().manual_seed(2**64 - 1).initial_seed()",
        "torch.Generator().manual_seed(-5).initial_seed()",
        "torch.Generator().manual_seed(2**64)",
        "torch.Generator().manual_seed('a')",
        "torch.Generator().device",
        "torch.Generator(device='cpu').device",
        "torch.Generator().set_state(torch.ones(3))",
        "torch.Generator().manual_seed(-2**63).initial_seed()",
        "torch.Generator().manual_seed(-2**63 - 1)",
    ],
)
def test_like_torch(source: str) -> None:
    agree(source)


def test_reserving_goes_on() -> None:
    g = taeda.Generator().manual_seed(7)
    assert [_core.reserve_random(g, n) for n in (1, 10, 2**40, 1)] == [(7, 0), (7, 1), (7, 11), (7, 11 + 2**40)]
    assert g.manual_seed(7) is g and _core.reserve_random(g, 1) == (7, 0)
    with pytest.raises(TypeError, match="must be torch.Generator, not int"):
        _core.reserve_random(3, 1)


def test_state() -> None:
    g = taeda.Generator().manual_seed(2**64 - 1)
    _core.reserve_random(g, 5)
    state = g.get_state()
    assert state.dtype is taeda.uint8 and state.shape == (16,)
    h = taeda.Generator().set_state(state)
    assert _core.reserve_random(h, 1) == _core.reserve_random(g, 1) == (2**64 - 1, 5)
    with pytest.raises(RuntimeError, match="found the input RNG state size to be 3"):
        g.set_state(state[:3])
    with pytest.raises(TypeError):
        g.set_state([1])


def test_copies_go_their_own_way() -> None:
    g = taeda.Generator().manual_seed(3)
    _core.reserve_random(g, 4)
    for h in (g.clone_state(), copy.deepcopy(g), pickle.loads(pickle.dumps(g))):
        assert _core.reserve_random(h, 2) == (3, 4)
    assert _core.reserve_random(g, 1) == (3, 4)


def test_seeds_differ() -> None:
    g = taeda.Generator()
    assert len({g.seed() for _ in range(10)}) == 10 and g.seed() == g.initial_seed()


def test_default() -> None:
    state = _core.default_generator.get_state()
    _core.default_generator.manual_seed(5)
    assert _core.reserve_random(None, 1) == (5, 0) and _core.reserve_random(_core.default_generator, 1) == (5, 1)
    _core.default_generator.set_state(state)
