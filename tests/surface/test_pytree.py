"""Trees of containers."""

from collections import OrderedDict, namedtuple

import pytest

from taeda.utils import _pytree as pytree

Point = namedtuple("Point", "x y")


def test_flatten_and_build_again():
    tree = {"b": [1, (2, None)], "a": OrderedDict(z=Point(3, 4))}
    leaves, spec = pytree.tree_flatten(tree)
    assert leaves == [1, 2, None, 3, 4] and spec.num_leaves == 5
    again = pytree.tree_unflatten([10 * (v or 0) for v in leaves], spec)
    assert again == {"b": [10, (20, 0)], "a": OrderedDict(z=Point(30, 40))} and isinstance(again["a"]["z"], Point)
    assert spec == pytree.tree_structure(tree) and hash(spec) == hash(pytree.tree_structure(tree))
    with pytest.raises(ValueError, match="has length 2 but the spec refers to a pytree that holds 5 items"):
        pytree.tree_unflatten([1, 2], spec)


def test_maps():
    assert pytree.tree_map(lambda a, b: a + b, [1, {"k": 2}], [10, {"k": 20}]) == [11, {"k": 22}]
    assert pytree.tree_map_only(int, lambda v: -v, [1, "s", (2.0, 3)]) == [-1, "s", (2.0, -3)]
    paths = [(pytree.keystr(p), v) for p, v in pytree.tree_leaves_with_path({"a": [5, Point(6, 7)]})]
    assert paths == [("['a'][0]", 5), ("['a'][1].x", 6), ("['a'][1].y", 7)]
    with pytest.raises(ValueError, match="arity"):
        pytree.tree_map(lambda a, b: a, [1, 2], [1])
    assert pytree.tree_any(lambda v: v > 2, [1, [3]]) and not pytree.tree_all(lambda v: v > 2, [1, [3]])
    assert pytree._broadcast_to_and_flatten(7, pytree.tree_structure([1, [2, 3]])) == [7, 7, 7]
