"""Observations as SQL: formulas over released rows, and vintages that are never overwritten.

Here belong what a formula computes, when it must stay empty, and which observations are new
against those served. What is a period that has closed is `standardization.periods`.

fresh_<n> (a formula) → fresh → latest (newest served vintage) → changed → batch
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
from sqlglot import exp

from contracts.errors import Place
from contracts.joins import TableUse
from contracts.model import Contract
from contracts.observations import Formula, Observation
from contracts.quoting import literal, quoted
from contracts.sql import REFERENCE, to_sql
from standardization.explain import How, explain_observed, origins
from standardization.faults import failed
from standardization.grouping import INPUT_ALIAS, parse
from standardization.periods import closed
from standardization.staging import write_batch


@dataclass(frozen=True)
class CompiledObservation:
    """`sql` reads ``ref_<dataset>`` and ``served`` and gives the batch relation: only what is
    not served as it is. `fresh_sql` gives every observation as computed now. `lineage` as of a
    mapping; `how`: column → formula → (vi, en)."""

    observation: Observation
    sql: str
    fresh_sql: str
    lineage: Mapping[str, tuple[str, ...]]
    how: Mapping[str, Mapping[str, tuple[str, str]]]


def compile_observation(
    contract: Contract, observation: Observation, *, protected: frozenset[str], today: date
) -> CompiledObservation:
    """Compile the formulas of `contract`.

    Args:
        contract: of the observations.
        observation: from its folder.
        protected: the inputs under disclosure control: what they lack is hidden.
        today: the day on which periods count as closed, and the day of new vintages.

    Raises:
        Fault: from `contracts.sql` where an expression is not allow-listed.
    """
    made = _Observing(contract, observation, protected, today)
    lineage: dict[str, dict[str, None]] = {}
    how: dict[str, dict[str, tuple[str, str]]] = {}
    for formula in observation.formulas:
        uses = {INPUT_ALIAS: TableUse(formula.input, INPUT_ALIAS, True)}
        uses |= {join.use.alias.casefold(): join.use for join in formula.joins}
        named = How(formula.input, uses)
        for column, trees in made.trees(formula).items():
            together = exp.Tuple(expressions=[tree.copy() for tree in trees])
            lineage.setdefault(column, {}).update(dict.fromkeys(origins(named, together)))
            how.setdefault(column, {})[formula.name] = explain_observed(named, together)
    return CompiledObservation(
        observation,
        sql=made.batch_sql(),
        fresh_sql=made.fresh_sql(),
        lineage={column: tuple(found) for column, found in lineage.items()},
        how=how,
    )


def observe(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    compiled: CompiledObservation,
    out: Path,
) -> int:
    """Write the batch relation to the Parquet file `out`; gives the observations written.

    Raises:
        Fault: ``standardise.failed``.
    """
    try:
        return write_batch(connection, compiled.sql, out)
    except duckdb.Error as error:
        place = Place(dataset=contract.id, file=compiled.observation.path.name)
        raise failed(error, place) from None


class _Observing:
    """Writes the SELECT; each method is one layer."""

    def __init__(
        self, contract: Contract, observation: Observation, protected: frozenset[str], today: date
    ) -> None:
        self.contract = contract
        self.observation = observation
        self.protected = protected
        self.today = today
        self.by = tuple(observation.formulas[0].by)
        columns = observation.columns
        self.told = (columns.value, columns.numerator, columns.denominator, columns.status)

    def trees(self, formula: Formula) -> dict[str, list[exp.Expression]]:
        """What each column is made of."""
        columns = self.observation.columns
        numerator = parse(formula.numerator)
        denominator = [parse(formula.denominator)] if formula.denominator else []
        made = {name: [parse(text)] for name, text in formula.by.items()}
        made[columns.numerator] = [numerator]
        made[columns.denominator] = denominator
        made[columns.value] = made[columns.status] = [numerator, *denominator]
        return made

    def fresh_sql(self) -> str:
        """All observations as they are computed now, without vintage."""
        union = "\nUNION ALL\n".join(self._fresh(one) for one in self.observation.formulas)
        done = closed(self.contract.calendar, self.today)
        return f"SELECT * FROM (\n{union}\n) WHERE {done}"

    def _fresh(self, formula: Formula) -> str:
        columns = self.observation.columns
        numerator = parse(formula.numerator)
        denominator = parse(formula.denominator) if formula.denominator else None
        parts = [numerator, *([denominator] if denominator else [])]
        read = _read(parts)
        needed = _read(parts, optional=formula.input in self.protected)
        present = " AND ".join(f"{INPUT_ALIAS}.{quoted(name)} IS NOT NULL" for name in needed)
        items = [f"{to_sql(parse(text))} AS {quoted('by:' + n)}" for n, text in formula.by.items()]
        items.append(f"{present or 'true'} AS _present")
        # What a row lacks counts in no part of a ratio.
        items += [
            f"CASE WHEN {present or 'true'} THEN {INPUT_ALIAS}.{quoted(n)} END AS {quoted(n)}"
            for n in read
        ]
        joins = "".join(
            f"LEFT JOIN {quoted(REFERENCE + join.use.table)} AS {quoted(join.use.alias)} "
            f"ON {to_sql(parse(join.on))} "
            for join in formula.joins
        )
        rows = (
            f"SELECT {', '.join(items)} FROM {quoted(REFERENCE + formula.input)} AS {INPUT_ALIAS} "
            f"{joins}WHERE {to_sql(parse(formula.where))}"
        )
        whole = "count(*) FILTER (WHERE _present)"
        shown = f"{whole} > 0" if formula.partial else f"{whole} = count(*)"
        by = ", ".join(quoted("by:" + name) for name in self.by)
        counted = (
            f"SELECT {by}, {shown} AS _shown, {whole} = count(*) AS _whole, "
            f"{to_sql(numerator)} AS _numerator, "
            f"{to_sql(denominator) if denominator else 'NULL'} AS _denominator "
            f"FROM ({rows}) AS {INPUT_ALIAS} GROUP BY {by}"
        )
        ratio = "_numerator / nullif(_denominator, 0)" if denominator else "_numerator"
        value = f"CASE WHEN _shown THEN round({formula.scale!r} * {ratio}, {formula.digits}) END"
        hidden = literal("suppressed" if formula.input in self.protected else "missing")
        status = (
            f"CASE WHEN NOT _shown THEN {hidden} WHEN {value} IS NULL THEN 'missing' "
            "WHEN _whole THEN 'final' ELSE 'estimated' END"
        )
        made = {name: quoted("by:" + name) for name in self.by} | {
            columns.value: value,
            columns.numerator: "CASE WHEN _shown THEN _numerator END",
            columns.denominator: "CASE WHEN _shown THEN _denominator END",
            columns.status: status,
        }
        cast = [f"{self._cast(name, sql)} AS {quoted(name)}" for name, sql in made.items()]
        return (
            f"SELECT {', '.join(cast)}, {literal(formula.input)} AS _input, "
            f"{literal(formula.name)} AS _formula FROM ({counted})"
        )

    def _cast(self, name: str, sql: str) -> str:
        return f"TRY_CAST({sql} AS {self.contract.column(name).sql_type})"

    def batch_sql(self) -> str:
        """New observations, new vintages of changed ones, and a last one of those that no
        formula gives any more."""
        columns, vintage = self.observation.columns, quoted(self.observation.columns.vintage)
        by = ", ".join(map(quoted, self.by))
        newest = (
            f"SELECT * FROM served QUALIFY row_number() OVER "
            f"(PARTITION BY {by} ORDER BY {vintage} DESC) = 1"
        )
        same = " AND ".join(f"f.{quoted(n)} IS NOT DISTINCT FROM l.{quoted(n)}" for n in self.by)
        differs = " OR ".join(f"f.{quoted(n)} IS DISTINCT FROM l.{quoted(n)}" for n in self.told)
        gone = f"f._formula IS NULL AND l.{quoted(columns.status)} <> 'withdrawn'"
        told = [
            f"CASE WHEN f._formula IS NULL THEN 'withdrawn' ELSE f.{quoted(name)} END"
            if name == columns.status
            else f"f.{quoted(name)}"
            for name in self.told
        ]
        items = [f"coalesce(f.{quoted(n)}, l.{quoted(n)}) AS {quoted(n)}" for n in self.by]
        items += [f"{sql} AS {quoted(name)}" for name, sql in zip(self.told, told, strict=True)]
        items += [
            f"{self._cast(columns.vintage, f'coalesce(l.{vintage}, 0) + 1')} AS {vintage}",
            (
                f"{self._cast(columns.vintage_on, literal(self.today.isoformat()))} "
                f"AS {quoted(columns.vintage_on)}"
            ),
            "coalesce(f._input, l.source_system) AS source_system",
            "coalesce(f._formula, 'withdrawn') AS _mapping",
        ]
        changed = (
            f"SELECT {', '.join(items)} FROM fresh AS f FULL JOIN newest AS l ON {same} "
            f"WHERE (f._formula IS NOT NULL AND (l.{vintage} IS NULL OR {differs})) OR ({gone})"
        )
        return (
            f"WITH fresh AS MATERIALIZED ({self.fresh_sql()}),\nnewest AS ({newest}),\n"
            f"changed AS ({changed})\nSELECT {', '.join(self._batch())}\nFROM changed"
        )

    def _batch(self) -> list[str]:
        key = [*self.by, self.observation.columns.vintage]
        named = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in key)
        return [
            *(quoted(column.name) for column in self.contract.columns),
            "source_system",
            f"concat_ws('|', {named}) AS source_key",
            "'ok' AS quality_flag",
            (
                f"row_number() OVER (ORDER BY {', '.join(map(quoted, key))}, _mapping) - 1 "
                "AS _landing_id"
            ),
            "_mapping",
            "CAST(NULL AS VARCHAR) AS _excluded",
            *(f"[]::VARCHAR[] AS {name}" for name in ("_unreadable", "_fixed", "_doubts")),
            "CAST(NULL AS VARCHAR) AS _order",
            "CAST(0 AS INTEGER) AS _precedence",
        ]


def _read(trees: Iterable[exp.Expression], *, optional: bool = True) -> list[str]:
    """The columns that are read; without the `optional` ones, which stand within a coalesce."""
    return sorted(
        {
            column.parts[1].name
            for tree in trees
            for column in tree.find_all(exp.Column)
            if optional or column.find_ancestor(exp.Coalesce) is None
        }
    )
