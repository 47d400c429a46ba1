"""The tensor: an ndarray, its place in the recorded graph, and its gradient.

Operators, functions and methods are attached by `adcompiler.tensors.methods`; this module knows no operation.
"""

from __future__ import annotations

import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from adcompiler.tensors import printing
from adcompiler.tensors.accumulate import AccumulateGrad
from adcompiler.tensors.dtypes import DType, dtype_of, tensor_type_name
from adcompiler.tensors.node import Array, Cotangent, Edge, HookHandle, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adcompiler.tensors.views import View

_CHANGED_FLAG = (
    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph "
    "that doesn't require differentiation use var_no_grad = var.detach()."
)
_GRAD_OF_NON_LEAF = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, "
    "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access "
    "the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)
_GRAD_DTYPE = (
    "attempting to assign a gradient with dtype '{}' to a tensor with grad_dtype '{}'. The gradient must match the "
    "tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with a "
    "specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and "
    "its gradient may break downstream systems that assume they match."
)


class Size(tuple[int, ...]):
    """A shape, printed as PyTorch does."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        return int(np.prod(self, dtype=np.int64))


class Version:
    """How often a buffer has been written into; shared by everything that shares the buffer."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class Tensor:
    """An array that can record what is computed from it.

    Parameters
    ----------
    data : ndarray or nested sequence of numbers
        An ndarray is shared, not copied; numbers become float32 (use `tensor` to keep integers).
    requires_grad : bool
        Whether operations on it are recorded and `backward` fills its `.grad`.

    Examples
    --------
    >>> from adcompiler.tensors import tensor
    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = (
        "__weakref__",
        "_accumulator",
        "_grad_fn",
        "_grad_fn_count",
        "_requires_grad",
        "array",
        "leaf_hooks",
        "output_number",
        "post_accumulate_hooks",
        "stored_grad",
        "version",
        "view_of",
    )

    __array_priority__ = 1000

    array: Array
    """The elements; writing into them directly escapes the check of saved values."""
    stored_grad: Tensor | None
    view_of: View | None

    def __init__(self, data: Any = (), *, requires_grad: bool = False) -> None:
        self._initialise(data if isinstance(data, np.ndarray) else np.array(data, dtype=np.float32))
        if requires_grad:
            self.requires_grad_()

    def _initialise(self, array: Array) -> None:
        self.array = array
        self.version = Version()
        self.output_number = 0
        self.stored_grad = None
        self.view_of = None
        self.leaf_hooks: OrderedDict[int, Any] = OrderedDict()
        self.post_accumulate_hooks: OrderedDict[int, Any] = OrderedDict()
        self._requires_grad = False
        self._grad_fn: Node | None = None
        self._grad_fn_count = 0
        self._accumulator: weakref.ref[AccumulateGrad] | None = None

    @classmethod
    def of(cls, array: Any, version: Version | None = None) -> Tensor:
        """A plain tensor around an array, which is shared; `version` where another tensor shares it too."""
        result = cls.__new__(cls)
        result._initialise(np.asarray(array))
        if version is not None:
            result.version = version
            result._grad_fn_count = version.count
        return result

    @classmethod
    def in_graph(cls, array: Array, edge: Edge | None, version: Version | None = None) -> Tensor:
        """A tensor whose cotangent goes along `edge`."""
        result = cls.of(array, version)
        if edge is not None:
            result._requires_grad = True
            if isinstance(edge.node, AccumulateGrad):
                result._accumulator = weakref.ref(edge.node)
            else:
                result.set_history(edge.node, edge.output)
        return result

    def set_history(self, node: Node, output: int = 0) -> None:
        """Say that this tensor, as it is now, is an output of `node`."""
        self._grad_fn = node
        self._grad_fn_count = self.version.count
        self._requires_grad = True
        self.output_number = output

    def edge(self) -> Edge | None:
        """Where the cotangent of this tensor goes; None if it does not require one."""
        node = self.grad_fn
        if node is not None:
            return Edge(node, self.output_number)
        if not self._requires_grad:
            return None
        accumulator = None if self._accumulator is None else self._accumulator()
        if accumulator is None:
            accumulator = AccumulateGrad(self)
            self._accumulator = weakref.ref(accumulator)
        return Edge(accumulator, 0)

    # Flags

    @property
    def grad_fn(self) -> Node | None:
        """The node that made this tensor; None for a leaf."""
        view = self.view_of
        if view is not None and view.tracked and self._grad_fn_count != self.version.count and view.base.requires_grad:
            self.set_history(*view.grad_fn_now())
        return self._grad_fn

    @property
    def is_leaf(self) -> bool:
        """Whether it was not computed from tensors that require gradients."""
        return self.grad_fn is None

    @property
    def requires_grad(self) -> bool:
        """Whether what is computed from it is recorded."""
        return self._requires_grad or self.grad_fn is not None

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        if not self.is_leaf:
            if not flag:
                raise RuntimeError(_CHANGED_FLAG)
            return
        if flag and not self.dtype.is_differentiable:
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        self._requires_grad = bool(flag)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set the flag, in place."""
        self.requires_grad = requires_grad
        return self

    # Gradients

    @property
    def grad(self) -> Tensor | None:
        """The gradient accumulated by `backward`."""
        if self.stored_grad is None and self._requires_grad and not self.is_leaf and not self.retains_grad:
            warnings.warn(_GRAD_OF_NON_LEAF, UserWarning, stacklevel=2)
        return self.stored_grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                kind = type(value).__name__
                raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {kind}")
            if value.array.shape != self.array.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.array.shape)}' to a tensor of size "
                    f"'{list(self.array.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(_GRAD_DTYPE.format(value.dtype.legacy_name.lower(), self.dtype.legacy_name))
        self.stored_grad = value

    @grad.deleter
    def grad(self) -> None:
        self.stored_grad = None

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Compute the gradients of this tensor and accumulate them into the leaves it depends on.

        Parameters
        ----------
        gradient : Tensor, optional
            The cotangent of this tensor, of its shape; one for a tensor with one element.
        retain_graph : bool
            Keep the graph, so that `backward` can be called again (default: as `create_graph`).
        create_graph : bool
            Record this sweep too, for higher derivatives.
        inputs : sequence of Tensor, optional
            Accumulate into these only.

        Raises
        ------
        RuntimeError
            There is no graph, it has been freed, a value it needs has been overwritten, or `gradient` is missing or
            of another shape.
        """
        from adcompiler.tensors import autograd

        autograd.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was asked for."""
        node = self.grad_fn
        return node is not None and self.output_number in node.retained

    def retain_grad(self) -> None:
        """Have `backward` fill `.grad` of this tensor although it is not a leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        node = self.grad_fn
        if node is None or self.retains_grad:
            return
        reference = weakref.ref(self)

        def store(cotangent: Cotangent) -> None:
            tensor = reference()
            if tensor is not None:
                recorded = isinstance(cotangent, Tensor)
                tensor.stored_grad = cotangent if recorded else Tensor.of(np.array(cotangent, order="C"))

        node.retained[self.output_number] = store

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> HookHandle:
        """Call `hook(grad)` with the whole gradient of this tensor in a sweep; what it returns replaces it."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        node = self.grad_fn
        return HookHandle(self.leaf_hooks if node is None else node.hooks_of_output(self.output_number), hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> HookHandle:
        """Call `hook(leaf)` each time after its `.grad` was added to."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not self.is_leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        return HookHandle(self.post_accumulate_hooks, hook)

    # The elements, out of the graph

    @property
    def data(self) -> Tensor:
        """The same elements as a plain tensor; writing into it escapes the check of saved values."""
        return Tensor.of(self.array)

    @data.setter
    def data(self, value: Tensor) -> None:
        self.array = value.array

    def detach(self) -> Tensor:
        """The same elements as a plain tensor."""
        return Tensor.of(self.array, self.version)

    def detach_(self) -> Tensor:
        """Forget how this tensor was computed."""
        if self.view_of is not None:
            raise RuntimeError(
                "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) "
                "for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and "
                "hence detach_() cannot be called on these gradients. To fix this error, please refer to the "
                "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
            )
        self._grad_fn = None
        self._requires_grad = False
        self.output_number = 0
        return self

    def numpy(self, *, force: bool = False) -> Array:
        """The elements as an ndarray, which is shared."""
        if self.requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.array

    def item(self) -> Any:
        """The one element as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists."""
        return self.array.tolist()

    # Shape and type

    @property
    def shape(self) -> Size:
        """Length of each axis."""
        return Size(self.array.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.array.ndim

    @property
    def dtype(self) -> DType:
        """The element type."""
        return dtype_of(self.array.dtype)

    @property
    def device(self) -> str:
        """Where the elements are."""
        return "cpu"

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return self.array.itemsize

    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or the length of one axis."""
        return self.shape if dim is None else self.array.shape[dim]

    def type(self) -> str:
        """The type as in messages: `torch.FloatTensor`."""
        return tensor_type_name(self.array.dtype)

    @property
    def _version(self) -> int:
        return self.version.count

    @property
    def _base(self) -> Tensor | None:
        return None if self.view_of is None else self.view_of.base

    def __repr__(self) -> str:
        node = self.grad_fn
        return printing.describe(self.array, None if node is None else type(node).__name__, self.requires_grad)

    def __format__(self, specification: str) -> str:
        if self.array.ndim == 0:
            return format(self.item(), specification)
        return object.__format__(self, specification)

    def __hash__(self) -> int:
        return id(self)  # `==` compares elements, but two tensors are never one key

    if TYPE_CHECKING:
        # Operators and the methods attached by `adcompiler.tensors.methods`.
        def __getattr__(self, name: str) -> Any: ...
        def __add__(self, other: Any) -> Tensor: ...
        def __radd__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __rsub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __rmul__(self, other: Any) -> Tensor: ...
        def __truediv__(self, other: Any) -> Tensor: ...
        def __rtruediv__(self, other: Any) -> Tensor: ...
        def __pow__(self, other: Any) -> Tensor: ...
        def __rpow__(self, other: Any) -> Tensor: ...
        def __matmul__(self, other: Any) -> Tensor: ...
        def __rmatmul__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def __lt__(self, other: Any) -> Tensor: ...
        def __le__(self, other: Any) -> Tensor: ...
        def __gt__(self, other: Any) -> Tensor: ...
        def __ge__(self, other: Any) -> Tensor: ...
        def __getitem__(self, index: Any) -> Tensor: ...
        def __setitem__(self, index: Any, value: Any) -> None: ...
        def __len__(self) -> int: ...
        def __iter__(self) -> Iterator[Tensor]: ...
        def __bool__(self) -> bool: ...
        def __float__(self) -> float: ...
        def __int__(self) -> int: ...
