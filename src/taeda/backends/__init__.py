"""`torch.backends`: what the libraries under PyTorch offer, answered for Taeda, which has one code generator instead.

Settings that PyTorch accepts on a machine without the backend in question are kept and given back; none changes a
result (Taeda's results are deterministic anyway).
"""

from taeda.backends import cpu, cuda, cudnn, mha, mkl, mkldnn, mps, nnpack, openmp, opt_einsum, quantized

__all__ = ["cpu", "cuda", "cudnn", "mha", "mkl", "mkldnn", "mps", "nnpack", "openmp", "opt_einsum", "quantized"]

fp32_precision = "none"
