"""What a list can be asked for: its fields, and what each can be compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import ge, gt, le, lt, ne
from typing import Any, Literal, NamedTuple, cast

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute, Session

from ratchet.errors import InvalidInput
from ratchet.task.moment import parse_moment
from ratchet.task.text import nearest, printable

Kind = Literal["word", "text", "moment", "flag"]
"""A `word` has few values, which are all known; a `text`, such as an id, may have as many as there are rows."""

Value = str | bool | datetime

_ORDER = ("gt", "gte", "lt", "lte")
_OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "word": ("", "ne", "in", *_ORDER, "like", "contains", "starts_with", "ends_with"),
    "text": ("", "in"),
    "moment": ("", "ne", *_ORDER),
    "flag": ("",),
}


def operators_of(kind: Kind) -> tuple[str, ...]:
    """Return the suffixes that a field can be asked for by, `""` for equality."""
    return _OPERATORS[kind]


OPERATORS = tuple(dict.fromkeys(name for names in _OPERATORS.values() for name in names if name))
"""The suffixes that ask for something else than equality."""

PARTS = ("like", "contains", "starts_with", "ends_with")
"""Those of them that ask for a part of a word."""

_CONDITIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "ne": ne,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
}
_WORDS: Mapping[str, Callable[[str, str], bool]] = {
    **_CONDITIONS,
    "like": lambda word, value: value.casefold() in word.casefold(),
    "contains": lambda word, value: value in word,
    "starts_with": lambda word, value: word.startswith(value),
    "ends_with": lambda word, value: word.endswith(value),
}


class Field(NamedTuple):
    """One field of a list.

    Args:
        stored: The column that it is; None for a list of what stands in no table.
        words: Returns every value of a word that there is.
        choices: Every value of a word that there can be, where that is known beforehand.
    """

    name: str
    stored: InstrumentedAttribute[Any] | None
    kind: Kind
    words: Callable[[Session], Sequence[str]] | None = None
    choices: tuple[str, ...] = ()

    @property
    def column(self) -> InstrumentedAttribute[Any]:
        """The column of a list that is a table."""
        assert self.stored is not None
        column: InstrumentedAttribute[Any] = self.stored
        return column

    def known(self, session: Session) -> Sequence[str] | None:
        """Return every value that fulfils something; None for a text, which may be anything."""
        return self.choices or (None if self.words is None else self.words(session))


def by_name(*fields: Field) -> Mapping[str, Field]:
    """Return fields by their names."""
    return {field.name: field for field in fields}


class Filter(NamedTuple):
    """What a field is to be.

    Args:
        operator: One of `OPERATORS`, `""` for equal.
        values: More than one for `in` alone.
    """

    field: Field
    operator: str
    values: tuple[Value, ...]

    @property
    def names_values(self) -> bool:
        """Whether it is fulfilled by values that can be written down."""
        return self.field.kind in ("word", "text")

    def chosen(self, session: Session) -> list[str]:
        """Return the values that fulfil it."""
        named = [str(value) for value in self.values]
        known = self.field.known(session)
        if known is None:
            return list(dict.fromkeys(named))
        if self.operator in ("", "in"):
            return [word for word in known if word in named]
        return [word for word in known if _WORDS[self.operator](word, named[0])]

    def fits(self, value: Any) -> bool:
        """Tell whether a value that stands in no table fulfils it; like null in one, None fulfils nothing."""
        if value is None:
            return False
        if self.operator in ("", "in"):
            return value in self.values
        return _WORDS[self.operator](value, cast(str, self.values[0]))

    def condition(self) -> ColumnElement[bool]:
        """Return what a row has to fulfil, for a moment."""
        column = self.field.column
        condition: ColumnElement[bool] = (
            _CONDITIONS[self.operator](column, self.values[0]) if self.operator else column.in_(self.values)
        )
        return condition


def parse_filter(field: Field, operator: str, texts: Sequence[str]) -> Filter:
    """Return the filter that the parameters of one name stand for; equality with several is `in`.

    Raises:
        InvalidInput: The field has no such operator, or a value is of another type.
    """
    if operator not in _OPERATORS[field.kind]:
        known = ", ".join(f"`{field.name}_{name}`" for name in _OPERATORS[field.kind] if name)
        hint = f"There are {known}" if known else f"Write `{field.name}=…`"
        raise InvalidInput(f"`{field.name}` cannot be asked for by `_{operator}`", hint=hint)
    if operator == "in":
        texts = [part for text in texts for part in text.split(",")]
    elif operator and len(texts) > 1:
        raise InvalidInput(f"`{field.name}_{operator}` is given twice", hint="Give it once")
    return Filter(field, operator, tuple(_parse_value(field, operator, text) for text in texts))


def _parse_value(field: Field, operator: str, text: str) -> Value:
    if field.choices and operator not in PARTS and text not in field.choices:
        match = nearest(text, field.choices)
        hint = f"Did you mean `{match}`?" if match else "There are " + ", ".join(f"`{each}`" for each in field.choices)
        raise InvalidInput(f"`{field.name}` is never `{printable(text)}`", hint=hint)
    match field.kind:
        case "moment":
            return read_moment(text, field.name)
        case "flag":
            return _parse_flag(field.name, text)
        case _:
            return text


def _parse_flag(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidInput(f"`{name}` is `{printable(text)}`, not `true` or `false`")
    return text == "true"


def read_moment(text: str, name: str) -> datetime:
    """Return the moment that the value of a field or an option names.

    Raises:
        InvalidInput: It names none.
    """
    try:
        return parse_moment(text)
    except ValueError:
        hint = "Write it as in RFC 3339, such as `2026-01-31T12:00:00Z`"
        raise InvalidInput(f"`{name}` is `{printable(text)}`, not a time", hint=hint) from None
