"""Source-transforming automatic differentiation for plain Python and NumPy.

`grad`, `value_and_grad` and `vjp` differentiate a function by compiling its adjoint; `source` shows the code;
`@differentiable` does the same behind Tensors with PyTorch's `.backward()` and `.grad`. The Tensor functions carry
PyTorch's names, so that `import adcompiler as torch` runs what its autograd tutorial shows.
"""

from adcompiler import nn, rule
from adcompiler import tensors as _tensors
from adcompiler.api import Source, grad, source, stop_gradient, value_and_grad, vjp
from adcompiler.decorator import differentiable
from adcompiler.errors import DifferentiationError

__version__ = "0.1.0"

globals().update({name: getattr(_tensors, name) for name in _tensors.__all__})
globals().update(nn.functional.FUNCTIONS)

__all__ = [
    "DifferentiationError",
    "Source",
    "differentiable",
    "grad",
    "rule",
    "nn",
    "source",
    "stop_gradient",
    "value_and_grad",
    "vjp",
    *sorted({*_tensors.__all__, *nn.functional.FUNCTIONS}),
]
