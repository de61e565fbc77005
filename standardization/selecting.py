"""The SELECT of the batch relation, in layers.

Here belong the contract's columns with exactly its types and the control columns that say
what was excluded, unreadable, fixed and doubted. Which tables are read and how they are
joined is `standardization.compiler`; each call is computed once by `standardization.expressions`.

landed → calls_0 … calls_n → heard (`SILENT`) → valued (expressions) → typed (the contract's
types) → batch
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from contracts.mappings import NamedCondition, SourceMapping
from contracts.model import Column, Contract
from contracts.quoting import literal, quoted
from contracts.sql import parse_expression, to_sql
from standardization.expressions import Call, Rewriter
from standardization.fixing import SILENT, silent, told_by_calls
from standardization.functions import FUNCTIONS

_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT"}
    | {"UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
_NO_WORDS = "[]::VARCHAR[]"
_UNREAD = "_unread"
"""Columns of which a call could not read what it was given; NULL where all gave something."""


def raw_names(rewriter: Rewriter, tree: exp.Expr) -> tuple[str, ...]:
    """The raw columns that an expression of the mapping reads, by their names in ``landed``."""
    wanted = {
        (c.parts[0].name.casefold(), c.parts[1].name.casefold()) for c in tree.find_all(exp.Column)
    }
    return tuple(
        name
        for name, (alias, column) in rewriter.columns.items()
        if (alias.casefold(), column.casefold()) in wanted
    )


@dataclass
class BatchSelect:
    """Writes the layered SELECT of a mapping; each method is one layer.

    `parsed` are the columns' expressions; `rewriter` collects what all layers share.
    """

    contract: Contract
    mapping: SourceMapping
    rewriter: Rewriter
    parsed: Mapping[str, exp.Expr]

    @cached_property
    def values(self) -> Mapping[str, exp.Expr]:
        """The columns' expressions over the layers' columns."""
        return {name: self.rewriter.rewrite(tree) for name, tree in self.parsed.items()}

    @property
    def constants(self) -> Mapping[str, str]:
        """Control columns that are alike in all rows: column → SQL of its value."""
        return {
            "source_system": literal(self.mapping.source),
            "_mapping": literal(self.mapping.name),
            "_precedence": f"CAST({self.mapping.precedence} AS INTEGER)",
        }

    @cached_property
    def _calls(self) -> Mapping[str, tuple[tuple[Call, str | None], ...]]:
        """The parsing calls behind each column that has any."""
        found = {name: tuple(self.rewriter.parsing(tree)) for name, tree in self.values.items()}
        return {name: calls for name, calls in found.items() if calls}

    @cached_property
    def _fixes(self) -> Mapping[str, str]:
        """Rule → test: what the mapping says was put right and what the functions tell."""
        fixes = dict(told_by_calls(self.rewriter, self.values.values(), self.mapping.habits))
        for name, test in self._conditions(self.mapping.fixes):
            fixes[name] = f"{fixes[name]} OR ({test})" if name in fixes else test
        return fixes

    def sql(self, from_clause: str, key_alias: str) -> tuple[str, str]:
        """The SELECT of the batch relation but for `constants`, and that of the raw values it
        reads."""
        valued = self._valued()
        typed, unreadable = self._typed()
        landed = self._landed(from_clause, key_alias)
        layers = [("landed", landed)]
        for depth, calls in enumerate(self.rewriter.layers()):
            layers.append((f"calls_{depth}", _computing(calls, layers[-1][0])))
        heard = f"{silent(self.rewriter, self.values.values())} AS {SILENT}"
        layers.append(("heard", f"SELECT *, {heard} FROM {layers[-1][0]}"))
        layers.append(("valued", f"SELECT {valued}\nFROM {layers[-1][0]}"))
        layers.append(("typed", f"SELECT {typed}\nFROM valued"))
        steps = ",\n".join(f"{name} AS (\n{body}\n)" for name, body in layers)
        return f"WITH {steps}\nSELECT {self._final(unreadable)}\nFROM typed", landed

    def _landed(self, from_clause: str, key_alias: str) -> str:
        raw = [f"{quoted(key_alias)}._landing_id AS _landing_id"]
        raw += [
            f"{quoted(alias)}.{quoted(column)} AS {quoted(name)}"
            for name, (alias, column) in self.rewriter.columns.items()
        ]
        return f"SELECT {', '.join(raw)}\n{from_clause}"

    def _valued(self) -> str:
        """The expressions themselves, before they take the contract's types."""
        mapping = self.mapping
        key = self._expression(mapping.key)
        items = [
            "_landing_id",
            f"coalesce(CAST({key} AS VARCHAR), '#' || _landing_id) AS source_key",
            f"{self._expression(mapping.order) if mapping.order else 'NULL'} AS _order",
            f"{_first(self._conditions(mapping.exclusions))} AS _excluded",
        ]
        fixes = {"fix:" + rule: test for rule, test in self._fixes.items()}
        doubts = {f"doubt:{name}": test for name, test in self._conditions(mapping.doubts)}
        items += [
            f"coalesce({test}, false) AS {quoted(name)}" for name, test in (fixes | doubts).items()
        ]
        items += [
            f"{to_sql(self.values[column.name])} AS {quoted('value:' + column.name)}"
            for column in self.contract.columns
        ]
        return ",\n  ".join([*items, f"{self._unread()} AS {_UNREAD}"])

    def _unread(self) -> str:
        """The columns, among NULLs, that are NULL because a call could not read what it was given.

        Lazy: nobody looks at words of rows in which all calls gave something, nor where a second
        call could read what the first could not, as with a code of the former form.
        """
        names = []
        for name, calls in self._calls.items():
            tests = " OR ".join(dict.fromkeys(_could_not_read(*call) for call in calls))
            nothing = f"{to_sql(self.values[name])} IS NULL"
            names.append(f"CASE WHEN {nothing} THEN CASE WHEN {tests} THEN {literal(name)} END END")
        return f"CASE WHEN {SILENT} THEN [{', '.join(names) or 'NULL::VARCHAR'}] END"

    def _typed(self) -> tuple[str, tuple[str, ...]]:
        """The columns with their types; also which of them can fail to take theirs."""
        spent = ", ".join(quoted("value:" + column.name) for column in self.contract.columns)
        items = [f"* EXCLUDE ({spent})" if spent else "*"]
        can_fail = []
        for column in self.contract.columns:
            items.append(f"{_cast(column)} AS {quoted(column.name)}")
            tests = self._failing(column)
            if tests:
                can_fail.append(column.name)
                items.append(f"coalesce({' OR '.join(tests)}, false) AS {_failed(column.name)}")
        return ",\n  ".join(items), tuple(can_fail)

    def _failing(self, column: Column) -> list[str]:
        value, cast = quoted("value:" + column.name), _cast(column)
        tests = []
        if column.sql_type.upper() != "VARCHAR" and not self._already(column):
            failed = f"{value} IS NOT NULL AND {cast} IS NULL"
            tests.append(f"CASE WHEN {failed} THEN {_says_something(value)} ELSE false END")
            if column.sql_type.upper() in _INTEGERS:
                # Rounding a fraction away would change what the source says.
                exact = f"TRY_CAST({value} AS DECIMAL(38, 9))"
                tests.append(f"({exact} <> CAST({cast} AS DECIMAL(38, 9)))")
        return tests

    def _already(self, column: Column) -> bool:
        """Whether the value has the contract's type by what it is (a call of ours or NULL)."""
        value: exp.Expr = self.values[column.name]
        while isinstance(value, exp.Paren):
            value = value.this
        if isinstance(value, exp.Null):
            return True
        call = self.rewriter.calls.get(value.name) if isinstance(value, exp.Column) else None
        return call is not None and _same_type(call.kind, column.sql_type)

    def _final(self, can_fail: tuple[str, ...]) -> str:
        lenient = self.mapping.lenient
        unreadable = self._unreadable(can_fail)
        strict = [(name, test) for name, test in unreadable.items() if name not in lenient]
        some = " OR ".join([f"{_UNREAD} IS NOT NULL", *(_failed(name) for name in can_fail)])
        fixed = [(rule, quoted("fix:" + rule)) for rule in self._fixes]
        doubts = [(c.name, quoted("doubt:" + c.name)) for c in self.mapping.doubts]
        doubts += [(f"{n}.unreadable", test) for n, test in unreadable.items() if n in lenient]
        flag = (
            f"CASE WHEN {_any(doubts)} THEN 'suspect' WHEN {_any(fixed)} THEN 'fixed' ELSE 'ok' END"
        )
        items = [quoted(column.name) for column in self.contract.columns]
        items += [
            "source_key",
            f"{flag} AS quality_flag",
            "_landing_id",
            "_excluded",
            f"{_words(strict, some)} AS _unreadable",
            f"{_words(fixed, _any(fixed))} AS _fixed",
            f"{_words(doubts, _any(doubts))} AS _doubts",
            "_order",
        ]
        return ",\n  ".join(items)

    def _unreadable(self, can_fail: tuple[str, ...]) -> Mapping[str, str]:
        """Column → test, in the contract's order, of those that can turn out unreadable."""
        found: dict[str, str] = {}
        for name in (column.name for column in self.contract.columns):
            tests = [f"list_contains({_UNREAD}, {literal(name)})"] if name in self._calls else []
            tests += [_failed(name)] if name in can_fail else []
            if tests:
                found[name] = " OR ".join(tests)
        return found

    def _expression(self, text: str) -> str:
        return to_sql(self.rewriter.rewrite(parse_expression(text, frozenset(FUNCTIONS))))

    def _conditions(self, conditions: Iterable[NamedCondition]) -> list[tuple[str, str]]:
        return [(c.name, self._expression(c.condition)) for c in conditions]


