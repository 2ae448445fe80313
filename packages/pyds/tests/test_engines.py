"""Engines in Python run models for nvinfer as the C++ engine does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from packages.pyds.tests.inference_support import (
    PATTERN,
    constant_model,
    identity_model,
    infer,
    model,
    write_config,
)
from packages.pyds.tests.pipelines import PipelineError, needs_data
from pyds import inference

SOURCE = PATTERN.format(frames=6, pattern="smpte")


class BoxEngine:
    """Sees one box in every frame, and remembers how it was called."""

    inputs = (inference.TensorSpec("in", (None, 3, 32, 32)),)
    outputs = (inference.TensorSpec("out", (None, 1, 6)),)

    def __init__(self) -> None:
        self.batches: list[tuple[int, ...]] = []
        self.inside = 0
        self.most_inside = 0
        self._lock = threading.Lock()

    def run(self, batch: Sequence[inference.Array]) -> Sequence[Any]:
        with self._lock:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        self.batches.append(batch[0].shape)
        assert batch[0].dtype == np.float32
        row = np.array([8, 8, 24, 24, 0.75, 0], np.float64)  # of another dtype: is converted
        with self._lock:
            self.inside -= 1
        return [np.tile(row, (len(batch[0]), 1, 1))]


def test_engine_registered_by_name_is_called_once_per_batch(tmp_path: Path) -> None:
    engine = BoxEngine()
    inference.register_engine("boxes", lambda file, argument: engine)
    config = write_config(tmp_path, onnx_file="any.model", engine="boxes", cluster_mode=4)
    frames = infer(config, SOURCE, "workers=3")
    assert [len(frame.objects) for frame in frames] == [1] * 6
    assert frames[0].objects[0]["confidence"] == 0.75
    assert engine.batches == [(1, 3, 32, 32)] * 6
    assert engine.most_inside == 1  # it does not say that it is thread-safe


def test_factory_gets_the_file_and_the_argument(tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []

    def factory(file: str, argument: str) -> BoxEngine:
        seen.append((file, argument))
        return BoxEngine()

    inference.register_engine("asked", factory)
    config = write_config(tmp_path, onnx_file="m.model", engine="asked:gpu:1", cluster_mode=4)
    infer(config, SOURCE)
    assert seen == [(str(tmp_path / "m.model"), "gpu:1")]


def test_python_onnxruntime_gives_what_the_native_engine_gives(tmp_path: Path) -> None:
    file = identity_model(tmp_path, ("N", 3, 32, 48))
    outputs = []
    for engine in ("onnxruntime", "onnxruntime:cpu"):
        config = write_config(
            tmp_path, onnx_file=file, engine=engine, network_type=100, output_tensor_meta=1
        )
        outputs.append([frame.tensors for frame in infer(config, SOURCE)])
    assert len(outputs[0]) == 6
    for native, python in zip(*outputs, strict=True):
        assert native is not None
        assert python is not None
        np.testing.assert_array_equal(native["out"], python["out"])


def test_dlpack_tensors_are_taken(tmp_path: Path) -> None:
    class Tensor:
        """Has DLPack and nothing else, as tensors of other libraries."""

        def __init__(self, array: inference.Array) -> None:
            self._array = array

        def __dlpack__(self, **arguments: Any) -> Any:
            return self._array.__dlpack__(**arguments)

        def __dlpack_device__(self) -> tuple[int, int]:
            return self._array.__dlpack_device__()

    class DlpackEngine(BoxEngine):
        def run(self, batch: Sequence[inference.Array]) -> Sequence[Any]:
            return [Tensor(array.astype(np.float32)) for array in super().run(batch)]

    inference.register_engine("dlpack", lambda file, argument: DlpackEngine())
    config = write_config(tmp_path, onnx_file="m", engine="dlpack", cluster_mode=4)
    assert all(len(frame.objects) == 1 for frame in infer(config, SOURCE))


def test_engine_that_raises_ends_the_stream_with_what_and_where(tmp_path: Path) -> None:
    class Broken(BoxEngine):
        def run(self, batch: Sequence[inference.Array]) -> Sequence[Any]:
            raise RuntimeError("out of coffee")

    inference.register_engine("broken", lambda file, argument: Broken())
    config = write_config(tmp_path, onnx_file="m", engine="broken", cluster_mode=4)
    with pytest.raises(PipelineError, match=r"out of coffee .*test_engines\.py"):
        infer(config, SOURCE)


def test_engine_that_lacks_run_is_refused(tmp_path: Path) -> None:
    inference.register_engine("shapeless", lambda file, argument: object())  # type: ignore[arg-type,return-value]
    config = write_config(tmp_path, onnx_file="m", engine="shapeless")
    with pytest.raises(PipelineError, match="lacks inputs, outputs or run"):
        infer(config, SOURCE)


def test_unknown_provider_lists_those_there_are(tmp_path: Path) -> None:
    file = constant_model(tmp_path, [[8, 8, 24, 24, 0.9, 0]])
    config = write_config(tmp_path, onnx_file=file, engine="onnxruntime:quantum")
    with pytest.raises(PipelineError, match=r"'quantum'.*CPUExecutionProvider"):
        infer(config, SOURCE)


def test_name_with_a_colon_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        inference.register_engine("a:b", lambda file, argument: BoxEngine())


def test_load_engine_gives_the_engine_to_python(tmp_path: Path) -> None:
    engine = inference.load_engine("onnxruntime:cpu", str(identity_model(tmp_path)))
    assert engine.inputs[0] == inference.TensorSpec("in", (None, 3, 32, 32), "float32")
    batch = np.random.default_rng(1).random((2, 3, 32, 32), np.float32)
    np.testing.assert_array_equal(engine.run([batch])[0], batch)
    with pytest.raises(LookupError, match="known are"):
        inference.load_engine("nobody", "m.onnx")


@needs_data
def test_real_model_through_python_gives_the_same_boxes(tmp_path: Path) -> None:
    results = []
    for engine in ("onnxruntime", "onnxruntime:cpu"):
        config = write_config(
            tmp_path,
            onnx_file=model("yolox_nano_416_dyn.onnx"),
            engine=engine,
            model_color_format=1,
            cluster_mode=2,
            classes={"all": {"pre_cluster_threshold": 0.05}},
        )
        frames = infer(config, SOURCE)
        results.append([[obj["box"] for obj in frame.objects] for frame in frames])
    assert results[0] == results[1]
