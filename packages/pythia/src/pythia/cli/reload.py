"""``--reload``: probes follow the files they come from while the pipeline runs."""

from __future__ import annotations

import importlib.util
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pythia.applications.signature import Form, ProbeSignature, inspect_probe
from pythia.exceptions import ProbeSpecError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pythia.applications.base import BaseApplication
    from pythia.cli.probe_spec import ProbeSpec

__all__ = ["Reloader"]

_INTERVAL_S = 0.3

_logger = logging.getLogger("pythia.reload")


class _Cell:
    """Holds the function that is called now."""

    def __init__(self, spec: ProbeSpec, function: Callable[..., Any]) -> None:
        self.spec = spec
        self.function = function
        self.signature = inspect_probe(function)


class Reloader:
    """Loads probes, and loads them again when their files change.

    The new function is called from the next buffer on. A file that fails to run, or whose function
    has other parameters than before, changes nothing; the log says why.
    """

    def __init__(self) -> None:
        self._cells: dict[Path, list[_Cell]] = {}
        self._stamps: dict[Path, tuple[int, int]] = {}

    def load(self, spec: ProbeSpec) -> Callable[..., Any]:
        """Return a probe that calls what `spec` names at the time."""
        function = spec.load()
        module = sys.modules.get(getattr(function, "__module__", ""))
        file = Path(getattr(module, "__file__", None) or spec.module)
        if not file.is_file():
            raise ProbeSpecError(f"--reload: {spec.module} comes from no file that can be watched")
        cell = _Cell(spec, function)
        self._cells.setdefault(file, []).append(cell)
        self._stamps[file] = _stamp(file)
        return _forwarder(cell)

    def watch(self, app: BaseApplication) -> None:
        """Look at the files from now on, in the loop of a running application."""
        if app.loop is not None:
            self.check()
            app.loop.call_later(_INTERVAL_S, lambda: self.watch(app))

    def check(self) -> None:
        """Look at the files once."""
        for file, cells in self._cells.items():
            stamp = _stamp(file)
            if stamp not in (self._stamps[file], (0, 0)):
                self._stamps[file] = stamp
                self._reload(file, cells)

    def _reload(self, file: Path, cells: list[_Cell]) -> None:
        name = cells[0].function.__module__
        try:
            module = _run(name, file)
            functions = [_find(module, cell) for cell in cells]
        except Exception as error:
            line = f" line {error.lineno}" if isinstance(error, SyntaxError) else ""
            _logger.error(
                "%s was not reloaded, the probes stay as they were: %s%s: %s",
                *(file.name, type(error).__name__, line, error),
            )
            return
        sys.modules[name] = module
        for cell, function in zip(cells, functions, strict=True):
            cell.function = function
        _logger.warning("%s reloaded", file.name)


def _run(name: str, file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"not a Python source file: {file}")
    module = importlib.util.module_from_spec(spec)
    # Not spec.loader: its cache of bytecode goes by whole seconds, and edits are faster.
    exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)
    return module


def _find(module: Any, cell: _Cell) -> Callable[..., Any]:
    found = module
    for part in cell.spec.function.split("."):
        found = getattr(found, part)
    signature = inspect_probe(found)
    if _kind(signature) != _kind(cell.signature):
        raise TypeError(
            f"{cell.spec.function} has other parameters than before, or became (or is no longer) a "
            "generator; that takes a new start"
        )
    function: Callable[..., Any] = found
    return function


def _kind(signature: ProbeSignature) -> tuple[Any, ...]:
    return signature.form, signature.is_generator, signature.args


def _forwarder(cell: _Cell) -> Callable[..., Any]:
    """Return a probe of the cell's form that calls the cell's function."""
    form = cell.signature.form
    args = cell.signature.args
    if cell.signature.is_generator:
        forwarders: dict[Form, Callable[..., Any]] = {
            Form.BATCH_META: lambda batch_meta: (yield from cell.function(batch_meta)),
            Form.OBJECTS: lambda objects: (yield from cell.function(objects)),
            Form.PAD_INFO: lambda pad, info: (yield from cell.function(pad, info, *args)),
            Form.PAD_INFO_BATCH_META: lambda pad, info, batch_meta: (
                yield from cell.function(pad, info, batch_meta)
            ),
        }
    else:
        forwarders = {
            Form.BATCH_META: lambda batch_meta: cell.function(batch_meta),
            Form.OBJECTS: lambda objects: cell.function(objects),
            Form.PAD_INFO: lambda pad, info: cell.function(pad, info, *args),
            Form.PAD_INFO_BATCH_META: lambda pad, info, batch_meta: cell.function(
                pad, info, batch_meta
            ),
        }
    forwarder = forwarders[form]
    forwarder.__qualname__ = cell.spec.function
    return forwarder


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:  # an editor is just replacing it
        return 0, 0
    return status.st_mtime_ns, status.st_size
