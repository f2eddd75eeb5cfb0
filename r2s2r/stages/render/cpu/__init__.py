"""Rasterising on the CPU, by numba kernels."""
