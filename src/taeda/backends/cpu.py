"""The processor."""

__all__ = ["get_cpu_capability"]


def get_cpu_capability() -> str:
    """The instruction set that kernels are made for, in PyTorch's words: DEFAULT, AVX2 or AVX512."""
    from taeda.runtime.devices import target_of

    name = target_of("cpu").name
    return "AVX512" if name.startswith("avx512") else "AVX2" if name == "avx2" else "DEFAULT"
