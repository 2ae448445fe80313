"""``module_or_path.py:function@element.pad``: a probe as the command line names it."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pythia.exceptions import ProbeSpecError, did_you_mean
from pythia.utils.ext import import_from_str

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXTRACTOR_PARSER", "ProbeSpec"]

EXTRACTOR_PARSER = (
    r"^(?P<module>.+):(?P<function>[A-Za-z_][\w.]*)@(?P<element>[^@\s]+)\.(?P<pad>[A-Za-z_]\w*)$"
)


@dataclass(frozen=True)
class ProbeSpec:
    """Where a probe's code is and where it goes.

    Attributes:
        module: ``pkg.mod``, or the path of a ``.py`` file.
        function: Name of a callable in it; may be dotted.
        element: Name of an element of the pipeline.
        pad: Name of a pad of it.
    """

    module: str
    function: str
    element: str
    pad: str

    @classmethod
    def parse(cls, text: str) -> ProbeSpec:
        """Take a specification apart.

        Raises:
            ProbeSpecError: It has not the form; the message names the part that is missing.
        """
        match = re.match(EXTRACTOR_PARSER, text)
        if match:
            return cls(**match.groupdict())
        code, at, place = text.rpartition("@")
        if not at:
            reason = "the place after @ is missing"
        elif "." not in place:
            reason = f"{place!r} names no pad: write {place or 'element'}.src or .sink"
        elif ":" not in code:
            reason = f"{code!r} names no function: write {code or 'module'}:function"
        else:
            reason = "one of its parts is no name"
        raise ProbeSpecError(
            f"bad probe {text!r}: {reason}. The form is module_or_path.py:function@element.pad, "
            "for instance probe.py:detections@pgie.src"
        )

    def load(self) -> Callable[..., Any]:
        """Import the callable.

        Raises:
            ProbeSpecError: There is no such module or callable, or the module fails.
        """
        try:
            found: Any = import_from_str(self.module)
        except FileNotFoundError as error:
            if not self.module.endswith(".py") or Path(self.module).is_file():
                raise self._import_failed(error) from error
            raise ProbeSpecError(self._no_file()) from None
        except Exception as error:
            raise self._import_failed(error) from error
        for name in self.function.split("."):
            if not hasattr(found, name):
                raise self._no_attribute(found, name)
            found = getattr(found, name)
        if not callable(found):
            raise ProbeSpecError(
                f"probe {self.module}:{self.function} is {type(found).__name__}, not a function"
            )
        return found  # type: ignore[no-any-return]

    def _no_attribute(self, found: Any, name: str) -> ProbeSpecError:
        public = [each for each in dir(found) if not each.startswith("_")]
        callables = [each for each in public if callable(getattr(found, each, None))]
        return ProbeSpecError(
            f"probe {self.module}:{self.function}: {self.module} has no {name!r}."
            f"{did_you_mean(name, callables)} It has: {', '.join(callables) or 'no callable'}"
        )

    def _no_file(self) -> str:
        path = Path(self.module)
        near = ""
        if path.parent.is_dir():
            siblings = [str(path.with_name(each.name)) for each in path.parent.glob("*.py")]
            near = did_you_mean(self.module, siblings)
        return f"probe file {self.module} does not exist (looked in {Path.cwd()}).{near}"

    def _import_failed(self, error: Exception) -> ProbeSpecError:
        if isinstance(error, ModuleNotFoundError) and error.name == self.module.partition(".")[0]:
            return ProbeSpecError(
                f"probe module {self.module} cannot be found in {Path.cwd()} or the Python path. A "
                f"file is named with its suffix: {self.module.replace('.', '/')}.py"
            )
        place = ""
        if isinstance(error, SyntaxError):
            place = f" at {error.filename}:{error.lineno}"
        else:
            frames = [
                frame
                for frame in traceback.extract_tb(error.__traceback__)
                if "importlib" not in frame.filename and frame.filename not in _OWN_FILES
            ]
            if frames:
                place = f" at {frames[-1].filename}:{frames[-1].lineno}"
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        return ProbeSpecError(
            f"probe module {self.module} failed to import: {type(error).__name__}: {reason}{place}"
        )


_OWN_FILES = {__file__, import_from_str.__code__.co_filename}
