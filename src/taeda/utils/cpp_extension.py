"""`torch.utils.cpp_extension`: C++ and CUDA code compiled against PyTorch's libraries.

Taeda has none of those libraries, so such code cannot be built, nor loaded: `load` and the classes that build raise
NotImplementedError, which says what can be written instead. Questions (where is CUDA, which compiler) are answered.
"""

from __future__ import annotations

import os
import shutil
from typing import Any, NoReturn

__all__ = [
    "CUDA_HOME", "ROCM_HOME", "BuildExtension", "CUDAExtension", "CppExtension", "SyclExtension",
    "check_compiler_ok_for_platform", "get_compiler_abi_compatibility_and_version", "get_cxx_compiler",
    "include_paths", "is_ninja_available", "library_paths", "load", "load_inline", "verify_ninja_availability",
]  # fmt: skip

CUDA_HOME: str | None = os.environ.get("CUDA_HOME") or os.environ.get("CUDA_PATH")
ROCM_HOME: str | None = None
CUDNN_HOME: str | None = None
IS_HIP_EXTENSION = False


def _refuse(what: str) -> NoReturn:
    raise NotImplementedError(
        f"{what}: extensions are compiled against PyTorch's C++ libraries, which Taeda does not have. An op of your "
        "own is a Python function with a decorator (taeda.ops, docs/add_an_op.md), or one of taeda.library; C++ that "
        "knows nothing of tensors can be called by ctypes on x.data_ptr()")


def load(name: str, sources: Any, *args: Any, **kwargs: Any) -> Any:
    """Compile the files `sources` and import the module `name`. Raises NotImplementedError."""
    _refuse(f"cpp_extension.load({name!r})")


def load_inline(name: str, cpp_sources: Any, *args: Any, **kwargs: Any) -> Any:
    """Compile source code and import the module `name`. Raises NotImplementedError."""
    _refuse(f"cpp_extension.load_inline({name!r})")


def CppExtension(name: str, sources: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802, PyTorch's name
    """A setuptools extension in C++. Raises NotImplementedError."""
    _refuse(f"CppExtension({name!r})")


def CUDAExtension(name: str, sources: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802, PyTorch's name
    """A setuptools extension in CUDA. Raises NotImplementedError."""
    _refuse(f"CUDAExtension({name!r})")


def SyclExtension(name: str, sources: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802, PyTorch's name
    """A setuptools extension in SYCL. Raises NotImplementedError."""
    _refuse(f"SyclExtension({name!r})")


class BuildExtension:
    """The setuptools command that builds extensions. Raises NotImplementedError."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse("BuildExtension")

    @classmethod
    def with_options(cls, **options: Any) -> type[BuildExtension]:
        """The command with options."""
        return cls


def include_paths(device_type: str = "cpu", torch_include_dirs: bool = True) -> list[str]:
    """The folders of PyTorch's headers: none."""
    return []


def library_paths(device_type: str = "cpu", torch_include_dirs: bool = True,
                  cross_target_platform: str | None = None) -> list[str]:
    """The folders of PyTorch's libraries: none."""
    return []


def get_cxx_compiler() -> str:
    """The C++ compiler: that of the environment variable CXX, or c++."""
    return os.environ.get("CXX", "c++")


def check_compiler_ok_for_platform(compiler: str) -> bool:
    """Whether the compiler is there."""
    return shutil.which(compiler) is not None


def get_compiler_abi_compatibility_and_version(compiler: str) -> tuple[bool, Any]:
    """Whether what the compiler builds goes with PyTorch's libraries, of which there are none: False."""
    from taeda.version import TorchVersion

    return False, TorchVersion("0.0.0")


def is_ninja_available() -> bool:
    """Whether the program ninja is there."""
    return shutil.which("ninja") is not None


def verify_ninja_availability() -> None:
    """Raises RuntimeError unless the program ninja is there."""
    if not is_ninja_available():
        raise RuntimeError("Ninja is required to load C++ extensions (pip install ninja to get it)")
