"""ONNX models through the Python package onnxruntime, for execution providers on devices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyds.inference._engine import Array, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnxruntime

_DTYPES = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(int8)": "int8",
    "tensor(uint8)": "uint8",
    "tensor(bool)": "uint8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
}


def find_provider(name: str, available: Sequence[str]) -> str:
    """The execution provider meant by ``cuda``, ``TensorRT`` or ``CUDAExecutionProvider``.

    Raises:
        ValueError: this onnxruntime has no such provider.
    """
    wanted = name.lower().removesuffix("executionprovider")
    for provider in available:
        if provider.lower().removesuffix("executionprovider") == wanted:
            return provider
    raise ValueError(
        f"onnxruntime has no execution provider {name!r}, only {', '.join(available)}; "
        "for NVIDIA GPUs: pip install onnxruntime-gpu"
    )


class OnnxRuntimeEngine:
    """A session of the onnxruntime package."""

    thread_safe = True

    def __init__(self, model_file: str, provider: str) -> None:
        import onnxruntime

        if not Path(model_file).is_file():
            raise FileNotFoundError(f"model file '{model_file}' does not exist: check onnx-file")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # workers run side by side
        options.inter_op_num_threads = 1
        chosen = find_provider(provider, onnxruntime.get_available_providers())
        # What the provider cannot run falls back to the CPU.
        providers = list(dict.fromkeys([chosen, "CPUExecutionProvider"]))
        self._session = onnxruntime.InferenceSession(model_file, options, providers=providers)
        self._inputs = [_spec(node) for node in self._session.get_inputs()]
        self._outputs = [_spec(node) for node in self._session.get_outputs()]
        self._names = [spec.name for spec in self._outputs]

    @property
    def inputs(self) -> Sequence[TensorSpec]:
        """The model's inputs."""
        return self._inputs

    @property
    def outputs(self) -> Sequence[TensorSpec]:
        """The model's outputs."""
        return self._outputs

    def run(self, batch: Sequence[Array]) -> Sequence[Array]:
        """Run one batch."""
        feed = {spec.name: array for spec, array in zip(self._inputs, batch, strict=True)}
        results: Sequence[Array] = self._session.run(self._names, feed)
        return results


def _spec(node: onnxruntime.NodeArg) -> TensorSpec:
    dtype = _DTYPES.get(node.type)
    if dtype is None:
        raise ValueError(
            f"'{node.name}' is {node.type}; tensors of {', '.join(sorted(set(_DTYPES.values())))} "
            "can be used"
        )
    shape = tuple(extent if isinstance(extent, int) else None for extent in node.shape)
    return TensorSpec(node.name, shape, dtype)


def load(model_file: str, argument: str) -> OnnxRuntimeEngine:
    """Load a model; ``argument`` names the execution provider (default ``cpu``)."""
    return OnnxRuntimeEngine(model_file, argument or "cpu")
