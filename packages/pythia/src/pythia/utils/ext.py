"""Imports by dotted name or by path, and other small additions to Python."""

from __future__ import annotations

import importlib
import importlib.util
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

__all__ = [
    "IS_JETSON",
    "get_arch",
    "grouped",
    "import_from_path",
    "import_from_str",
    "not_empty",
    "not_none",
    "remove_prefix",
    "remove_suffix",
]

_T = TypeVar("_T")


def get_arch() -> str:
    """Return the kind of machine, such as ``x86_64`` or ``aarch64``."""
    return platform.machine()


IS_JETSON = get_arch() == "aarch64" and Path("/etc/nv_tegra_release").exists()
"""Whether this machine is a Jetson."""


def not_empty(path: Path) -> Path:
    """Return a path if its file has anything in it.

    Raises:
        EOFError: It is empty.
    """
    if not path.stat().st_size:
        raise EOFError(f"{path} is empty")
    return path


def not_none(value: _T | None) -> _T:
    """Return a value if it is one.

    Raises:
        ValueError: It is None.
    """
    if value is None:
        raise ValueError("a value is needed here, and it is None")
    return value


def grouped(iterable: Iterable[_T], size: int = 2) -> Iterator[tuple[_T, ...]]:
    """Yield items in groups of `size`; what does not fill a group is left out."""
    return zip(*[iter(iterable)] * size, strict=False)


def remove_suffix(input_string: str, suffix: str) -> str:
    """Return a text without a suffix, if it has it."""
    return input_string.removesuffix(suffix)


def remove_prefix(input_string: str, prefix: str) -> str:
    """Return a text without a prefix, if it has it."""
    return input_string.removeprefix(prefix)


def import_from_path(name: str, path: Path | str) -> ModuleType:
    """Import the file at `path` as the module `name`; a file is run once however often it is named.

    If `name` is taken by another module, the file gets ``name`` plus a number.

    Raises:
        FileNotFoundError: There is no such file.
        ImportError: It is not Python source.
    """
    file = Path(path).resolve()
    if not file.is_file():
        raise FileNotFoundError(f"no such file: {path}")
    base, number = name, 1
    while name in sys.modules:
        if _same_file(sys.modules[name], file):
            return sys.modules[name]
        number += 1
        name = f"{base}_{number}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"not a Python source file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def import_from_str(module: str, *, name: str | None = None, suffix: str = ".py") -> ModuleType:
    """Import ``pkg.mod`` or ``path/to/file.py``.

    The current directory, and for a file its own directory, become importable, as they are for
    ``python file.py``.
    """
    _make_importable(Path.cwd())
    if not module.endswith(suffix):
        return importlib.import_module(module)
    path = Path(module)
    _make_importable(path.resolve().parent)
    return import_from_path(name or path.stem, path)


def _make_importable(directory: Path) -> None:
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))


def _same_file(module: ModuleType, file: Path) -> bool:
    origin = getattr(module, "__file__", None)
    return origin is not None and Path(origin).resolve() == file
