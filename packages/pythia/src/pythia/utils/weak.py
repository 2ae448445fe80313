"""Callbacks that do not keep their owner alive."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["weak_method"]


def weak_method(method: Callable[..., Any], default: Any = None) -> Callable[..., Any]:
    """Return a function that calls a bound method while its object lives, else returns `default`.

    For signals and probes: GStreamer holds the function, and where the object in turn holds the
    element, Python's garbage collector cannot see the circle.
    """
    reference = weakref.WeakMethod(method)

    def call(*args: Any) -> Any:
        alive = reference()
        return default if alive is None else alive(*args)

    return call
