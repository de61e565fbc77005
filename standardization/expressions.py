"""Rewriting of mapping expressions so that every distinct function call is computed once.

A mapping names the same cleaned value in a column, in a doubt and in an exclusion. Our
functions are SQL macros, that is pasted text: nested ones would grow with every level. Here
each call becomes a named column of a layer below, and the expressions read that name.
Which SELECT the layers stand in is `standardization.compiler`; what an expression may hold
is `contracts.sql`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from contracts.quoting import literal, quoted
from contracts.sql import to_sql
from contracts.text import match_key
from lakehouse.unit_sql import UNIT_DAYS, UNIT_TODAY
from standardization.finding import (
    ADDRESS_PARTS,
    AGENCY_BY_NAME,
    FINDERS,
    NEAR_UNIT,
    address_parts,
    agency_by_name,
    near_unit,
)
from standardization.functions import FUNCTIONS

LOOKUP = "lookup"
CAST = "cast"
# Macros over the unit datasets, from `lakehouse.unit_sql`: calls like ours, so computed once.
RESOLVE_UNIT, UNIT_NOW = "resolve_unit", "unit_now"
UNIT_CALLS = frozenset({RESOLVE_UNIT, UNIT_NOW})


@dataclass(frozen=True)
class Call:
    """One distinct call. `value` is the SQL of the argument that is read; `within` the calls that
    its arguments read; `join` what its layer is joined to for it, if anything; `kind` the type
    that it gives, where it is known."""

    alias: str
    name: str
    sql: str
    value: str
    within: tuple[str, ...]
    join: str = ""
    kind: str = ""

    @property
    def parses(self) -> bool:
        """Whether NULL out of a value that is no null word means that it was unreadable."""
        if self.name in (LOOKUP, CAST, AGENCY_BY_NAME):
            return True
        function = FUNCTIONS.get(self.name)
        return function is not None and function.parses

    @property
    def joins(self) -> bool:
        """Whether rows are joined to something for it."""
        function = FUNCTIONS.get(self.name)
        return bool(self.join) or (function is not None and function.asks)


@dataclass
class Rewriter:
    """Collects the raw columns and calls of a mapping's expressions, each only once.

    `lookups` are the mapping's value maps. After the last `rewrite`, `columns` holds the raw
    columns as (alias, column) by the name they have in the lowest layer, `calls` the calls
    in the order in which they can be computed.
    """

    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def rewrite(self, tree: exp.Expr) -> exp.Expr:
        """`tree` over the layers' columns; `tree` itself is left as it is."""
        root = exp.Paren(this=tree.copy())
        for column in list(root.find_all(exp.Column)):
            column.replace(self._raw(column))
        # Inner calls first: reversed depth-first order visits children before parents.
        for node in reversed(list(root.find_all(exp.Anonymous, exp.Cast, bfs=False))):
            name = _called(node)
            if name is not None and not node.find_ancestor(exp.Lambda):
                node.replace(_name(self._hoist(name, node)))
        return root

    def layers(self) -> Iterator[list[Call]]:
        """The calls in the order in which they can be computed, joins as late as can be: DuckDB
        computes each value of a Parquet dictionary once, but after a join each row's."""
        waiting, computed = list(self.calls.values()), set[str]()
        while waiting:
            ready = [call for call in waiting if computed.issuperset(call.within)]
            layer = [call for call in ready if not call.joins] or ready
            yield layer
            computed.update(call.alias for call in layer)
            waiting = [call for call in waiting if call.alias not in computed]

    def reached(self, tree: exp.Expr) -> Iterator[tuple[Call, str | None]]:
        """The calls behind a rewritten `tree`, each with the SQL condition under which its
        value is asked for at all (None: always)."""
        for column in tree.find_all(exp.Column):
            if column.name not in self.calls:
                continue
            guard = _guard(column)
            reached = [column.name]
            while reached:
                call = self.calls[reached.pop()]
                reached.extend(call.within)
                yield call, guard

    def parsing(self, tree: exp.Expr) -> Iterator[tuple[Call, str | None]]:
        """As `reached`, of the calls that parse."""
        return (found for found in self.reached(tree) if found[0].parses)

    def _raw(self, column: exp.Column) -> exp.Expr:
        alias, first, *fields = (part.name for part in column.parts)
        name = f"{alias}.{first}"
        # DuckDB folds case in names, so that hs.A and hs.a are one column of the layer.
        known = self._names.setdefault(name.casefold(), name)
        self.columns.setdefault(known, (alias, first))
        raw: exp.Expr = _name(known)
        for part in fields:
            raw = exp.Dot(this=raw, expression=exp.to_identifier(part, quoted=True))
        return raw

    def _hoist(self, name: str, node: exp.Expr) -> str:
        within = tuple(c.name for c in node.find_all(exp.Column) if c.name in self.calls)
        if name == CAST:
            value, kind = to_sql(node.this), to_sql(node.args["to"])
            if kind == "DATE" and self._is_moment(node.this):
                # A cast asks for the time zone's history, moment by moment.
                return self._add(name, f"_day({value})", value, within, kind=kind)
            # A failing cast makes its row unreadable; it must not stop the whole source.
            sql = f"TRY_CAST({value} AS {kind})"
            return self._add(name, sql, value, within, kind=kind)
        arguments = [to_sql(argument) for argument in node.expressions]
        if name == LOOKUP:
            return self._lookup(node.expressions[0].name, arguments[1], within)
        value = arguments[0] if arguments else "NULL"
        sql = f"{name}({', '.join(arguments)})"
        if name == RESOLVE_UNIT and len(arguments) == 2:
            # For the macro, a subquery, DuckDB keeps all rows of the layer until the last is
            # read: two million of iGate filled a gigabyte and spilled another one to disk.
            unit = quoted(sql)
            return self._add(name, f"{unit}.unit", value, within, _resolving(unit, *arguments))
        if name == UNIT_NOW and len(arguments) == 2:
            unit = quoted(sql)
            return self._add(name, f"{unit}.new_code", value, within, _today(unit, *arguments))
        if name in FINDERS:
            return self._found(name, arguments, within)
        kind = FUNCTIONS[name].returns if name in FUNCTIONS else ""
        return self._add(name, sql, value, within, kind=kind)

    def _is_moment(self, tree: exp.Expr) -> bool:
        """Whether `tree` is a call of ours that gives a moment."""
        call = self.calls.get(tree.name) if isinstance(tree, exp.Column) else None
        return call is not None and call.kind == "TIMESTAMP WITH TIME ZONE"

    def _found(self, name: str, arguments: list[str], within: tuple[str, ...]) -> str:
        alias, value = quoted(f"{name}({', '.join(arguments)})"), arguments[0]
        if name == ADDRESS_PARTS:
            split = self._add("_address", f"_address({value})", value, within)
            found = address_parts(alias.strip('"'), quoted(split), arguments[1])
            within = (split, *within)
        else:
            found = {NEAR_UNIT: near_unit, AGENCY_BY_NAME: agency_by_name}[name](alias, arguments)
        return self._add(name, found.sql, value, within, found.join)

    def _add(
        self,
        name: str,
        sql: str,
        value: str,
        within: tuple[str, ...],
        join: str = "",
        kind: str = "",
    ) -> str:
        for known in self.calls.values():
            if known.sql == sql:
                return known.alias
        alias = f"{name}#{len(self.calls) + 1}"
        self.calls[alias] = Call(alias, name, sql, value, within, join, kind)
        return alias

    def _lookup(self, table: str, value: str, within: tuple[str, ...]) -> str:
        text = f"CAST({value} AS VARCHAR)"
        as_written = self.lookups[table]
        by_key = {match_key(written): code for written, code in as_written.items()}
        # Nearly all are as written; bringing text to its key takes five times as long.
        keyed = f"CASE WHEN {value} IS NOT NULL THEN {_map(by_key)}[match_key({text})] END"
        return self._add(LOOKUP, f"coalesce({_map(as_written)}[{text}], {keyed})", value, within)


