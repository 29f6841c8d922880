"""Kernels of matrices stored as rows of entries: products with strided matrices, and the order of entries."""
