"""Writing an LLVM module: functions, the declarations they need, and what a kernel is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taeda.codegen.llvm.function import FunctionWriter
from taeda.codegen.llvm.value import Value
from taeda.codegen.target import Target

# Likely, unlikely, and the mark of a store past the caches.
_METADATA = '!0 = !{!"branch_weights", i32 1000, i32 1}\n!1 = !{!"branch_weights", i32 1, i32 1000}\n!2 = !{i32 1}\n'


class ModuleWriter:
    """
        module = ModuleWriter(target)
        f = module.kernel()
        (total,) = f.loop(0, f["end"], lambda i, s: (s + i,), carry=(f.constant(0),))
        f.ret(total)
        module.text()
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.functions: dict[str, FunctionWriter] = {}
        self.declarations: dict[str, None] = {}

    def declare(self, text: str) -> None:
        self.declarations[text] = None

    def function(self, name: str, parameters: Sequence[tuple[str, str]], result: str = "void",
                 internal: bool = True) -> FunctionWriter:
        """A function with parameters (type, name), to be written."""
        made = self.functions[name] = FunctionWriter(self, name, parameters, result, internal)
        return made

    def once(self, name: str, parameters: Sequence[tuple[str, str]],
             write: Callable[[FunctionWriter], None]) -> FunctionWriter:
        """The function of that name, which gives nothing; written now if it has not been."""
        if name not in self.functions:
            write(self.function(name, parameters))
        return self.functions[name]

    def kernel(self) -> FunctionWriter:
        """The entry point, with the convention of csrc/core/kernel_abi.h."""
        return self.function("kernel", [("ptr", "arguments"), ("i64", "begin"), ("i64", "end")], "i64",
                             internal=False)

    def text(self) -> str:
        functions = [f.text() for f in self.functions.values()]
        return "\n\n".join(["\n".join(self.declarations), *functions, _METADATA])


class Arguments:
    """What the kernel was given: fields of `KernelArguments`."""

    def __init__(self, f: FunctionWriter) -> None:
        self.f = f
        base = f["arguments"]
        self._data = f.load("ptr", base)
        self.integers = f.load("ptr", f.at(base, 8))
        self.scalars = f.load("ptr", f.at(base, 16))
        self.scratch = f.load("ptr", f.at(base, 24))
        self.fault = f.load("ptr", f.at(base, 32))

    def data(self, k: int) -> Value:
        return self.f.load("ptr", self.f.at(self._data, 8 * k))

    def integer(self, k: int) -> Value:
        return self.f.load("i64", self.f.at(self.integers, 8 * k))


def names_of(f: FunctionWriter, integers: Value, names: Sequence[str]) -> dict[str, Value]:
    """Loads the integers called `names`, in order, from the array `integers`."""
    return {name: f.load("i64", f.at(integers, 8 * k)) for k, name in enumerate(names)}
