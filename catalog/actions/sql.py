"""``datastore_search_sql``: a SELECT of anyone's over open rows, where it is switched on.

Which rows are open and what is said of refusals; running it is `catalog.sandbox`. Only the
public worker has that, so rows that are not open cannot be reached whatever the SQL says.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.access import Permission
from catalog.actions.asking import has_rows, named_resource
from catalog.actions.packages import extra
from catalog.actions.registry import Call, action
from catalog.actions.schemas import FLAG, TEXT, listed, record
from catalog.errors import (
    ActionError,
    BusyError,
    NotAuthorizedError,
    NotFoundError,
    ValidationError,
)
from catalog.finding import chosen_release
from catalog.identifiers import CONTRACT_EXTRA
from catalog.sandbox.refusals import Refusal, SqlRefusedError
from contracts.errors import Fault
from lakehouse.parts import parts_of

_ANSWER = record(
    {
        "sql": TEXT,
        "fields": listed(record({"id": TEXT, "type": TEXT})),
        "records": {"type": "array", "items": {"type": "object"}},
        "records_truncated": FLAG,
    }
)
_SENTENCES = {
    "sql.too_long": "The SQL is longer than 64 KB",
    "sql.syntax": "The SQL cannot be read: check brackets, quotes and commas",
    "sql.statements": "There must be one statement",
    "sql.not_select": "The statement must be a SELECT",
    "sql.part": "There is something that is not allowed here",
    "sql.type": "There is a cast to a type that is not allowed here",
    "sql.table": "A table is a resource's id in double quotes, or a dataset's name",
    "sql.tables": "There are more than 8 tables",
    "sql.recursive": "WITH RECURSIVE is not allowed",
    "sql.name": "The sign § is not allowed",
    "sql.binding": "There is no such column or function, or types do not fit",
    "sql.computing": "A value could not be computed: use TRY_CAST, or leave such rows out",
    "sql.too_heavy": "The query takes too much memory: ask for fewer rows or columns",
    "sql.stopped": "The query took too much time or memory and was stopped",
}


@action(Permission.READ_ROWS, result=_ANSWER)
def datastore_search_sql(call: Call) -> dict[str, Any]:
    """Return what one SELECT over open rows gives, at most 32000 rows.

    Tables are resources' ids in double quotes, or datasets' names, in their newest release;
    ``_id`` is the row's number, where it is named. Only listed functions may be called. Off
    unless the catalogue is run with DUNGCHUNG_SQL=on.

    :param string sql: one SELECT in PostgreSQL's dialect, at most 64 KB (required)
    """
    sql = call.parameters.required("sql")
    if call.context.mode == "agency":
        raise NotAuthorizedError("SQL reads open rows only; ask it without a token")
    if call.context.sql is None:
        raise NotAuthorizedError(
            "SQL is switched off in this catalogue; ask datastore_search instead"
        )
    try:
        answer = call.context.sql.ask(sql, _locator(call))
    except SqlRefusedError as error:
        raise _refusal(error.refusal) from None
    return {
        "sql": sql,
        "fields": answer.fields,
        "records": answer.records,
        "records_truncated": answer.truncated,
    }


def _locator(call: Call) -> Callable[[str], Path]:
    def locate(table: str) -> Path:
        """The Parquet file of a table of open rows."""
        try:
            resource = named_resource(call, table)
        except ActionError:
            raise SqlRefusedError("sql.unknown_table", "FROM", table) from None
        package = call.view.records.package(resource["package_id"])
        dataset = extra(package, CONTRACT_EXTRA) if package else None
        if dataset is None or not has_rows(resource):
            raise SqlRefusedError("sql.unknown_table", "FROM", table)
        found = chosen_release(call.context, dataset, "", "", call.actor)
        if not found.open:
            raise SqlRefusedError("sql.unknown_table", "FROM", table)
        try:
            return parts_of(found.release, call.context.stores).files[0].path
        except Fault:
            raise SqlRefusedError("sql.unknown_table", "FROM", table) from None

    return locate


def _refusal(refusal: Refusal) -> ActionError:
    """What is said of a refusal: the clause, and the name of a function or table."""
    where = f" (in {refusal.clause})" if refusal.clause else ""
    if refusal.check == "sql.busy":
        return BusyError("Too many questions in SQL are asked just now; try again in a minute")
    if refusal.check == "sql.function":
        return NotAuthorizedError(f"Not authorized to call function {refusal.name}{where}")
    if refusal.check == "sql.unknown_table":
        return NotFoundError(f"There is no table {refusal.name} of open rows{where}")
    sentence = _SENTENCES[refusal.check] + where
    return ValidationError({"query": [sentence], "check": [refusal.check]})
