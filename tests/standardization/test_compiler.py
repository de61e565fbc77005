"""What a compiled mapping says of itself: what to land, where columns come from, how."""

from __future__ import annotations

import pytest

from contracts.errors import Fault
from contracts.mappings import Watermark
from standardization.compiler import compile_mapping
from standardization.functions import FUNCTIONS
from tests.standardization.factory import conditions, contract, days, mapping

MADE = contract({"x": "VARCHAR", "y": "DATE"})


def test_everything_that_is_named_is_landed_and_nothing_else() -> None:
    how = mapping(
        {"x": "k.NAME", "y": "parse_date(c.DAY)"},
        joins=[("KINDS", "k", False, "k.CODE = c.KIND"), ("agency", "a", True, "a.code = c.AG")],
        exclusions=conditions(gone="c.DELETED = 1"),
        fixes=conditions(tidied="clean_text(c.NOTE) <> c.note"),
        order="c.CHANGED",
        watermark=Watermark("c.SEEN", days(1)),
    )
    needed = compile_mapping(MADE, how).needed
    assert {table: {c.upper() for c in columns} for table, columns in needed.items()} == {
        "CASES": {"ID", "DAY", "DELETED", "NOTE", "CHANGED", "KIND", "AG", "SEEN"},
        "KINDS": {"NAME", "CODE"},
    }


def test_lineage_names_tables_and_datasets() -> None:
    how = mapping(
        {"x": "coalesce(a.name, c.A, k.B)", "y": "NULL"},
        joins=[("KINDS", "k", False, "k.CODE = c.KIND"), ("agency", "a", True, "a.code = c.AG")],
    )
    compiled = compile_mapping(MADE, how)
    assert compiled.lineage == {"x": ("ref.agency.name", "CASES.A", "KINDS.B"), "y": ()}


@pytest.mark.parametrize(
    ("expression", "vi", "en"),
    [
        ("c.V", "Đọc từ office: CASES.V.", "Read from office: CASES.V."),
        ("NULL", "Nguồn này không có.", "This source does not hold it."),
        ("'a'", "Giống nhau cho mọi dòng của nguồn này.", "The same for every row of this source."),
    ],
)
def test_a_sentence_for_each_column(expression: str, vi: str, en: str) -> None:
    compiled = compile_mapping(MADE, mapping({"x": expression, "y": "NULL"}))
    assert compiled.how["x"] == (vi, en)


def test_a_sentence_tells_the_calls_innermost_first() -> None:
    how = mapping({"x": "NULL", "y": "parse_date(clean_text(c.V))"})
    vi, en = compile_mapping(MADE, how).how["y"]
    done = [FUNCTIONS[name].title for name in ("clean_text", "parse_date")]
    assert vi == " ".join(["Đọc từ office: CASES.V.", *(title["vi"] for title in done)])
    assert en == " ".join(["Read from office: CASES.V.", *(title["en"] for title in done)])


def test_shapes_read_other_datasets_and_nested_selects() -> None:
    how = mapping(
        {"x": "s.name", "y": "NULL"},
        table="",
        alias="s",
        key="s.name",
        shape="SELECT q.label AS name FROM (SELECT o.NAME || a.short AS label FROM OLD o "
        "JOIN ref.agency a ON a.code = o.AG) AS q",
    )
    compiled = compile_mapping(MADE, how)
    assert compiled.needed == {"OLD": ("NAME", "AG")}
    assert compiled.lineage["x"] == ("OLD.NAME", "ref.agency.short")
    assert compiled.shape_sql is not None
    assert '"ref_agency"' in compiled.shape_sql


def test_a_shape_column_without_its_table_is_refused() -> None:
    how = mapping(
        {"x": "s.name", "y": "NULL"}, table="", alias="s", shape="SELECT NAME AS name FROM A, B"
    )
    with pytest.raises(Fault) as caught:
        compile_mapping(MADE, how)
    assert caught.value.check == "mapping.shape"


@pytest.mark.parametrize("expression", ["read_text('/etc/passwd')", "(SELECT 1)", "c.V; DROP"])
def test_what_is_not_on_the_allow_list_is_refused(expression: str) -> None:
    with pytest.raises(Fault) as caught:
        compile_mapping(MADE, mapping({"x": expression, "y": "NULL"}))
    assert caught.value.check.startswith("sql.")
