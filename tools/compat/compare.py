"""Compare ``pyds`` with the table of names, types and values that NVIDIA's bindings have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import pyds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLE = Path(__file__).parents[2] / "packages/pyds/tests/api_table.json"

#: Fields that can be assigned in the original and not here.
READ_ONLY = {
    "glist": "lists are changed with the nvds_* functions, which keep their counters right",
    "array": "assigning raises TypeError in the original too; elements are written",
    "opaque": "a capsule; the original raises TypeError",
    "reference:NvDsMetaPool": "a batch keeps its pools",
    "reference:NvDsBatchMeta": "a meta keeps its batch",
    "first": "a pointer to numbers is not a number; there are functions that give arrays",
    "NvDsOpticalFlowMeta.reserved": "nothing is kept there",
    "GList.data": "a node belongs to the meta it is in",
    "GList.next": "lists are changed with the nvds_* functions",
    "GList.prev": "lists are changed with the nvds_* functions",
}

_INT_RANGES = {
    "short": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "gint": (-(2**31), 2**31 - 1),
    "gboolean": (-(2**31), 2**31 - 1),
    "uint16_t": (0, 2**16 - 1),
    "uint32_t": (0, 2**32 - 1),
    "guint": (0, 2**32 - 1),
    "unsigned int": (0, 2**32 - 1),
    "unsigned long": (0, 2**64 - 1),
    "guint64": (0, 2**64 - 1),
    "uint64_t": (0, 2**64 - 1),
}
_ARRAY_TYPES = {"gint64": np.int64, "void*": np.uintp}
_CONTAINERS: dict[str, Any] = {
    "std::vector <std::string>": ["a", "b"],
    "std::unordered_map<std::string, bool>": {"a": True},
    "std::unordered_map<std::string, uint32_t>": {"a": 2**32 - 1},
    "std::unordered_map<std::string, uint64_t>": {"a": 2**64 - 1},
    "std::unordered_map<int, uint32_t>": {-1: 3},
}


def load_table() -> dict[str, Any]:
    """The table, as ``derive_api_table.py`` wrote it."""
    table: dict[str, Any] = json.loads(TABLE.read_text())
    return table


def enum_problems(name: str, members: dict[str, int]) -> Iterator[str]:
    """What is different about an enum."""
    kind = getattr(pyds, name, None)
    if kind is None:
        yield f"{name} is missing"
        return
    for member, value in members.items():
        found = getattr(kind, member, None)
        if found != value:
            yield f"{name}.{member} is {found!r}, not {value}"
        if getattr(pyds, member, None) is not found:
            yield f"pyds.{member} is not {name}.{member}"


def class_problems(name: str, entry: dict[str, Any]) -> Iterator[str]:
    """What is different about a class."""
    kind = getattr(pyds, name, None)
    if kind is None:
        yield f"{name} is missing"
        return
    made = kind()
    for method in entry["methods"]:
        if not callable(getattr(kind, method, None)):
            yield f"{name}.{method}() is missing"
    if "cast" in entry["methods"]:
        yield from _cast_problems(name, kind, made)
    for field, (shape, access, ctype) in entry["fields"].items():
        if not hasattr(kind, field):
            yield f"{name}.{field} is missing"
            continue
        writable = access == "rw" and read_only_reason(f"{name}.{field}", shape) is None
        for problem in _field_problems(made, field, shape, ctype, writable):
            yield f"{name}.{field}: {problem}"


def function_problems(name: str, arguments: list[str]) -> Iterator[str]:
    """What is different about a function; its keywords must be those of the table."""
    function = getattr(pyds, name, None)
    if function is None:
        yield f"{name}() is missing"
        return
    signatures = [signature[0] for signature in function.__nb_signature__]
    for argument in arguments:
        if not any(f"{argument}:" in signature for signature in signatures):
            yield f"{name}() takes no keyword {argument}: {signatures}"


def read_only_reason(field: str, shape: str) -> str | None:
    """Why a field, writable in the original, is not here; ``None`` if it is."""
    return READ_ONLY.get(field) or READ_ONLY.get(shape) or READ_ONLY.get(shape.partition(":")[0])


def _cast_problems(name: str, kind: Any, made: Any) -> Iterator[str]:
    if kind.cast(None) is not None:
        yield f"{name}.cast(None) is not None"
    address = pyds.get_ptr(made)
    if (
        not (kind.cast(made) == made == made.cast(made))
        or pyds.get_ptr(kind.cast(address)) != address
    ):
        yield f"{name}.cast() gives another struct"


def _raises(kind: type[Exception], action: Callable[[], object]) -> bool:
    try:
        action()
    except kind:
        return True
    return False


def _set_and_read(made: Any, field: str, *values: object) -> Iterator[str]:
    for value in values:
        try:
            setattr(made, field, value)
        except (TypeError, AttributeError) as error:
            yield f"refuses {value!r}: {error}"
            continue
        found = getattr(made, field)
        if found != value:
            yield f"set to {value!r}, reads {found!r}"


def _refuses(made: Any, field: str, *values: object) -> Iterator[str]:
    for value in values:
        if not _raises(TypeError, lambda value=value: setattr(made, field, value)):  # type: ignore[misc]
            yield f"accepts {value!r}"


def _field_problems(made: Any, field: str, shape: str, ctype: str, writable: bool) -> Iterator[str]:
    value = getattr(made, field)
    kind, _, of = shape.partition(":")
    match kind:
        case "int":
            low, high = _INT_RANGES[ctype]
            if type(value) is not int:
                yield f"reads {value!r}, not an int"
            if writable:
                yield from _set_and_read(made, field, low, high, 0)
                yield from _refuses(made, field, low - 1, high + 1, 1.5, "1")
        case "float":
            if type(value) is not float:
                yield f"reads {value!r}, not a float"
            if writable:
                yield from _set_and_read(made, field, 0.5, 0.0)
                yield from _refuses(made, field, "1", None)
                yield from _set_and_read(made, field, 1)
        case "bool":
            if type(value) is not bool:
                yield f"reads {value!r}, not a bool"
            if writable:
                yield from _set_and_read(made, field, True, False, 1, 0)
        case "address":
            if value != 0:
                yield f"reads {value!r}, not 0"
            setattr(made, field, "Zürich")
            if pyds.get_string(getattr(made, field)) != "Zürich":
                yield "does not read as the address of its text"
            yield from _refuses(made, field, 1)
        case "timestamp":
            buffer = pyds.alloc_buffer(33)
            yield from _set_and_read(made, field, buffer)
        case "text" | "string":
            if writable:
                yield from _set_and_read(made, field, "Zürich", "")
                yield from _refuses(made, field, 1)
        case "chars":
            full = "x" * (int(of) - 1)
            yield from _set_and_read(made, field, full, "short")
            setattr(made, field, full + "yz")
            if getattr(made, field) != full:
                yield "is not cut to its size"
        case "enum":
            members = getattr(pyds, of)
            if not isinstance(value, members):
                yield f"reads {value!r}, not a {of}"
            if writable:
                yield from _set_and_read(made, field, *members)
                yield from _refuses(made, field, 1)
        case "struct":
            expected = getattr(pyds, of)
            if type(value) is not expected or value != getattr(made, field):
                yield f"reads {value!r}, not a reference to {of}"
            if writable:
                setattr(made, field, expected())
        case "reference":
            if value is not None:
                yield f"reads {value!r}, not None"
            if writable and made is not None and of != "NvDsObjectMeta":
                target = getattr(pyds, of)()
                yield from _set_and_read(made, field, target, None)
        case "pointer":
            if value is not None:
                yield f"reads {value!r}, not None"
            if writable:
                target = pyds.NvOSD_RectParams()
                setattr(made, field, target)
                if pyds.get_ptr(getattr(made, field)) != pyds.get_ptr(target):
                    yield "does not point to what it was set to"
                yield from _refuses(made, field, 1234)
                yield from _set_and_read(made, field, None)
        case "array":
            dtype = _ARRAY_TYPES.get(ctype.partition("[")[0], np.uint32)
            if value.shape != (int(of),) or value.dtype != dtype:
                yield f"is {value.dtype} of shape {value.shape}"
            value[-1] = 7
            if getattr(made, field)[-1] != 7:
                yield "is not a view"
        case "container":
            yield from _set_and_read(made, field, _CONTAINERS[ctype], type(_CONTAINERS[ctype])())
        case "structs":
            if len(value) != 16 or value[0] != getattr(made, field)[0]:
                yield "is not a list of 16 references"
        case "glist" | "first":
            if value is not None:
                yield f"reads {value!r}, not None"
        case "opaque":
            if type(value).__name__ != "PyCapsule":
                yield f"reads {value!r}, not a capsule"
        case _:
            yield f"nothing is known about {shape}"
