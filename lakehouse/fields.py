"""A column of an answer and its type names.

Shared by the modules that read a question; nothing of a question itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import quoted

MOMENT = "TIMESTAMP WITH TIME ZONE"
_TYPES = {
    "BOOLEAN": "bool",
    "DATE": "date",
    "DOUBLE": "float8",
    "FLOAT": "float4",
    "BIGINT": "int8",
    "INTEGER": "int4",
    "SMALLINT": "int2",
    "TINYINT": "int2",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    MOMENT: "timestamptz",
}


@dataclass(frozen=True)
class Field:
    """A column of the answer. `type` as PostgreSQL calls it (CKAN's DataStore does), and
    `sql_type` as DuckDB does."""

    name: str
    type: str
    sql_type: str

    @property
    def value(self) -> str:
        """SQL that reads it. Moments as UTC without a zone: DuckDB would need pytz to hand
        out others."""
        name = quoted(self.name)
        return f"make_timestamp(epoch_us({name})) AS {name}" if self.sql_type == MOMENT else name


def type_name(sql_type: str) -> str:
    """What PostgreSQL calls a DuckDB type: ``int8``, ``text``, ``_text`` (a list) …"""
    if sql_type.endswith("[]"):
        return "_" + type_name(sql_type.removesuffix("[]"))
    if sql_type.startswith("DECIMAL"):
        return "numeric"
    return _TYPES.get(sql_type, "text")


def bad_value(dataset: str, column: Field) -> Fault:
    """The refusal of a value that the column's type cannot hold."""
    return Fault(
        "rows.bad_value",
        _("A value asked for is not one that the column's type {type} can hold."),
        remedy=_("See the data dictionary for the form of its values."),
        place=Place(dataset=dataset, column=column.name),
        type=column.type,
    )
