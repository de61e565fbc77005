"""What may be asked of rows, as data, and its SQL: filters, words, order, page.

Every name is checked against the columns there are and every value travels as hexadecimal
digits, so no text of a user ever stands in the SQL. Running it is `lakehouse.rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import quoted
from contracts.text import fold
from lakehouse.parts import ROW

MOMENT = "TIMESTAMP WITH TIME ZONE"
_CLAUSE = re.compile(
    r"""\s*(?P<quote>["']?)(?P<field>[^"',]+?)(?P=quote)
        (\s+(?P<way>asc|desc))?(\s+nulls\s+(?P<nulls>first|last))?\s*""",
    re.IGNORECASE | re.VERBOSE,
)


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


@dataclass(frozen=True)
class Question:
    """One search, already checked. `order` is empty where the rows' own order is asked for;
    `narrowed` says whether `where` leaves rows out."""

    fields: tuple[Field, ...]
    where: str
    order: str
    distinct: bool
    limit: int
    offset: int
    narrowed: bool

    @property
    def page(self) -> str:
        """SQL of the page over a relation called ``rows``, in any order that is asked for."""
        return (
            f"{self._select} WHERE {self.where}"
            f" ORDER BY {self.order or ROW} LIMIT {self.limit} OFFSET {self.offset}"
        )

    @property
    def count(self) -> str:
        """SQL that counts all rows of the answer."""
        if not self.distinct:
            return f"SELECT count(*) FROM rows WHERE {self.where}"
        names = ", ".join(quoted(column.name) for column in self.fields)
        return f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM rows WHERE {self.where})"

    @property
    def numbers(self) -> str:
        """SQL that counts the rows and lists the numbers of those on the page, in one scan of
        the columns in `where` alone."""
        first, last = self.offset + 1, self.offset + self.limit
        return (
            f"SELECT count(*), list_slice(list_sort(list({ROW})), {first}, {last})"
            f" FROM rows WHERE {self.where}"
        )

    def between(self, first: int, last: int) -> str:
        """SQL of the rows numbered `first` to `last` that match, in their order: the reader
        skips to them."""
        return (
            f"{self._select} WHERE {ROW} >= {first} AND {ROW} <= {last} AND {self.where}"
            f" ORDER BY {ROW}"
        )

    @property
    def _select(self) -> str:
        names = ", ".join(column.value for column in self.fields)
        return f"SELECT {'DISTINCT ' if self.distinct else ''}{names} FROM rows"


@dataclass(frozen=True)
class Asking:
    """Turns what a reader asks into a `Question` over these columns of this dataset."""

    dataset: str
    columns: tuple[Field, ...]

    def question(
        self,
        filters: Mapping[str, object] | None,
        q: str | Mapping[str, str] | None,
        sort: str | None,
        fields: Sequence[str] | None,
        *,
        limit: int,
        offset: int,
        distinct: bool,
    ) -> Question:
        """The checked question.

        Raises:
            Fault: ``rows.unknown_field``, ``rows.bad_value``, ``rows.bad_sort``,
                ``rows.bad_page``.
        """
        if limit < 0 or offset < 0 or offset >= 1 << 62:
            raise self._refusal("rows.bad_page", _("Limit and offset must be 0 or more."))
        chosen = tuple(self.field(name) for name in fields) if fields else self.columns
        if distinct and not fields:
            chosen = self.columns[1:]  # with the row's number every row would be its own
        conditions = [*self._filters(filters or {}), *self._words(q)]
        return Question(
            fields=chosen,
            where=" AND ".join(conditions) or "TRUE",
            order=self._order(sort, chosen, distinct=distinct),
            distinct=distinct,
            limit=limit,
            offset=offset,
            narrowed=bool(conditions),
        )

    def field(self, name: str) -> Field:
        """The column called `name`. Raises Fault ``rows.unknown_field``."""
        for column in self.columns:
            if column.name == name:
                return column
        raise Fault(
            "rows.unknown_field",
            _("There is no such column."),
            remedy=_("The columns are: {columns}."),
            place=Place(dataset=self.dataset),
            columns=", ".join(column.name for column in self.columns),
        )

    def misfits(self, filters: Mapping[str, object]) -> Iterator[tuple[Field, str]]:
        """For each filtered column that is not text: SQL that is TRUE where a value asked for
        is none of the column's type."""
        for name, wanted in filters.items():
            column = self.field(name)
            given = [f"{value} IS NULL" for value in self._given(column, wanted) if value]
            if given and column.sql_type != "VARCHAR":
                yield column, f"SELECT {' OR '.join(given)}"

    def _filters(self, filters: Mapping[str, object]) -> Iterator[str]:
        for name, wanted in filters.items():
            values = self._given(self.field(name), wanted)
            given = ", ".join(value for value in values if value)
            choices = [f"{quoted(name)} IN ({given})"] if given else []
            if None in values:
                choices.append(f"{quoted(name)} IS NULL")
            yield f"({' OR '.join(choices) or 'FALSE'})"

    def _given(self, column: Field, wanted: object) -> list[str | None]:
        """SQL of each value asked for; None for an empty cell. A value that the type cannot
        hold would be NULL here: `misfits` finds it."""
        several = wanted if isinstance(wanted, list | tuple) else [wanted]
        return [
            None
            if value is None
            else f"TRY_CAST({self._bound(column, value)} AS {column.sql_type})"
            for value in several
        ]

    def _bound(self, column: Field, value: object) -> str:
        if isinstance(value, bool):
            return _hex(str(value).lower())
        if isinstance(value, str | int | float):
            return _hex(str(value))
        raise self.bad_value(column)

    def _words(self, q: str | Mapping[str, str] | None) -> Iterator[str]:
        """Every word must occur: in any text column, or in the column it is asked of."""
        asked: Iterable[tuple[Sequence[Field], str]]
        if isinstance(q, Mapping):
            asked = [([self.field(name)], text) for name, text in q.items()]
        else:
            asked = [([column for column in self.columns if column.type == "text"], q or "")]
        for columns, text in asked:
            # The same folding as `contracts.text.fold`, which folds the words.
            folded = [
                f"replace(strip_accents(lower({quoted(column.name)}::VARCHAR)), 'đ', 'd')"
                for column in columns
            ]
            for word in fold(text).split():
                found = " OR ".join(f"contains({column}, {_hex(word)})" for column in folded)
                yield f"({found or 'FALSE'})"

    def _order(self, sort: str | None, chosen: Sequence[Field], *, distinct: bool) -> str:
        terms = []
        for clause in sort.split(",") if sort and sort.strip() else ():
            found = _CLAUSE.fullmatch(clause)
            if found is None:
                raise self._refusal("rows.bad_sort", _("The order cannot be read."))
            column = self.field(found["field"].strip())
            if distinct and column not in chosen:
                raise self._refusal(
                    "rows.bad_sort", _("Distinct rows can only be in the order of their columns.")
                )
            way = (found["way"] or "asc").upper()
            # NULL first when descending, as in PostgreSQL, unless it is said.
            nulls = (found["nulls"] or ("first" if way == "DESC" else "last")).upper()
            terms.append(f"{quoted(column.name)} {way} NULLS {nulls}")
        if not terms and not distinct:
            return ""
        # The rest makes pages disjoint where the order leaves ties.
        rest = [quoted(column.name) for column in chosen] if distinct else [ROW]
        return ", ".join([*terms, *rest])

    def bad_value(self, column: Field) -> Fault:
        """The refusal of a value that the column's type cannot hold."""
        return Fault(
            "rows.bad_value",
            _("A value asked for is not one that the column's type {type} can hold."),
            remedy=_("See the data dictionary for the form of its values."),
            place=Place(dataset=self.dataset, column=column.name),
            type=column.type,
        )

    def _refusal(self, check: str, message: str) -> Fault:
        return Fault(
            check,
            message,
            remedy=_("Example: sort=a desc, b; limit=100; offset=0."),
            place=Place(dataset=self.dataset),
        )


def _hex(text: str) -> str:
    """`text` as SQL of nothing but digits. A bound parameter would be as safe, but DuckDB's
    Python client imports pandas to bind one: a second and 100 MB in every process that serves."""
    return f"decode(unhex('{text.encode('utf-8', 'replace').hex()}'))"
