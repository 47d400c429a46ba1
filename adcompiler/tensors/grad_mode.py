"""Whether operations are recorded: a flag of the thread, with context managers that are decorators too."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class _Mode(threading.local):
    enabled = True


_mode = _Mode()


def is_grad_enabled() -> bool:
    """Whether operations on tensors that require gradients are recorded."""
    return _mode.enabled


class _GradMode:
    """Sets the flag in a `with` block or in every call of a decorated function."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(_mode.enabled)
        _mode.enabled = self._enabled

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _mode.enabled = self._before.pop()

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        enabled = self._enabled

        @functools.wraps(function)
        def call(*arguments: P.args, **keywords: P.kwargs) -> R:
            with _GradMode(enabled):
                return function(*arguments, **keywords)

        return call


class no_grad(_GradMode):  # noqa: N801  (PyTorch's name)
    """Do not record what happens in the block, or in the decorated function."""

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(_GradMode):  # noqa: N801  (PyTorch's name)
    """Record what happens in the block, also inside `no_grad`."""

    def __init__(self) -> None:
        super().__init__(True)


class set_grad_enabled(_GradMode):  # noqa: N801  (PyTorch's name)
    """Switch recording on or off: at once, and back at the end of a `with` block."""

    def __init__(self, mode: bool) -> None:
        super().__init__(mode)
        self._before.append(_mode.enabled)
        _mode.enabled = mode

    def __enter__(self) -> None:
        _mode.enabled = self._enabled

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        _mode.enabled = self._before.pop()  # as a decorator it must not act where the function is defined
        return super().__call__(function)

    def __repr__(self) -> str:
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self._enabled})"
