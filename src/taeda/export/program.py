"""`export` and what it gives."""

from __future__ import annotations

import copy
import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from taeda.assertions import check_type
from taeda.export.shapes import AdditionalInputs, Constraint, ShapesCollection, check, checks_of
from taeda.fx.graph import Graph
from taeda.fx.graph_module import GraphModule
from taeda.jit.program import Runner
from taeda.jit.recorder import named_examples, record
from taeda.nn import Module

__all__ = [
    "ExportBackwardSignature", "ExportGraphSignature", "ExportedProgram", "ModuleCallEntry", "ModuleCallSignature",
    "draft_export", "export",
]  # fmt: skip


@dataclass
class ExportBackwardSignature:
    """Which results of a graph are gradients. Exported graphs are forward ones: none."""

    gradients_to_parameters: dict[str, str] = field(default_factory=dict)
    gradients_to_user_inputs: dict[str, str] = field(default_factory=dict)
    loss_output: str = ""


@dataclass
class ExportGraphSignature:
    """What a graph reads and gives, by names."""

    parameters: list[str] = field(default_factory=list)
    buffers: list[str] = field(default_factory=list)
    non_persistent_buffers: list[str] = field(default_factory=list)
    lifted_tensor_constants: list[str] = field(default_factory=list)
    user_inputs: tuple[str, ...] = ()
    user_outputs: tuple[str, ...] = ()
    backward_signature: ExportBackwardSignature | None = None


@dataclass
class ModuleCallSignature:
    """Inputs and outputs of a submodule's call: structures of names."""

    inputs: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    in_spec: Any = None
    out_spec: Any = None


@dataclass
class ModuleCallEntry:
    """A submodule, by its path; "" is the whole."""

    fqn: str
    signature: ModuleCallSignature | None = None


class _Checked(Module):
    """The program as a module that checks the sizes of its inputs."""

    def __init__(self, root: Module, graph: Graph, constraints: list[Constraint]) -> None:
        super().__init__()
        check_type("UnflattenedModule", "root", root, Module)
        vars(self).update({k: v for k, v in vars(root).items() if k not in ("training",)})
        vars(self)["training"] = root.training
        vars(self)["_runner"] = Runner(graph)
        vars(self)["_constraints"] = constraints

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        names = [node.target for node in self._runner.inputs]
        values = self._runner.bind(args, kwargs)
        check(self._constraints, dict(zip(names, values, strict=True)))
        return self._runner.run(self, tuple(values), {})

    def _get_name(self) -> str:
        return "ExportedModule"


class ExportedProgram:
    """A recorded graph, the module that it reads, and what must hold of its inputs."""

    def __init__(self, root: Module, graph: Graph, examples: tuple[Any, ...], constraints: list[Constraint],
                 name: str) -> None:
        self.root, self._graph, self.example_inputs = root, graph, examples
        self.constraints, self.name = constraints, name

    @property
    def graph(self) -> Graph:
        """The calls, as an fx graph."""
        return self._graph

    @property
    def graph_module(self) -> GraphModule:
        """The calls, as an fx module that can be edited."""
        return GraphModule(self.root, copy.deepcopy(self._graph), self.name)

    @property
    def state_dict(self) -> dict[str, Any]:
        """Parameters and buffers by name."""
        return dict(self.root.state_dict())

    @property
    def constants(self) -> dict[str, Any]:
        """Tensors that are neither."""
        named = {**dict(self.root.named_parameters()), **dict(self.root.named_buffers())}
        return {n.target: operator.attrgetter(n.target)(self.root) for n in self._graph.nodes
                if n.op == "get_attr" and n.target not in named}

    @property
    def graph_signature(self) -> ExportGraphSignature:
        """What the graph reads and gives, by names."""
        kept = set(self.root.state_dict())
        buffers = [name for name, _ in self.root.named_buffers()]
        output = self._graph.output_node()
        return ExportGraphSignature(
            [name for name, _ in self.root.named_parameters()], buffers, [b for b in buffers if b not in kept],
            list(self.constants), tuple(n.name for n in self._graph.nodes if n.op == "placeholder"),
            tuple(n.name for n in output.all_input_nodes))

    @property
    def module_call_graph(self) -> list[ModuleCallEntry]:
        """The submodules."""
        return [ModuleCallEntry(name) for name, _ in self.root.named_modules()]

    @property
    def range_constraints(self) -> dict[str, tuple[int, int | None]]:
        """Bounds of the sizes that may vary, by name."""
        return {c.size.name: (c.size.min or 0, c.size.max) for c in self.constraints if not isinstance(c.size, int)}

    def parameters(self) -> Iterator[Any]:
        """The parameters."""
        return self.root.parameters()

    def named_parameters(self) -> Iterator[tuple[str, Any]]:
        """The parameters with their names."""
        return self.root.named_parameters()

    def buffers(self) -> Iterator[Any]:
        """The buffers."""
        return self.root.buffers()

    def named_buffers(self) -> Iterator[tuple[str, Any]]:
        """The buffers with their names."""
        return self.root.named_buffers()

    def module(self, check_guards: bool = True) -> Module:
        """The program as a module; with `check_guards` it checks the sizes of its inputs."""
        return _Checked(self.root, self._graph, self.constraints if check_guards else [])

    def run_decompositions(self, decomp_table: Any = None, **options: Any) -> ExportedProgram:
        """The program in smaller ops: those of a recording are what targets compile, so it is the program itself.

        A table of decompositions of your own is not there yet: NotImplementedError.
        """
        if decomp_table:
            raise NotImplementedError("run_decompositions with a table of your own is not there yet")
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Unable to call ExportedProgram directly. You should use `exported_program.module()` "
                           "instead.")

    def __str__(self) -> str:
        return f"ExportedProgram:\n{self.graph_module.code}\nRange constraints: {self.range_constraints}\n"


def export(
    mod: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, *, dynamic_shapes: Any = None,
    strict: bool = False, preserve_module_call_signature: tuple[str, ...] = (),
    prefer_deferred_runtime_asserts_over_guards: bool = False,
) -> ExportedProgram:
    """Record a module's `forward` with example inputs as a program of one graph.

    dynamic_shapes: for each input, by name or in order, which sizes may vary: {0: Dim("batch")}, or a ShapesCollection
        or AdditionalInputs. All others must be those of the examples when the program runs.
    strict, preserve_module_call_signature, prefer_deferred_runtime_asserts_over_guards: accepted; there is one way.

    Raises NotImplementedError, naming it, for what cannot be recorded.
    """
    if not isinstance(mod, Module):
        raise ValueError(f"Expected `mod` to be an instance of `torch.nn.Module`, got {type(mod)}.")
    if not isinstance(args, tuple):
        raise TypeError(f"Expecting `args` to be a tuple of example positional inputs, got {type(args)}")
    named = named_examples(mod.forward, args, kwargs or {})
    if isinstance(dynamic_shapes, ShapesCollection | AdditionalInputs):
        dynamic_shapes = dynamic_shapes.dynamic_shapes(mod, args, kwargs)
    constraints = checks_of(named, dynamic_shapes)
    check(constraints, named)
    root, graph = record(mod, args, kwargs)
    return ExportedProgram(root, graph, (args, kwargs or {}), constraints, type(mod).__name__)


def draft_export(mod: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, *, dynamic_shapes: Any = None,
                 **options: Any) -> ExportedProgram:
    """`export` without checks of sizes that may vary."""
    made = export(mod, args, kwargs, dynamic_shapes=dynamic_shapes)
    made.constraints = []
    return made
