"""Reading the quarantine zone: who was refused by which rule, without values.

The zone holds the rows themselves for repair; what leaves it here is source, key and rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from contracts.i18n import Language, _, translate
from contracts.model import Contract
from lakehouse import quarantine, sheets
from lakehouse.stores import Zone
from orchestration.platform import Platform


@dataclass(frozen=True)
class RefusedRow:
    """A refused row: where it stands in its source, and the rules it broke."""

    source: str
    key: str
    rules: tuple[str, ...]


def counts_by_rule(platform: Platform, contract: Contract) -> dict[str, int]:
    """Rule → number of refused rows, most first."""
    sql = (
        "SELECT rule, count(*) AS rows FROM (SELECT unnest(_rules) AS rule FROM refused) "
        "GROUP BY rule ORDER BY rows DESC, rule"
    )
    return {str(rule): int(rows) for rule, rows in _ask(platform, contract, sql, [])}


def refused_keys(
    platform: Platform, contract: Contract, *, rule: str | None = None, limit: int | None = None
) -> list[RefusedRow]:
    """Refused rows in source order; only those of `rule`, and at most `limit`, if given."""
    condition = "WHERE list_contains(_rules, ?)" if rule else ""
    sql = (
        f"SELECT source_system, source_key, _rules FROM refused {condition} "
        f"ORDER BY source_system, source_key {f'LIMIT {int(limit)}' if limit else ''}"
    )
    rows = _ask(platform, contract, sql, [rule] if rule else [])
    return [RefusedRow(str(source), str(key), tuple(rules)) for source, key, rules in rows]


def _ask(
    platform: Platform, contract: Contract, sql: str, values: list[object]
) -> list[tuple[Any, ...]]:
    rows = quarantine.rows(platform.stores[Zone.QUARANTINE], contract.id)
    if rows is None:
        return []
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW refused AS {rows}")
        return connection.execute(sql, values).fetchall()


def write_xlsx(
    path: Path,
    rows: Sequence[RefusedRow],
    titles: Mapping[str, tuple[str, str]],
    language: Language,
) -> None:
    """The list to send to the owner agency: one line per refused row.

    Keys are written as text cells, so that none is read as a formula.
    """
    which = 0 if language == "vi" else 1
    headers = (_("Source"), _("Key in the source"), _("Rules"), _("What it asks"))
    lines = []
    for row in rows:
        wanted = [titles[rule][which] for rule in row.rules if rule in titles]
        lines.append((row.source, row.key, ", ".join(row.rules), " ".join(wanted)))
    sheets.write(
        [translate(header, language) for header in headers],
        lines,
        path,
        title=translate(_("Refused rows"), language),
        widths=(22, 32, 40, 80),
    )
