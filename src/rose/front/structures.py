"""What is known of the dataclasses of users. Our own are records, so that no import waits for `dataclasses`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rose.lazy import Lazy

if TYPE_CHECKING:
    import dataclasses
else:
    dataclasses = Lazy("dataclasses")


def is_dataclass(value: Any) -> bool:
    """Whether it is a dataclass, or a value of one."""
    return hasattr(value if isinstance(value, type) else type(value), "__dataclass_fields__")


def field_names(dataclass: Any) -> tuple[str, ...]:
    """The fields of a dataclass, or of a value of one, in order."""
    return tuple([field.name for field in dataclasses.fields(dataclass)])


def has_named_fields(dataclass: Any) -> bool:
    """Whether it has fields that its constructor takes by name only."""
    return any([field.kw_only for field in dataclasses.fields(dataclass)])
