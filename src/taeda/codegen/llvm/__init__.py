"""The writer of LLVM IR that all code generators use: values with operators, functions with structured control.

    types     LLVM's types and literals as text
    value     typed SSA values
    function  instructions, loops, branches, memory
    module    functions together, and the arguments of a kernel
"""

from taeda.codegen.llvm.function import FunctionWriter, Loop
from taeda.codegen.llvm.module import Arguments, ModuleWriter, names_of
from taeda.codegen.llvm.types import (
    BITS,
    MAXIMUM_I64,
    SIZES,
    bits_type,
    element_of,
    is_float,
    lanes_of,
    mangled,
    memory_type,
    register_type,
    vector,
)
from taeda.codegen.llvm.value import Value

__all__ = ["BITS", "MAXIMUM_I64", "SIZES", "Arguments", "FunctionWriter", "Loop", "ModuleWriter", "Value", "bits_type",
           "element_of", "is_float", "lanes_of", "mangled", "memory_type", "names_of", "register_type", "vector"]
