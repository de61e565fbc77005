"""A first mapping, and how columns find each other by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pytest
import yaml

from contracts.model import Code, CodeList, Column, Contract, Localized
from contracts.sql import parse_expression
from standardization.functions import FUNCTIONS
from standardization.scaffold import mapping_yaml, match_columns
from tests.standardization.factory import contract, source


def titled(columns: dict[str, tuple[str, str]], **more: str) -> Contract:
    """A contract with column → (logical type, Vietnamese title)."""
    made = contract(dict.fromkeys(columns, "VARCHAR"), key=[next(iter(columns))])

    def entitled(column: Column) -> Column:
        kind, title = columns[column.name]
        return replace(
            column,
            logical_type=kind,
            title=Localized(title, column.name),
            code_list=more.get(column.name),
        )

    return replace(made, columns=tuple(entitled(column) for column in made.columns))


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["SoHoSo"], "SoHoSo"),
        (["SO_HO_SO"], "SO_HO_SO"),
        (["sohs"], None),
        (["SoHS"], "SoHS"),
        (["CaseNo"], "CaseNo"),
        (["case_no", "SoHoSo"], None),  # two that fit are none that is certain
        (["Số hồ sơ"], "Số hồ sơ"),
        (["SoHoSoCu", "x"], None),
        (["SoHoGiaDinh"], None),
    ],
)
def test_names_are_matched_by_name_or_title(names: Sequence[str], found: str | None) -> None:
    made = titled({"case_no": ("string", "Số hồ sơ")})
    assert match_columns(made, names).get("case_no") == found


def test_a_long_name_may_differ_by_a_letter_if_it_has_no_rival() -> None:
    made = titled({"handled_by": ("string", "Cơ quan giải quyết")})
    assert match_columns(made, ["CoQuanGiaiQuyet1", "x"]) == {"handled_by": "CoQuanGiaiQuyet1"}
    assert match_columns(made, ["CoQuanGiaiQuyet1", "CoQuanGiaiQuyet2"]) == {}


def test_a_mapping_ready_to_edit() -> None:
    made = titled(
        {
            "case_no": ("string", "Số hồ sơ"),
            "received_on": ("date", "Ngày tiếp nhận"),
            "fee": ("integer", "Lệ phí"),
            "status": ("string", "Trạng thái"),
            "channel": ("string", "Kênh"),
        },
        status="status",
    )
    codes = CodeList("status", (Code("done", Localized('Đã "trả"', "Returned")),))
    made = replace(made, code_lists={"status": codes})
    kinds: dict[str, pa.DataType] = {
        "SoHoSo": pa.string(),
        "NgayTiepNhan": pa.string(),
        "Lệ phí": pa.int64(),
        "TrangThai": pa.string(),
        "KenhNhan": pa.string(),
    }
    text = mapping_yaml(made, source(), "HO SO", pa.schema(kinds), "en")
    assert yaml.safe_load(text) == {
        "source": "office",
        "from": '"HO SO" t',
        "key": "t.SoHoSo",
        "columns": {
            "case_no": "clean_text(t.SoHoSo)",
            "received_on": "parse_date(t.NgayTiepNhan)",
            "fee": 't."Lệ phí"',
            "status": "lookup('status', t.TrangThai)",
            "channel": "NULL",
        },
        "lookups": {"status": {'Đã "trả"': "done"}},
    }
    assert '  channel: "NULL"  # <- choose: t.KenhNhan\n' in text
    for expression in yaml.safe_load(text)["columns"].values():
        parse_expression(expression, frozenset(FUNCTIONS))


def test_a_table_without_the_primary_key_is_keyed_by_its_first_column() -> None:
    made = titled({"case_no": ("string", "Số hồ sơ")})
    text = mapping_yaml(made, source(), "T", pa.schema({"A": pa.string()}))
    assert yaml.safe_load(text)["key"] == "t.A"
    assert "# <- chọn: t.A" in text
