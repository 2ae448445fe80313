"""Which form of probe a callable has, read from the names or the annotations of its parameters."""

from __future__ import annotations

import enum
import functools
import inspect
from typing import TYPE_CHECKING, Any, get_type_hints

from pythia.exceptions import ProbeSignatureError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Form", "ProbeSignature", "callable_name", "inspect_probe"]


class Form(enum.Enum):
    """What a probe is called with, before its own extra arguments."""

    BATCH_META = "(batch_meta)"
    PAD_INFO = "(pad, info)"
    PAD_INFO_BATCH_META = "(pad, info, batch_meta)"
    OBJECTS = "(objects)"


class ProbeSignature:
    """How to call a probe.

    Attributes:
        form: The arguments it takes.
        is_generator: Whether calling it gives items for an event stream.
        args: Extra arguments after those of the form.
    """

    def __init__(self, form: Form, *, is_generator: bool, args: tuple[Any, ...]) -> None:
        self.form = form
        self.is_generator = is_generator
        self.args = args


_ROLES = {
    "batch_meta": {"batch_meta", "batch", "meta"},
    "pad": {"pad", "gst_pad"},
    "info": {"info", "gst_info", "pad_probe_info"},
    "objects": {"objects", "table"},
    "user_data": {"u_data", "user_data", "data"},
}
_ROLE_OF_TYPE = {
    "NvDsBatchMeta": "batch_meta",
    "BatchMeta": "batch_meta",
    "Pad": "pad",
    "PadProbeInfo": "info",
}


def inspect_probe(function: Callable[..., Any], args: tuple[Any, ...] = ()) -> ProbeSignature:
    """Return the form of a function, generator, bound method, partial or callable object.

    A third parameter ``u_data``, as GStreamer's own probes have, gets ``args[0]`` or None.

    Raises:
        ProbeSignatureError: It is asynchronous, not callable, or of none of the forms.
    """
    name = callable_name(function)
    if not callable(function):
        raise ProbeSignatureError(f"a probe must be callable, {name} is {type(function).__name__}")
    implementation = _implementation(function)
    if inspect.iscoroutinefunction(implementation) or inspect.isasyncgenfunction(implementation):
        raise ProbeSignatureError(
            f"{name} is asynchronous: a probe runs in GStreamer's thread while the buffer waits, "
            "so there is nothing to await. Make it a plain function; to work on results elsewhere, "
            "make it a generator and read its event stream"
        )
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise ProbeSignatureError(
            f"the parameters of {name} cannot be inspected: wrap it in a function of {_forms()}"
        ) from None
    roles = _roles(function, list(parameters), len(args))
    is_generator = inspect.isgeneratorfunction(implementation)
    if roles == ["pad", "info", "user_data"]:
        return ProbeSignature(Form.PAD_INFO, is_generator=is_generator, args=args or (None,))
    for form, expected in (
        (Form.BATCH_META, ["batch_meta"]),
        (Form.PAD_INFO, ["pad", "info"]),
        (Form.PAD_INFO_BATCH_META, ["pad", "info", "batch_meta"]),
        (Form.OBJECTS, ["objects"]),
    ):
        if roles == expected:
            return ProbeSignature(form, is_generator=is_generator, args=args)
    shown = ", ".join(str(each) for each in parameters)
    raise ProbeSignatureError(
        f"{name}({shown}) is no probe: it takes {_forms()}, recognised by these names or by the "
        "annotations pyds.NvDsBatchMeta, Gst.Pad and Gst.PadProbeInfo"
        + (f", followed by {len(args)} arguments of its own" if args else "")
    )


def callable_name(function: Any) -> str:
    """Return a readable name for any callable."""
    if isinstance(function, functools.partial):
        return callable_name(function.func)
    return str(getattr(function, "__qualname__", None) or type(function).__qualname__)


def _roles(
    function: Callable[..., Any], parameters: list[inspect.Parameter], extra: int
) -> list[str | None]:
    """Return the role of each parameter that a call has to fill, leaving out the probe's own."""
    positional = [
        each
        for each in parameters
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    required = [each for each in positional if each.default is each.empty]
    hints = _type_hints(function)
    roles = [_role(each, hints) for each in required]
    if extra and roles != ["pad", "info", "user_data"]:
        # The last arguments go to the last parameters, be they required or not.
        own = max(0, extra - (len(positional) - len(required)))
        roles = roles[: len(roles) - own]
    return roles


def _role(parameter: inspect.Parameter, hints: dict[str, Any]) -> str | None:
    hint = hints.get(parameter.name, parameter.annotation)
    type_name = hint if isinstance(hint, str) else getattr(hint, "__name__", "")
    by_type = _ROLE_OF_TYPE.get(type_name.rpartition(".")[2].strip("'\""))
    if by_type:
        return by_type
    name = parameter.name.strip("_")
    return next((role for role, names in _ROLES.items() if name in names), None)


def _type_hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(_implementation(function))
    except Exception:  # a name that exists for type checkers only: its text will do
        return {}


def _implementation(function: Any) -> Any:
    """Return the function that runs when `function` is called."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.isroutine(function) or inspect.isclass(function):
        return function
    return type(function).__call__ if callable(function) else function


def _forms() -> str:
    return ", ".join(form.value for form in Form)
