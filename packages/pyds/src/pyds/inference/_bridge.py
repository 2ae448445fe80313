"""What the C++ side calls. Not for users."""

from __future__ import annotations

import importlib.util
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pyds.inference import _parser, _registry
from pyds.inference._engine import Array, Engine, TensorSpec, as_array

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

_Spec = tuple[str, str, list[int]]
_Result = TypeVar("_Result")


class EngineBridge:
    """An engine with plain attributes and arrays of exactly the form C++ expects."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.inputs = [_spec(spec) for spec in engine.inputs]
        self.outputs = [_spec(spec) for spec in engine.outputs]
        self.thread_safe = bool(getattr(engine, "thread_safe", False))

    def run(self, arrays: list[Array]) -> list[Array]:
        """Run one batch; the results are contiguous and of the dtypes promised."""
        specs = self._engine.outputs
        results = self._engine.run(arrays)
        if len(results) != len(specs):
            raise ValueError(f"the engine gave {len(results)} outputs, it promised {len(specs)}")
        return [as_array(result, spec) for result, spec in zip(results, specs, strict=True)]


def _spec(spec: TensorSpec) -> _Spec:
    return (spec.name, spec.dtype, [-1 if extent is None else extent for extent in spec.shape])


def has_engine(name: str) -> bool:
    """Whether ``engine=name`` is known to Python."""
    return _registry.find_factory(name.partition(":")[0]) is not None


def load_engine(name: str, model_file: str) -> EngineBridge:
    """Load a model for ``nvinfer``."""
    return EngineBridge(_registry.load_engine(name, model_file))


def load_parser(file: str, function: str) -> Callable[..., NDArray[np.float32]]:
    """A parser with plain arguments."""
    return _plain(file, function, "parse-bbox-func-name", _parser.as_rows)


def load_classification_parser(
    file: str, function: str
) -> Callable[..., list[tuple[int, int, float, str]]]:
    """A parser of classifications with plain arguments."""
    return _plain(file, function, "parse-classifier-func-name", _parser.as_attributes)


def load_segmentation_parser(file: str, function: str) -> Callable[..., NDArray[np.int32]]:
    """A parser of pixels' classes with plain arguments."""
    return _plain(file, function, "parse-segmentation-func-name", _parser.as_class_map)


def load_instance_parser(
    file: str, function: str
) -> Callable[..., tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """A parser of boxes with masks with plain arguments."""
    return _plain(file, function, "parse-bbox-instance-mask-func-name", _parser.as_instances)


def _plain(
    file: str, function: str, key: str, check: Callable[[Any, str], _Result]
) -> Callable[..., _Result]:
    parser = _parser.load(file, function, key)
    name = f"{function} of {file}"

    def parse(
        layers: dict[str, Array], width: int, height: int, num_classes: int, threshold: float
    ) -> _Result:
        network = _parser.Network(width, height)
        return check(parser(layers, network, _parser.Parameters(num_classes, threshold)), name)

    return parse


def onnxruntime_library() -> str:
    """The library that the installed onnxruntime package carries, or an empty string."""
    found = importlib.util.find_spec("onnxruntime")
    for folder in (found.submodule_search_locations or ()) if found else ():
        for library in sorted(Path(folder).glob("capi/libonnxruntime.so*")):
            return str(library)
    return ""


def describe(error: BaseException) -> str:
    """An exception in one line: what, and where in the user's file."""
    what = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    here = str(Path(__file__).parent)
    mine = [frame for frame in frames if not frame.filename.startswith((here, "<frozen"))]
    if not mine:
        return what
    return f"{what} ({mine[-1].filename}, line {mine[-1].lineno}, in {mine[-1].name})"