def _computing(calls: list[Call], below: str) -> str:
    names = ", ".join(f"{call.sql} AS {quoted(call.alias)}" for call in calls)
    joins = "".join(f"\n{call.join}" for call in calls if call.join)
    return f"SELECT {below}.*, {names} FROM {below}{joins}"


def _same_type(one: str, other: str) -> bool:
    """Whether two names mean one type, as INT and INTEGER do."""
    build = exp.DataType.build
    return bool(one) and build(one, dialect="duckdb") == build(other, dialect="duckdb")


def _cast(column: Column) -> str:
    return f"TRY_CAST({quoted('value:' + column.name)} AS {column.sql_type})"


def _failed(column: str) -> str:
    """What says of a row whether its value of `column` could not take the contract's type."""
    return quoted("failed:" + column)


def _could_not_read(call: Call, guard: str | None) -> str:
    """TRUE where `call` was asked for, had something to read and could not read it."""
    asked = f" AND {guard}" if guard else ""
    # CASE is lazy: the null words are looked at only where reading gave nothing.
    return (
        f"CASE WHEN {quoted(call.alias)} IS NULL AND {call.value} IS NOT NULL{asked} "
        f"THEN {_says_something(call.value)} ELSE false END"
    )


def _says_something(value: str) -> str:
    return f"_said(CAST({value} AS VARCHAR)) IS NOT NULL"


def _first(tests: list[tuple[str, str]]) -> str:
    if not tests:
        return "CAST(NULL AS VARCHAR)"
    branches = " ".join(f"WHEN {test} THEN {literal(name)}" for name, test in tests)
    return f"CASE {branches} END"


def _any(tests: list[tuple[str, str]]) -> str:
    return " OR ".join(test for _name, test in tests) or "false"


def _words(tests: list[tuple[str, str]], some: str) -> str:
    """The names whose test holds; building a list is worth it only where `some` may."""
    if not tests:
        return _NO_WORDS
    names = ", ".join(f"CASE WHEN {test} THEN {literal(name)} END" for name, test in tests)
    found = f"list_filter([{names}], lambda word: word IS NOT NULL)"
    return f"CASE WHEN {some} THEN {found} ELSE {_NO_WORDS} END"