def _map(entries: Mapping[str, str]) -> str:
    return f"MAP {{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in entries.items())}}}"


def _resolving(unit: str, code: str, day: str) -> str:
    return (
        f"LEFT JOIN {UNIT_DAYS} AS {unit} ON {unit}.unit_code = {code} "
        f"AND {unit}.first_day <= {day} AND {unit}.next_day > {day}"
    )


def _today(unit: str, system: str, code: str) -> str:
    return (
        f"LEFT JOIN {UNIT_TODAY} AS {unit} ON {unit}.old_system = {system} "
        f"AND {unit}.old_code = {code}"
    )


def _called(node: exp.Expr) -> str | None:
    """The name by which `node` is computed in a layer of its own, None if it is not."""
    if isinstance(node, exp.Cast):
        return None if isinstance(node.this, exp.Literal | exp.Null) else CAST
    name = str(node.this).lower()
    return name if name in (LOOKUP, *FUNCTIONS, *UNIT_CALLS, *FINDERS) else None


def _name(name: str) -> exp.Column:
    return exp.Column(this=exp.Identifier(this=name, quoted=True))


def _guard(node: exp.Expr) -> str | None:
    """The condition under which `node` is reached inside the CASE and COALESCE around it."""
    conditions: list[str] = []
    child: exp.Expr = node
    parent = node.parent
    in_test = False
    while parent is not None:
        if isinstance(parent, exp.If):
            in_test = child.arg_key == "this"
        elif isinstance(parent, exp.Case) and child.arg_key in ("ifs", "default"):
            conditions.extend(_branch(parent, child, in_test=in_test))
        elif isinstance(parent, exp.Coalesce) and child.arg_key == "expressions":
            before = (parent.this, *parent.expressions[: child.index])
            conditions.extend(f"{to_sql(value)} IS NULL" for value in before)
        child, parent = parent, parent.parent
    return " AND ".join(conditions) or None


def _branch(case: exp.Case, child: exp.Expr, *, in_test: bool) -> Iterator[str]:
    for branch in case.args["ifs"]:
        test = to_sql(branch.this)
        if case.this is not None:
            test = f"{to_sql(case.this)} = {test}"
        if branch is not child:
            yield f"({test}) IS NOT TRUE"
        elif in_test:
            return
        else:
            yield f"({test}) IS TRUE"
            return
