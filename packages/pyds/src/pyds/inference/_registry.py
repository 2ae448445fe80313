"""Engines by name."""

from __future__ import annotations

from importlib.metadata import entry_points

from pyds.inference import _onnxruntime
from pyds.inference._engine import Engine, EngineFactory

ENTRY_POINTS = "pyds.inference"

_factories: dict[str, EngineFactory] = {"onnxruntime": _onnxruntime.load}


def register_engine(name: str, factory: EngineFactory) -> None:
    """Make ``engine=name`` in ``nvinfer`` configurations load models with ``factory``.

    A name registered before is replaced. ``onnxruntime`` without an argument stays the C++ engine.

    Raises:
        ValueError: the name is empty or has a colon.
    """
    if not name or ":" in name:
        raise ValueError(
            f"engine name {name!r}: expected a word without ':', what follows it is an argument"
        )
    _factories[name] = factory


def find_factory(name: str) -> EngineFactory | None:
    """The factory registered under ``name``, or one from an entry point, or ``None``."""
    if name in _factories:
        return _factories[name]
    for entry in entry_points(group=ENTRY_POINTS, name=name):
        factory: EngineFactory = entry.load()
        _factories[name] = factory
        return factory
    return None


def load_engine(engine: str, model_file: str) -> Engine:
    """Load a model with a Python engine, as ``nvinfer`` does for ``engine=``.

    Args:
        engine: ``NAME`` or ``NAME:ARGUMENT``.
        model_file: The model.

    Raises:
        LookupError: no engine has this name.
        TypeError: the factory returned something that is no :class:`Engine`.
    """
    name, _, argument = engine.partition(":")
    factory = find_factory(name)
    if factory is None:
        raise LookupError(f"no engine {name!r}; known are {', '.join(sorted(_factories))}")
    loaded = factory(model_file, argument)
    if not isinstance(loaded, Engine):
        raise TypeError(
            f"engine {name!r} gave a {type(loaded).__name__}, which lacks inputs, outputs or run()"
        )
    return loaded
