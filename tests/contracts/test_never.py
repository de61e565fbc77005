"""What a source says must never be read is refused wherever a mapping names it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from contracts.folder import read_folder
from contracts.linting import lint
from contracts.loading import load_datasets
from contracts.never import forbidden
from contracts.problems import Problem
from tests.contracts.example import FUNCTIONS, REPOSITORY, SOURCES, TRADE, replace, write_example

REAL = read_folder(REPOSITORY / "datasets")
ENTRIES = [
    pytest.param(name, entry.table, column, id=f"{name}-{entry.table}-{column or 'all'}")
    for name, shape in REAL.source_shapes.items()
    for entry in shape.never
    for column in entry.columns or (None,)
]
NEVER = """
  never:
    - {table: TIỂU_THƯƠNG, why: "Danh tính tiểu thương", whyEn: "Identity of traders"}
    - {table: Cho, columns: [SoCCCD], why: "Số định danh", whyEn: "Identity number"}
    - {table: "*", columns: [MatKhau], why: "Mật khẩu", whyEn: "Passwords"}
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    root = write_example(tmp_path)
    with (root / SOURCES).open("a", encoding="utf-8") as file:
        file.write(NEVER)
    return root


def checks(root: Path) -> list[str]:
    return [problem.check for problem in lint(root, FUNCTIONS)]


def refused(root: Path) -> list[Problem]:
    return [problem for problem in lint(root, FUNCTIONS) if problem.check == "mapping.never"]


def mapping(root: Path) -> dict[str, object]:
    found = yaml.load((root / TRADE).read_text(encoding="utf-8"), yaml.BaseLoader)
    assert isinstance(found, dict)
    return found


def rewrite(root: Path, **parts: object) -> None:
    text = yaml.safe_dump(mapping(root) | parts, allow_unicode=True, sort_keys=False)
    (root / TRADE).write_text(text, encoding="utf-8")


def test_a_mapping_that_names_nothing_forbidden_is_well(example: Path) -> None:
    assert checks(example) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"from": "tiểu_thương c"},
        {"join": ["TIỂU_THƯƠNG tt on tt.Ma = c.Ma"]},
        {"join": ["CHO k ON k.soCCCD = c.Ma"]},
        {"from": "Cho c", "key": "c.SoCCCD"},
        {"from": "Cho c", "order": "c.SoCCCD"},
        {"from": "Cho c", "watermark": {"column": "c.soCCCD", "lookback": "1 day"}},
        {"key": 'C."MATKHAU"'},
        {"exclude": {"x": {"when": "c.MatKhau = 'x'", "title": {"vi": "x", "en": "x"}}}},
        {"doubt": {"x": {"when": "c.MatKhau = 'x'", "title": {"vi": "x", "en": "x"}}}},
    ],
    ids=lambda parts: ",".join(parts),
)
def test_each_part_of_a_mapping_is_looked_at(example: Path, parts: dict[str, object]) -> None:
    rewrite(example, **parts)
    [problem] = refused(example)
    assert problem.file.endswith(TRADE)
    assert problem.line > 0
    assert "/" in str(problem.values["why"])


@pytest.mark.parametrize(
    "select",
    [
        "SELECT t.Ma FROM TIỂU_THƯƠNG t",
        "SELECT SoCCCD AS Ma FROM Cho",
        "SELECT k.socccd AS Ma FROM Cho k JOIN Khac x ON x.Ma = k.Ma",
        "WITH t AS (SELECT MatKhau AS Ma FROM Khac) SELECT t.Ma FROM t",
        "SELECT x.Ma FROM Khac x WHERE EXISTS (SELECT 1 FROM Cho k WHERE k.SoCCCD = x.Ma)",
    ],
)
def test_a_shape_is_looked_at_in_all_its_parts(example: Path, select: str) -> None:
    (example / TRADE).with_name("trade.sql").write_text(select, encoding="utf-8")
    rewrite(example, **{"from": {"shape": "trade.sql", "as": "c"}})
    assert refused(example)


def test_a_column_of_the_same_name_elsewhere_is_not_meant(example: Path) -> None:
    rewrite(example, join=["KHAC k on k.SoCCCD = c.Ma"])
    assert refused(example) == []


def test_the_names_of_a_cte_are_its_own(example: Path) -> None:
    select = "WITH t AS (SELECT Ma AS SoCCCD FROM Cho) SELECT t.SoCCCD FROM t"
    (example / TRADE).with_name("trade.sql").write_text(select, encoding="utf-8")
    rewrite(example, **{"from": {"shape": "trade.sql", "as": "c"}})
    assert refused(example) == []


def test_every_table_without_columns_would_forbid_the_source(example: Path) -> None:
    replace(example, SOURCES, 'table: "*", columns: [MatKhau]', 'table: "*"')
    assert "source.never" in checks(example)


def test_sources_stand_beside_the_contract_too(example: Path) -> None:
    text = (example / SOURCES).read_text(encoding="utf-8")
    (example / SOURCES).unlink()
    (example / "market" / SOURCES).write_text(text, encoding="utf-8")
    assert checks(example) == []
    [source] = load_datasets(example, FUNCTIONS).sources.values()
    assert source.name == "trade"
    assert forbidden(source.never, "cho", "socccd")


def test_a_source_is_declared_once(example: Path) -> None:
    text = (example / SOURCES).read_text(encoding="utf-8")
    (example / "market" / SOURCES).write_text(text, encoding="utf-8")
    [problem] = lint(example, FUNCTIONS)
    assert (problem.check, problem.file) == ("source.duplicate", "datasets/market/sources.yaml")
    assert "datasets/sources.yaml" in problem.render("vi")


def test_two_sources_have_two_connections(example: Path) -> None:
    text = (example / SOURCES).read_text(encoding="utf-8").replace("trade:", "other:", 1)
    (example / "market" / SOURCES).write_text(text, encoding="utf-8")
    assert checks(example) == ["source.duplicate_connection"]


@pytest.mark.parametrize(("source", "table", "column"), ENTRIES)
def test_what_the_province_never_reads_is_refused(
    tmp_path: Path, source: str, table: str, column: str | None
) -> None:
    """One mapping for each entry of each real source: it tries to read just that."""
    root = write_example(tmp_path)
    shape = REAL.source_shapes[source].model_dump(by_alias=True, exclude_none=True)
    (root / SOURCES).write_text(
        yaml.safe_dump({source: shape}, allow_unicode=True), encoding="utf-8"
    )
    name = "T" if table == "*" else table
    rewrite(
        root,
        source=source,
        **{"from": f'"{name}" c'},
        columns=dict.fromkeys(mapping(root)["columns"], f'c."{column or "X"}"'),  # type: ignore[call-overload]  # a mapping's columns are a mapping
    )
    assert refused(root)
