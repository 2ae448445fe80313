"""Inference engines and output parsers written in Python, for ``nvinfer``.

``nvinfer`` runs ONNX models without Python. Two things may be in Python:

**Engines** run a model: any object with ``inputs``, ``outputs`` and ``run`` (:class:`Engine`). The
configuration names one with ``engine=NAME`` or ``engine=NAME:ARGUMENT``; names are registered with
:func:`register_engine`, or by packages as entry points of the group ``pyds.inference``. Built in:

- ``onnxruntime``: the default, in C++.
- ``onnxruntime:cpu``, ``onnxruntime:cuda``, ``onnxruntime:tensorrt``...: the Python package
  ``onnxruntime`` (or ``onnxruntime-gpu``) with that execution provider.

**Parsers** turn output tensors into boxes: a function in a file named by ``custom-lib-path``, by
the name in ``parse-bbox-func-name``. It is called once per frame::

    def parse(layers, network, params):
        rows = layers["output0"]                  # NumPy view, without the batch axis
        rows = rows[rows[:, 4] >= params.threshold]
        return rows                               # (N, 6): x1, y1, x2, y2, confidence, class id

in pixels of the network's input (``network.width``, ``network.height``). Clustering, thresholds of
each class and the way back to frame pixels follow as for the built-in parsers. Functions are called
on worker threads, one at a time as the GIL has it.

A classifier's parser is named by ``parse-classifier-func-name`` and gives attributes instead::

    def parse(layers, network, params):
        scores = layers["color"]
        best = scores.argmax()
        if scores[best] < params.threshold:
            return []
        return [(0, best, scores[best], "red")]   # attribute, class, confidence and maybe a label

``parse-segmentation-func-name`` names a function that returns the class of each pixel instead,
(height, width) of integers with -1 for none; ``parse-bbox-instance-mask-func-name`` one that
returns a tuple: the boxes, and a mask for each, (N, mask height, mask width) of floats.
"""

from __future__ import annotations

from pyds.inference._engine import Array, Engine, EngineFactory, TensorSpec
from pyds.inference._parser import (
    Attribute,
    ClassificationParser,
    InstanceParser,
    Network,
    Parameters,
    Parser,
    SegmentationParser,
)
from pyds.inference._registry import load_engine, register_engine

__all__ = [
    "Array",
    "Attribute",
    "ClassificationParser",
    "Engine",
    "EngineFactory",
    "InstanceParser",
    "Network",
    "Parameters",
    "Parser",
    "SegmentationParser",
    "TensorSpec",
    "load_engine",
    "register_engine",
]
