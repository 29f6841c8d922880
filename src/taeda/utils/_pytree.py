"""Trees of Python containers: flatten them to a list of leaves, build them again, map over them.

The containers are list, tuple, named tuple, dict, OrderedDict, defaultdict, deque, and the types registered by
`register_pytree_node`; everything else, None included, is a leaf. The names and the order of leaves are those of
`torch.utils._pytree`, which many libraries use.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

Context = Any
PyTree = Any
FlattenFunc = Callable[[PyTree], tuple[list[Any], Context]]
UnflattenFunc = Callable[[Iterable[Any], Context], PyTree]


class NodeDef(NamedTuple):
    """How a container is taken apart and built."""

    type: type[Any]
    flatten_fn: FlattenFunc
    unflatten_fn: UnflattenFunc
    keys_fn: Callable[[PyTree], list[Any]] | None = None


@dataclass(frozen=True)
class SequenceKey:
    """A step of a path: the place in a sequence."""

    idx: int

    def __str__(self) -> str:
        return f"[{self.idx!r}]"

    def get(self, parent: Any) -> Any:
        return parent[self.idx]


@dataclass(frozen=True)
class MappingKey:
    """A step of a path: the key in a mapping."""

    key: Any

    def __str__(self) -> str:
        return f"[{self.key!r}]"

    def get(self, parent: Any) -> Any:
        return parent[self.key]


@dataclass(frozen=True)
class GetAttrKey:
    """A step of a path: the name of an attribute."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"

    def get(self, parent: Any) -> Any:
        return getattr(parent, self.name)


def _numbered(values: Any) -> list[Any]:
    return [SequenceKey(k) for k in range(len(values))]


def _keyed(values: Any) -> list[Any]:
    return [MappingKey(k) for k in values]


SUPPORTED_NODES: dict[type[Any], NodeDef] = {
    d.type: d
    for d in (
        NodeDef(list, lambda x: (list(x), None), lambda v, c: list(v), _numbered),
        NodeDef(tuple, lambda x: (list(x), None), lambda v, c: tuple(v), _numbered),
        NodeDef(dict, lambda x: (list(x.values()), list(x)), lambda v, c: dict(zip(c, v, strict=True)), _keyed),
        NodeDef(OrderedDict, lambda x: (list(x.values()), list(x)),
                lambda v, c: OrderedDict(zip(c, v, strict=True)), _keyed),
        NodeDef(defaultdict, lambda x: (list(x.values()), [x.default_factory, list(x)]),
                lambda v, c: defaultdict(c[0], zip(c[1], v, strict=True)), _keyed),
        NodeDef(deque, lambda x: (list(x), x.maxlen), lambda v, c: deque(v, maxlen=c), _numbered),
    )
}  # fmt: skip
_NAMED = NodeDef(
    tuple, lambda x: (list(x), type(x)), lambda v, c: c(*v), lambda x: [GetAttrKey(n) for n in type(x)._fields]
)
SUPPORTED_NODES[cast(Any, namedtuple)] = _NAMED


def _dict_flatten(d: dict[Any, Any]) -> tuple[list[Any], Context]:
    return SUPPORTED_NODES[dict].flatten_fn(d)


def _dict_unflatten(values: Iterable[Any], context: Context) -> dict[Any, Any]:
    return dict(zip(context, values, strict=True))


def _dict_flatten_with_keys(d: dict[Any, Any]) -> tuple[list[tuple[Any, Any]], Context]:
    """The children of a dict with their keys, for types registered like it."""
    values, context = _dict_flatten(d)
    return [(MappingKey(k), v) for k, v in zip(context, values, strict=True)], context


def _list_flatten(d: list[Any]) -> tuple[list[Any], Context]:
    """The children of a list, and nothing else."""
    return list(d), None


def _list_unflatten(values: Iterable[Any], context: Context) -> list[Any]:
    """The list of these children."""
    return list(values)


def _list_flatten_with_keys(d: list[Any]) -> tuple[list[tuple[Any, Any]], Context]:
    """The children of a list with their places."""
    return [(SequenceKey(k), v) for k, v in enumerate(d)], None


def register_pytree_node(
    cls: type[Any],
    flatten_fn: FlattenFunc,
    unflatten_fn: UnflattenFunc,
    *,
    serialized_type_name: str | None = None,
    to_dumpable_context: Any = None,
    from_dumpable_context: Any = None,
    flatten_with_keys_fn: Callable[[PyTree], tuple[list[tuple[Any, Any]], Context]] | None = None,
) -> None:
    """Make `cls` a container. `flatten_fn` gives its children and what else is needed to build it again."""
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    keys = None if flatten_with_keys_fn is None else lambda x: [k for k, _ in flatten_with_keys_fn(x)[0]]
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn, keys)


def _register_pytree_node(
    cls: type[Any], flatten_fn: FlattenFunc, unflatten_fn: UnflattenFunc, to_str_fn: Any = None,
    maybe_from_str_fn: Any = None, **options: Any,
) -> None:
    """The older form of register_pytree_node."""
    register_pytree_node(cls, flatten_fn, unflatten_fn, **options)


