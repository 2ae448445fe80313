"""What an engine is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a model.

    Attributes:
        name: As the model has it.
        shape: Batch axis first; ``None`` where the model leaves an axis open.
        dtype: ``"float32"``, ``"float16"``, ``"int8"``, ``"uint8"``, ``"int32"`` or ``"int64"``.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"


@runtime_checkable
class Engine(Protocol):
    """Runs a model on batches.

    If it has an attribute ``thread_safe`` that is true, ``run`` may be called by several threads at
    once (``workers`` of them); otherwise one call follows the other.
    """

    @property
    def inputs(self) -> Sequence[TensorSpec]:
        """The model's inputs; ``nvinfer`` feeds exactly one."""

    @property
    def outputs(self) -> Sequence[TensorSpec]:
        """The model's outputs."""

    def run(self, batch: Sequence[Array]) -> Sequence[Any]:
        """Run one batch.

        Args:
            batch: One array per input, N first. Views of memory that is reused after the call: copy
                what you keep.

        Returns:
            One tensor per output, N first: NumPy arrays or anything with ``__dlpack__``.
        """


#: Loads the model file; the second argument is what follows ``:`` in ``engine=NAME:ARGUMENT``.
EngineFactory = Callable[[str, str], Engine]

_DTYPES = ("float32", "float16", "int8", "uint8", "int32", "int64")


def as_array(tensor: object, spec: TensorSpec) -> Array:
    """The tensor as a contiguous NumPy array of the dtype promised, copied only if it must be."""
    if isinstance(tensor, np.ndarray):
        array = tensor
    elif hasattr(tensor, "__dlpack__"):
        on_cpu = getattr(tensor, "cpu", None)  # torch tensors on a device come home first
        array = np.from_dlpack(on_cpu() if on_cpu else tensor)
    else:
        array = np.asarray(tensor)
    if spec.dtype not in _DTYPES:
        raise ValueError(
            f"output {spec.name!r} has dtype {spec.dtype!r}; allowed are {', '.join(_DTYPES)}"
        )
    return np.ascontiguousarray(array, dtype=spec.dtype)
