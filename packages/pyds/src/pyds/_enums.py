"""Makes the enums behave like C's: every int is a value."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType


def _member_of_unknown_value(cls: type[enum.IntEnum], value: object) -> enum.IntEnum | None:
    """Enum's hook for values without a name, such as user metadata types."""
    if not isinstance(value, int):
        return None
    member = int.__new__(cls, value)
    member._name_ = "???"
    member._value_ = value
    known: dict[Any, Any] = cls._value2member_map_
    return known.setdefault(value, member)  # type: ignore[no-any-return]


def accept_any_int(module: ModuleType) -> None:
    """Let the enums of ``module`` be called with any int."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, enum.IntEnum):
            value._missing_ = classmethod(_member_of_unknown_value)  # type: ignore[assignment]
