"""Neural networks, under PyTorch's names."""

from adcompiler.nn import functional

__all__ = ["functional"]