def _is_leaf(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> bool:
    return tree_is_leaf(tree, is_leaf)


def is_namedtuple_instance(x: Any) -> bool:
    """Whether `x` is a named tuple."""
    return isinstance(x, tuple) and isinstance(getattr(type(x), "_fields", None), tuple)


def _get_node_type(tree: Any) -> Any:
    """What SUPPORTED_NODES has a container under: its type, `namedtuple` for all named tuples."""
    return namedtuple if is_namedtuple_instance(tree) else type(tree)


def _node_of(tree: PyTree) -> NodeDef | None:
    found = SUPPORTED_NODES.get(type(tree))
    return _NAMED if found is None and is_namedtuple_instance(tree) else found


def tree_is_leaf(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> bool:
    """Whether `tree` is no container, or `is_leaf` says that it counts as none."""
    return (is_leaf is not None and is_leaf(tree)) or _node_of(tree) is None


@dataclass(frozen=True)
class TreeSpec:
    """The shape of a tree: the type of its root (None: a leaf), what builds it, and the shapes of its children."""

    type: Any = None
    context: Context = None
    children_specs: Sequence[TreeSpec] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "children_specs", tuple(self.children_specs))

    def __hash__(self) -> int:
        return hash((self.type, repr(self.context), self.children_specs))

    @property
    def num_children(self) -> int:
        return len(self.children_specs)

    @property
    def num_leaves(self) -> int:
        return 1 if self.is_leaf() else sum(c.num_leaves for c in self.children_specs)

    @property
    def num_nodes(self) -> int:
        return 1 + sum(c.num_nodes for c in self.children_specs)

    def is_leaf(self) -> bool:
        return self.type is None

    def children(self) -> list[TreeSpec]:
        return list(self.children_specs)

    def child(self, index: int) -> TreeSpec:
        return self.children_specs[index]

    def unflatten(self, leaves: Iterable[Any]) -> PyTree:
        return tree_unflatten(leaves, self)

    def flatten_up_to(self, tree: PyTree) -> list[Any]:
        """The parts of `tree` that stand where this shape has leaves."""
        if self.is_leaf():
            return [tree]
        node = _node_of(tree)
        if node is None or type(tree) is not self.type:
            raise ValueError(f"Type mismatch; expected {self.type!r}, but got {type(tree)!r}.")
        children, context = node.flatten_fn(tree)
        if len(children) != self.num_children:
            raise ValueError(f"Node arity mismatch; expected {self.num_children}, but got {len(children)}.")
        if context != self.context:
            raise ValueError(f"Node context mismatch; expected {self.context!r}, but got {context!r}.")
        return [part for c, s in zip(children, self.children_specs, strict=True) for part in s.flatten_up_to(c)]


LeafSpec = TreeSpec
_LEAF = TreeSpec()


def treespec_leaf() -> TreeSpec:
    """The shape of a leaf."""
    return _LEAF


def tree_flatten(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of `tree` from left to right, and its shape.

    Example::

        >>> from taeda.utils._pytree import tree_flatten
        >>> tree_flatten({"a": [1, 2], "b": 3})[0]
        [1, 2, 3]
    """
    leaves: list[Any] = []

    def walk(t: PyTree) -> TreeSpec:
        node = None if is_leaf is not None and is_leaf(t) else _node_of(t)
        if node is None:
            leaves.append(t)
            return _LEAF
        children, context = node.flatten_fn(t)
        return TreeSpec(type(t), context, tuple(walk(c) for c in children))

    spec = walk(tree)
    return leaves, spec


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> PyTree:
    """The tree of this shape with these leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"tree_unflatten(leaves, treespec): Expected `treespec` to be instance of TreeSpec but got "
                        f"item of type {type(treespec)}.")
    given = list(leaves)
    if len(given) != treespec.num_leaves:
        raise ValueError(f"tree_unflatten(leaves, treespec): `leaves` has length {len(given)} but the spec refers to a "
                         f"pytree that holds {treespec.num_leaves} items ({treespec}).")
    rest = iter(given)

    def build(spec: TreeSpec) -> PyTree:
        if spec.is_leaf():
            return next(rest)
        node = SUPPORTED_NODES.get(spec.type, _NAMED)
        return node.unflatten_fn([build(c) for c in spec.children_specs], spec.context)

    return build(treespec)


def tree_iter(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> Iterator[Any]:
    """The leaves of `tree`, one after the other."""
    node = None if is_leaf is not None and is_leaf(tree) else _node_of(tree)
    if node is None:
        yield tree
        return
    for child in node.flatten_fn(tree)[0]:
        yield from tree_iter(child, is_leaf)


def tree_leaves(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> list[Any]:
    """The leaves of `tree`."""
    return list(tree_iter(tree, is_leaf))


def arg_tree_leaves(*args: PyTree, **kwargs: PyTree) -> list[Any]:
    """The leaves of all arguments."""
    return tree_leaves(args) + tree_leaves(kwargs)


def tree_structure(tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> TreeSpec:
    """The shape of `tree`."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[PyTree], bool] | None = None
) -> PyTree:
    """The tree with `func` applied to each leaf (and to the parts of `rests` that stand in its place)."""
    leaves, spec = tree_flatten(tree, is_leaf)
    parts = [leaves, *(spec.flatten_up_to(r) for r in rests)]
    return tree_unflatten([func(*x) for x in zip(*parts, strict=True)], spec)


def tree_map_(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[PyTree], bool] | None = None
) -> PyTree:
    """`tree` itself, after `func` was called on each leaf."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def map_only(type_or_types_or_pred: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Make a function of leaves that leaves those of other types alone."""
    if isinstance(type_or_types_or_pred, (type, tuple)):
        def chosen(x: Any) -> bool:
            return isinstance(x, type_or_types_or_pred)
    elif callable(type_or_types_or_pred):
        chosen = type_or_types_or_pred
    else:
        raise TypeError("Argument must be a type, a tuple of types, or a callable.")
    return lambda func: lambda x: func(x) if chosen(x) else x


def tree_map_only(
    type_or_types_or_pred: Any, func: Callable[[Any], Any], tree: PyTree,
    is_leaf: Callable[[PyTree], bool] | None = None,
) -> PyTree:
    """`tree_map` over the leaves of the given types (or for which the predicate holds)."""
    return tree_map(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_map_only_(
    type_or_types_or_pred: Any, func: Callable[[Any], Any], tree: PyTree,
    is_leaf: Callable[[PyTree], bool] | None = None,
) -> PyTree:
    """`tree_map_` over the leaves of the given types."""
    return tree_map_(map_only(type_or_types_or_pred)(func), tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> bool:
    """Whether `pred` holds for all leaves."""
    return all(map(pred, tree_iter(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None) -> bool:
    """Whether `pred` holds for a leaf."""
    return any(map(pred, tree_iter(tree, is_leaf)))


def tree_all_only(
    types: Any, pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None
) -> bool:
    """Whether `pred` holds for all leaves of the given types."""
    return all(pred(x) for x in tree_iter(tree, is_leaf) if isinstance(x, types))


def tree_any_only(
    types: Any, pred: Callable[[Any], bool], tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None
) -> bool:
    """Whether `pred` holds for a leaf of the given types."""
    return any(pred(x) for x in tree_iter(tree, is_leaf) if isinstance(x, types))


def tree_flatten_with_path(
    tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None
) -> tuple[list[tuple[tuple[Any, ...], Any]], TreeSpec]:
    """The leaves with the way to each, and the shape."""
    found: list[tuple[tuple[Any, ...], Any]] = []

    def walk(path: tuple[Any, ...], t: PyTree) -> None:
        node = None if is_leaf is not None and is_leaf(t) else _node_of(t)
        if node is None:
            found.append((path, t))
            return
        if node.keys_fn is None:
            raise ValueError(f"Did not find a flatten_with_keys_fn for type: {type(t)}. Please pass a "
                             "flatten_with_keys_fn argument to register_pytree_node.")
        for key, child in zip(node.keys_fn(t), node.flatten_fn(t)[0], strict=True):
            walk((*path, key), child)

    walk((), tree)
    return found, tree_structure(tree, is_leaf)


def tree_leaves_with_path(
    tree: PyTree, is_leaf: Callable[[PyTree], bool] | None = None
) -> list[tuple[tuple[Any, ...], Any]]:
    """The leaves with the way to each."""
    return tree_flatten_with_path(tree, is_leaf)[0]


def tree_map_with_path(
    func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: Callable[[PyTree], bool] | None = None
) -> PyTree:
    """`tree_map` whose function gets the way to the leaf first."""
    leaves, spec = tree_flatten_with_path(tree, is_leaf)
    others = [spec.flatten_up_to(r) for r in rests]
    new = [func(path, leaf, *(o[k] for o in others)) for k, (path, leaf) in enumerate(leaves)]
    return tree_unflatten(new, spec)


def keystr(kp: Iterable[Any]) -> str:
    """The way to a leaf as text."""
    return "".join(map(str, kp))


def key_get(obj: Any, kp: Iterable[Any]) -> Any:
    """What stands at the end of a way through `obj`."""
    for key in kp:
        obj = key.get(obj)
    return obj


def _broadcast_to_and_flatten(
    tree: PyTree, treespec: TreeSpec, is_leaf: Callable[[PyTree], bool] | None = None
) -> list[Any] | None:
    """The leaves of `tree` spread over a tree of this shape; None where they do not fit."""
    if tree_is_leaf(tree, is_leaf):
        return [tree] * treespec.num_leaves
    if treespec.is_leaf() or type(tree) is not treespec.type:
        return None
    node = _node_of(tree)
    assert node is not None
    children, context = node.flatten_fn(tree)
    if len(children) != treespec.num_children or context != treespec.context:
        return None
    result: list[Any] = []
    for child, spec in zip(children, treespec.children_specs, strict=True):
        part = _broadcast_to_and_flatten(child, spec, is_leaf)
        if part is None:
            return None
        result += part
    return result
