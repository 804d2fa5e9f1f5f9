"""`record`: dataclasses that are quick to make, for what there are millions of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A dataclass that is frozen for type checkers only: a frozen one takes three times as long to make."""
    return dataclass(slots=True, unsafe_hash="__hash__" not in vars(cls))(cls)
