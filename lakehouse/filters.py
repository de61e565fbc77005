"""Filters of a question as SQL: the grammar of CKAN 2.12's DataStore.

``{"a": 1, "b": [1, 2], "c": {"gte": 3, "lt": 9}, "$or": [{…}, {…}]}``, or a list of such
objects of which one must hold. A column whose name begins with ``$`` is written ``$$…``.
Besides CKAN: None is an empty cell. Source: ``ckanext/datastore/filters.py`` of CKAN 2.12.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.errors import Fault
from contracts.i18n import _
from contracts.quoting import quoted
from lakehouse.fields import Field, bad_value
from lakehouse.values import typed_value

DEEPEST = 10
MOST_CONDITIONS = 100
"""Nesting and number of conditions, as CKAN 2.12 has them."""
MOST_VALUES = 5_000
_COMPARISONS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_JOINED = {"$and": ("AND", "TRUE"), "$or": ("OR", "FALSE")}


@dataclass
class Filters:
    """Reads filters over the columns that `find` knows (it raises for others).

    `given` collects the values with their columns: one that the column's type cannot hold
    would silently be NULL, so the reader asks DuckDB about them first.
    """

    dataset: str
    find: Callable[[str], Field]
    given: list[tuple[Field, str]] = field(default_factory=list)
    _conditions: int = 0

    def read(self, filters: object) -> str:
        """SQL of the filters; empty where nothing is asked for.

        Raises:
            Fault: ``rows.bad_filter``, ``rows.bad_value``, ``rows.unknown_field``.
        """
        if not filters:
            return ""
        if isinstance(filters, Mapping):
            return self._all(filters, 0)
        return self._several("$or", filters, 0)

    def _all(self, filters: Mapping[object, object], depth: int) -> str:
        return _join("$and", [self._entry(str(name), it, depth) for name, it in filters.items()])

    def _entry(self, name: str, wanted: object, depth: int) -> str:
        if name.startswith("$") and not name.startswith("$$"):
            return self._several(name, wanted, depth)
        column = self.find(name[1:] if name.startswith("$$") else name)
        if isinstance(wanted, Mapping):
            return self._compared(column, wanted)
        if isinstance(wanted, list | tuple):
            compared = [self._compared(column, it) for it in wanted if isinstance(it, Mapping)]
            values = [it for it in wanted if not isinstance(it, Mapping)]
            if values or not compared:
                compared.append(self._one_of(column, values))
            return _join("$or", compared)
        return self._one_of(column, [wanted])

    def _several(self, operator: str, members: object, depth: int) -> str:
        if operator not in _JOINED:
            raise self._refusal(_("A filter has an operator that there is not."))
        if depth >= DEEPEST:
            raise self._refusal(_("The filters are nested too deeply."))
        if not isinstance(members, list) or not all(isinstance(it, Mapping) for it in members):
            raise self._refusal(_("The filters are not an object or a list of objects."))
        return _join(operator, [self._all(it, depth + 1) for it in members])

    def _compared(self, column: Field, wanted: Mapping[object, object]) -> str:
        made = []
        for operator, value in wanted.items():
            if operator == "in" and isinstance(value, list):
                made.append(self._one_of(column, value))
            elif operator == "eq" and value is None:
                made.append(self._one_of(column, [None]))
            elif isinstance(operator, str) and operator in _COMPARISONS:
                self._count()
                sign = _COMPARISONS[operator]
                made.append(f"{quoted(column.name)} {sign} {self._value(column, value)}")
            else:
                raise self._refusal(_("A filter has an operator that there is not."))
        return _join("$and", made)

    def _one_of(self, column: Field, values: Sequence[object]) -> str:
        self._count()
        name = quoted(column.name)
        given = [self._value(column, value) for value in values if value is not None]
        choices = [f"{name} IN ({', '.join(given)})"] if given else []
        if None in values:
            choices.append(f"{name} IS NULL")
        return _join("$or", choices)

    def _value(self, column: Field, value: object) -> str:
        if isinstance(value, bool):
            value = str(value).lower()
        if not isinstance(value, str | int | float):
            raise bad_value(self.dataset, column)
        made = typed_value(str(value), column.sql_type)
        self.given.append((column, made))
        if len(self.given) > MOST_VALUES:
            raise self._refusal(_("The filters have too many values."))
        return made

    def _count(self) -> None:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise self._refusal(_("The filters have too many conditions."))

    def _refusal(self, message: str) -> Fault:
        return Fault(
            "rows.bad_filter",
            message,
            remedy=_(
                'Example: {{"a": 1, "b": [1, 2], "c": {{"gte": 3, "lt": 9}}}}; the operators are'
                " eq, in, gt, gte, lt, lte, $and and $or."
            ),
        )


def _join(operator: str, conditions: Sequence[str]) -> str:
    word, none = _JOINED[operator]
    return f"({f' {word} '.join(conditions)})" if conditions else none
