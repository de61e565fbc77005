"""What holds for every cleaning function."""

import unicodedata
from contextlib import nullcontext
from datetime import UTC, date, datetime

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.quoting import literal
from contracts.sql_functions import NOT_IN_LAMBDAS
from standardization.functions import FUNCTIONS, SqlFunction, register
from tests.standardization.functions.conftest import DIRTY, Call

ALL = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
# What a function made must come out of it unchanged. Not so a pseudonym, a part taken from a
# code, and the readers of legacy fonts that take the column's word for what the text is.
IDEMPOTENT = [
    name
    for name, function in FUNCTIONS.items()
    if function.returns == "VARCHAR"
    and name not in {"pseudonym", "procedure_agency", "agency_code_from_qcvn102", "tcvn3_text"}
    and name not in {"vni_text", "cp1258_text", "viqr_text"}
    and not name.startswith(("personal_id_", "birth_", "age_"))
]
BEFORE_CLEANING = {
    *("fix_mojibake", "from_tcvn3", "tcvn3_text", "vni_text", "cp1258_text", "viqr_text"),
    "mask_personal",
}
MANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
BATCH = st.lists(DIRTY, min_size=1, max_size=40)


def others(function: SqlFunction) -> list[str]:
    """Arguments after the first, as in the first example."""
    return [literal(str(argument)) for argument in function.examples[0][0][1:]]


def through(
    connection: duckdb.DuckDBPyConnection, expression: str, values: list[str]
) -> list[object]:
    """``expression`` over ``x`` for every value, in one vectorised call."""
    rows = connection.execute(
        f"SELECT {expression} FROM (SELECT unnest(?::VARCHAR[]) AS x)", [values]
    ).fetchall()
    return [row[0] for row in rows]


@ALL
def test_examples_are_true(function: SqlFunction, call: Call) -> None:
    for arguments, expected in function.examples:
        assert call(function.name, *arguments) == expected, arguments


@ALL
def test_no_function_is_a_join(
    function: SqlFunction, connection: duckdb.DuckDBPyConnection
) -> None:
    """DuckDB makes one of an IN of five values or more, which costs every row of a column."""
    called = f"{function.name}({', '.join(['x', *others(function)])})"
    rows = "(SELECT i::VARCHAR AS x FROM range(10000) AS r(i))"
    plan = connection.execute(f"EXPLAIN SELECT {called} FROM {rows}").fetchall()
    assert "JOIN" not in str(plan)


@ALL
def test_works_inside_a_lambda_or_is_refused_there(
    function: SqlFunction, connection: duckdb.DuckDBPyConnection
) -> None:
    called = f"{function.name}({', '.join(['x', *others(function)])})"
    refused = pytest.raises(duckdb.BinderException) if function.asks else nullcontext()
    with refused:
        connection.execute(f"SELECT list_transform(['a'], lambda x: {called})")
    assert function.asks == (function.name in NOT_IN_LAMBDAS)


@ALL
def test_null_gives_null_of_the_declared_type(
    function: SqlFunction, connection: duckdb.DuckDBPyConnection
) -> None:
    made = f"{function.name}({', '.join(['NULL::VARCHAR', *others(function)])})"
    row = connection.execute(f"SELECT {made}, typeof({made})").fetchone()
    assert row == (None, function.returns)


@ALL
def test_is_documented_in_both_languages(function: SqlFunction) -> None:
    assert set(function.title) == {"vi", "en"}
    assert all(unicodedata.is_normalized("NFC", title) for title in function.title.values())
    assert function.rule
    assert function.examples


@ALL
@MANY
@given(values=BATCH)
def test_never_raises_and_gives_nfc(
    function: SqlFunction, connection: duckdb.DuckDBPyConnection, values: list[str]
) -> None:
    call = f"{function.name}({', '.join(['x', *others(function)])})"
    results = through(connection, call, values)
    assert len(results) == len(values)
    # Those that run before cleaning leave sound text as it was.
    if function.name not in BEFORE_CLEANING:
        texts = [result for result in results if isinstance(result, str)]
        assert all(unicodedata.is_normalized("NFC", text) for text in texts)


@pytest.mark.parametrize("name", IDEMPOTENT)
@MANY
@given(values=BATCH)
def test_is_idempotent(name: str, connection: duckdb.DuckDBPyConnection, values: list[str]) -> None:
    once = through(connection, f"{name}(x)", values)
    twice = through(connection, f"{name}({name}(x))", values)
    assert once == twice


@pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"])
def test_instants_and_days_do_not_depend_on_the_session(zone: str) -> None:
    texts = ["05/06/2019", "05/06/2019 23:30", "2019-06-05T17:30:00Z", "43621.75", "1559719800"]
    with duckdb.connect() as fresh:
        fresh.execute(f"SET TimeZone='{zone}'")
        register(fresh)
        rows = fresh.execute(
            "SELECT epoch_us(parse_timestamp(x)), parse_date(x) FROM (SELECT unnest(?) AS x)",
            [texts],
        ).fetchall()
    assert [day for _, day in rows] == [
        date(2019, 6, 5),
        date(2019, 6, 5),
        date(2019, 6, 6),
        date(2019, 6, 5),
        date(2019, 6, 5),
    ]
    wall = [(instant + 7 * 3600 * 10**6) for instant, _ in rows]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    expected = [(5, 0, 0), (5, 23, 30), (6, 0, 30), (5, 18, 0), (5, 14, 30)]
    assert wall == [
        (datetime(2019, 6, day, hour, minute, tzinfo=UTC) - epoch).total_seconds() * 10**6
        for day, hour, minute in expected
    ]


def test_cursors_see_the_functions_and_columns_may_have_any_name(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    row = (
        connection.cursor()
        .execute(
            "SELECT clean_text(fix_mojibake(null_word(x_))), parse_date(cell_) "
            "FROM (SELECT ' a ' AS x_, '5/6/2019' AS cell_)"
        )
        .fetchone()
    )
    assert row == ("a", date(2019, 6, 5))
