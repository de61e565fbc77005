"""What may be asked of rows, as data, and its SQL: filters, words, order, page.

Every name is checked against the columns there are and every value travels as hexadecimal
digits, so no text of a user ever stands in the SQL. Running it is `lakehouse.rows`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.quoting import quoted
from lakehouse.fields import Field
from lakehouse.filters import Filters
from lakehouse.ordering import Term, bad_sort, read_sort
from lakehouse.parts import ROW
from lakehouse.words import holds, words_of


@dataclass(frozen=True)
class Asked:
    """What a reader asks, as it came. See `RowReader.search`."""

    filters: object = None
    q: str | Mapping[str, str] | None = None
    full_text: str | None = None
    sort: str | None = None
    fields: Sequence[str] | None = None
    distinct: bool = False

    @property
    def digest(self) -> str:
        """Names the question, without its page."""
        said = [self.filters, self.q, self.full_text, self.sort, self.distinct]
        said.append(list(self.fields or ()) if self.distinct else None)
        text = json.dumps(said, sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Question:
    """One search, already checked. `terms` are empty where the rows' own order is asked for;
    `narrowed` says whether `where` leaves rows out, `worded` whether it looks for words, which
    takes a hundred times as long as comparing. `given` are values to be looked at first (see
    `Filters`)."""

    fields: tuple[Field, ...]
    where: str
    terms: tuple[Term, ...]
    distinct: bool
    narrowed: bool
    worded: bool
    given: tuple[tuple[Field, str], ...]

    @property
    def sorted(self) -> bool:
        """Whether another order than the rows' own is asked for."""
        return bool(self.terms) or self.distinct

    def page(self, limit: int, offset: int, after: str) -> str:
        """SQL of a page over a relation called ``rows``, in any order that is asked for. Last
        in each row is its number, unless the rows are distinct."""
        return f"{self._select} {self._ordered(limit, offset, after)}"

    def page_numbers(self, limit: int, offset: int, after: str) -> str:
        """SQL of the numbers of the page's rows: sorting whole rows takes the memory of all
        their columns."""
        return f"SELECT {ROW} FROM rows {self._ordered(limit, offset, after)}"

    def _ordered(self, limit: int, offset: int, after: str) -> str:
        # The rest makes pages disjoint where the order leaves ties.
        rest = [quoted(column.name) for column in self.fields] if self.distinct else [ROW]
        order = ", ".join([*(term.sql for term in self.terms), *rest])
        return f"WHERE {self.where} AND {after} ORDER BY {order} LIMIT {limit} OFFSET {offset}"

    @property
    def count(self) -> str:
        """SQL that counts all rows of the answer."""
        if not self.distinct:
            return f"SELECT count(*) FROM rows WHERE {self.where}"
        names = ", ".join(quoted(column.name) for column in self.fields)
        return f"SELECT count(*) FROM (SELECT DISTINCT {names} FROM rows WHERE {self.where})"

    def numbers(self, after: int, limit: int, offset: int) -> str:
        """SQL of the numbers of the rows on a page in the rows' own order, from the columns in
        `where` alone."""
        return (
            f"SELECT {ROW} FROM rows WHERE {ROW} > {after} AND {self.where}"
            f" ORDER BY {ROW} LIMIT {limit} OFFSET {offset}"
        )

    def counted_numbers(self, after: int, limit: int, offset: int) -> str:
        """SQL of the number of all rows, and a list of `numbers`, in one scan."""
        listed = f"list({ROW}) FILTER ({ROW} > {after})"
        return (
            f"SELECT count(*), list_slice(list_sort({listed}), {offset + 1}, {offset + limit})"
            f" FROM rows WHERE {self.where}"
        )

    def numbered(self, numbers: Sequence[int]) -> str:
        """SQL of the rows of these numbers, in rising order."""
        listed = ", ".join(map(str, numbers))
        return (
            f"{self._select} WHERE {ROW} >= {min(numbers)} AND {ROW} <= {max(numbers)}"
            f" AND {ROW} IN (SELECT unnest([{listed}])) ORDER BY {ROW}"
        )

    def between(self, first: int, last: int) -> str:
        """SQL of the rows numbered `first` to `last` that match, in their order: the reader
        skips to them."""
        return (
            f"{self._select} WHERE {ROW} >= {first} AND {ROW} <= {last} AND {self.where}"
            f" ORDER BY {ROW}"
        )

    def values_at(self, row: int) -> str:
        """SQL of the values of the order's columns in one row, as text."""
        values = ", ".join(f"{quoted(term.field.name)}::VARCHAR" for term in self.terms)
        return f"SELECT {values} FROM rows WHERE {ROW} = {row}"

    def misfits(self) -> Iterator[tuple[Field, str]]:
        """For each column that values are given for: SQL that is TRUE where one of them is
        none of the column's type."""
        for column in dict.fromkeys(column for column, _value in self.given):
            if column.sql_type != "VARCHAR":
                given = (f"{value} IS NULL" for one, value in self.given if one is column)
                yield column, f"SELECT {' OR '.join(given)}"

    @property
    def _select(self) -> str:
        names = ", ".join(column.value for column in self.fields)
        return (
            f"SELECT DISTINCT {names} FROM rows"
            if self.distinct
            else (f"SELECT {names}, {ROW} FROM rows")
        )


@dataclass(frozen=True)
class Asking:
    """Turns what a reader asks into a `Question` over these columns of this dataset."""

    dataset: str
    columns: tuple[Field, ...]

    def question(self, asked: Asked) -> Question:
        """The checked question.

        Raises:
            Fault: ``rows.unknown_field``, ``rows.bad_filter``, ``rows.bad_value``,
                ``rows.bad_words``, ``rows.bad_sort``.
        """
        # Once each: a name that is repeated a thousand times would be read a thousand times.
        chosen = tuple(map(self.field, dict.fromkeys(asked.fields or ()))) or self.columns
        if asked.distinct and not asked.fields:
            chosen = self.columns[1:]  # with the row's number every row would be its own
        terms = read_sort(asked.sort, self.field)
        if asked.distinct and any(term.field not in chosen for term in terms):
            raise bad_sort(_("Distinct rows can only be in the order of their columns."))
        if len(terms) == 1 and terms[0].field.name == ROW and not terms[0].descending:
            terms = terms if asked.distinct else ()  # the rows' own order
        filters = Filters(self.dataset, self.field)
        words = list(self._words(asked))
        filtered = filters.read(asked.filters)
        where = " AND ".join([*([filtered] if filtered else []), *words])
        return Question(
            fields=chosen,
            where=where or "TRUE",
            terms=terms,
            distinct=asked.distinct,
            narrowed=bool(where),
            worded=bool(words),
            given=tuple(filters.given),
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

    def _words(self, asked: Asked) -> Iterator[str]:
        """Every word must occur: in any text column, or in the column it is asked of."""
        texts = [column.name for column in self.columns if column.type == "text"]
        looked: Iterable[tuple[Sequence[str], str]]
        if isinstance(asked.q, Mapping):
            looked = [([self.field(name).name], str(text)) for name, text in asked.q.items()]
        else:
            looked = [(texts, asked.q or "")]
        for columns, text in [*looked, (texts, asked.full_text or "")]:
            for word in words_of(text):
                yield holds(columns, word)
