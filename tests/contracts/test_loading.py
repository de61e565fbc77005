from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.errors import Fault
from contracts.joins import TableUse
from contracts.loading import Datasets, load_datasets
from contracts.mappings import Pages, Paging, Sheet
from contracts.model import Access, Classification, Localized, Reference
from tests.contracts.example import (
    DERIVED,
    FUNCTIONS,
    MARKET,
    SOURCES,
    TRADE,
    replace,
    write_example,
)

WHERE = """
  sheets:
    a: {sheet: "B*", header: 4-6, until: x, skip: y, section: z, sheetColumn: w}
    b: {header: 3}
  pages:
    c: {path: /c, rows: "data[]", paging: cursor, next: n}
    d:
      path: /d
      rows: "[]"
      paging: page
      parameter: p
      size: 10
      sizeParameter: s
      total: t
      since: u
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_example(tmp_path)


def load(root: Path) -> Datasets:
    return load_datasets(root, FUNCTIONS)


def refused(root: Path) -> tuple[str, str | None, int | None]:
    with pytest.raises(Fault) as caught:
        load(root)
    return caught.value.check, caught.value.place.file, caught.value.place.line


def test_the_contract_as_a_frozen_type(root: Path) -> None:
    contract = load(root).datasets["market"].contract
    assert contract.title == Localized("Danh mục chợ", "Markets")
    assert contract.access is Access.OPEN
    assert contract.primary_key == ("market_code",)
    assert contract.sort == ("market_code",)
    assert contract.steward == "dulieu@congthuong.example.vn"
    assert contract.owner_title.en == "Department of Industry and Trade"
    assert contract.tolerance == 0.05
    assert contract.calendar.cron == "0 2 * * 1"
    assert contract.calendar.fresh_within == timedelta(days=8)
    assert contract.code_lists["kind"].title("class_1", "en") == "Class 1"
    assert [column.name for column in contract.open_columns][-1] == "stalls"
    assert contract.column("manager").classification is Classification.PERSONAL
    assert contract.column("area").sql_type == "DECIMAL(10,2)"
    assert contract.column("opened_on").sql_type == "DATE"
    assert contract.column("parent_code").reference == Reference("market", "market_code")

    assert [column.name for column in contract.served_columns][-4:] == [
        "source_system",
        "source_key",
        "ingested_at",
        "quality_flag",
    ]


def test_statistics(root: Path) -> None:
    dataset = load(root).datasets["market_statistics"]
    contract = dataset.contract
    assert contract.status == "draft"
    assert contract.disclosure is not None
    assert (contract.disclosure.threshold, contract.disclosure.parts) == (10, ("large",))
    assert [breakdown.by for breakdown in contract.breakdowns] == [("month", "kind")]
    assert contract.calendar.period_column == "month"
    assert contract.calendar.closes_after == timedelta(days=10)
    assert dataset.derivation is not None
    assert dataset.derivation.input == "market"
    assert dataset.derivation.lines["month"] == 7


def test_the_mapping_as_a_frozen_type(root: Path) -> None:
    datasets = load(root)
    (mapping,) = datasets.datasets["market"].mappings
    assert mapping.name == "trade"
    assert mapping.uses == (TableUse("CHO", "c"), TableUse("DM_LOAI", "l"))
    assert mapping.joins[0].on == "l.MaLoai = c.MaLoai"
    assert mapping.columns["parent_code"] == "NULL"
    assert mapping.watermark is not None
    assert mapping.watermark.lookback == timedelta(days=2)
    assert mapping.lookups["kind"]["Hạng 1"] == "class_1"
    assert mapping.exclusions[0].title.en == "Deleted in the source"
    assert mapping.lines["market_code"] == 23
    assert datasets.sources["trade"].default == "sqlite:///{home}/trade.db"


def test_where_tables_stand(root: Path) -> None:
    with (root / SOURCES).open("a", encoding="utf-8") as file:
        file.write(WHERE)
    source = load(root).sources["trade"]
    assert source.sheets["a"] == Sheet(
        sheet="B*",
        header_first=4,
        header_last=6,
        until="x",
        skip="y",
        section="z",
        sheet_column="w",
    )
    assert (source.sheets["b"].header_first, source.sheets["b"].header_last) == (3, 3)
    assert source.pages["c"] == Pages(
        path="/c", rows="data[]", paging=Paging.CURSOR, parameter="cursor", size=500, next="n"
    )
    assert source.pages["d"] == Pages(
        path="/d",
        rows="[]",
        paging=Paging.PAGE,
        parameter="p",
        size=10,
        size_parameter="s",
        total="t",
        since="u",
    )


def test_what_changes_how_a_source_is_read_changes_the_mapping(root: Path) -> None:
    hashes = {load(root).datasets["market"].mappings[0].hash}
    with (root / SOURCES).open("a", encoding="utf-8") as file:
        file.write("  never: [{table: X, why: x, whyEn: x}]\n")
    hashes.add(load(root).datasets["market"].mappings[0].hash)
    assert len(hashes) == 1
    with (root / SOURCES).open("a", encoding="utf-8") as file:
        file.write("  sheets: {a: {until: x}}\n")
    hashes.add(load(root).datasets["market"].mappings[0].hash)
    assert len(hashes) == 2


def test_datasets_come_after_what_they_read(root: Path) -> None:
    datasets = load(root)
    assert list(datasets.datasets) == ["market", "market_statistics"]
    assert datasets.requires("market") == ()  # a reference to itself is no other dataset
    assert datasets.requires("market_statistics") == ("market",)


def test_functions_that_read_datasets_make_them_needed(root: Path) -> None:
    replace(root, DERIVED, "kind: i.kind", "kind: unit_now('a', i.kind)")
    assert refused(root)[0] == "dataset.unknown_name"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CHO", TableUse("CHO", "CHO")),
        ("CHO AS c", TableUse("CHO", "c")),
        ('"Danh sách chợ" c', TableUse("Danh sách chợ", "c")),
        ("ref.market c", TableUse("market", "c", dataset=True)),
    ],
)
def test_how_the_key_table_is_written(root: Path, text: str, expected: TableUse) -> None:
    replace(root, TRADE, "from: CHO c", f"from: '{text}'")
    assert load(root).datasets["market"].mappings[0].uses[0] == expected


def test_a_shape_makes_the_key_table(root: Path) -> None:
    replace(root, TRADE, "from: CHO c", "from: {shape: trade.sql, as: c}")
    (root / "market/from/trade.sql").write_text("SELECT x.a FROM CHO AS x", encoding="utf-8")
    (mapping,) = load(root).datasets["market"].mappings
    assert mapping.uses[0] == TableUse("", "c")
    assert mapping.shape == "SELECT x.a FROM CHO AS x"


@pytest.mark.parametrize(
    ("file", "old", "new", "of"),
    [
        (MARKET, "version: 1.0.0", "version: 1.0.1", "contract"),
        ("market/lists/kind.csv", "Hạng 1", "Hạng một", "contract"),
        (TRADE, "precedence: 1", "precedence: 2", "mapping"),
        (SOURCES, "trade:\n", "trade:\n  schema: other\n", "mapping"),
        (SOURCES, "/trade.db", "/other.db", "neither"),
    ],
)
def test_hashes_cover_what_changes_the_meaning(
    root: Path, file: str, old: str, new: str, of: str
) -> None:
    before = load(root).datasets["market"]
    replace(root, file, old, new)
    after = load(root).datasets["market"]
    assert (before.contract.hash != after.contract.hash) is (of == "contract")
    assert (before.mappings[0].hash != after.mappings[0].hash) is (of == "mapping")


def test_the_first_problem_is_raised_with_its_line(root: Path) -> None:
    line = replace(root, MARKET, "domain: econ", "domian: econ")
    assert refused(root) == ("profile.unknown_key", f"datasets/{MARKET}", line)


def test_sql_of_rules_is_checked_while_loading(root: Path) -> None:
    line = replace(root, MARKET, "kind <> 'class_1' OR stalls >= 100", "getenv('A') = 'b'")
    assert refused(root) == ("sql.function", f"datasets/{MARKET}", line - 3)
    line = replace(root, MARKET, "getenv('A') = 'b'", "stalls > 0")
    line = replace(root, MARKET, "to: market.market_code", "to: market.market_code\n" + VALID_ON)
    assert refused(root) == ("sql.function", f"datasets/{MARKET}", line - 1)


VALID_ON = "            customProperties: [{property: validOn, value: getenv('A')}]"


def test_an_unknown_source_is_refused(root: Path) -> None:
    line = replace(root, TRADE, "source: trade", "source: trad")
    assert refused(root) == ("mapping.unknown_source", f"datasets/{TRADE}", line)


def test_an_unknown_list_is_refused(root: Path) -> None:
    replace(root, MARKET, "value: kind}", "value: kinds}")
    assert refused(root)[0] == "contract.unknown_list"


def test_a_circle_is_refused(root: Path) -> None:
    replace(root, MARKET, "to: market.market_code", "to: market_statistics.kind")
    check, _file, _line = refused(root)
    assert check == "dataset.cycle"


def test_a_dataset_without_mapping_is_refused(root: Path) -> None:
    shutil.rmtree(root / "market/from")
    assert refused(root)[0] == "dataset.no_mapping"


def test_a_derivation_beside_a_mapping_is_refused(root: Path) -> None:
    shutil.copy(root / TRADE, (root / DERIVED).with_name("trade.yaml"))
    assert refused(root)[0] == "dataset.no_mapping"


def test_a_list_of_another_dataset(root: Path) -> None:
    replace(
        root,
        "market_statistics/contract.odcs.yaml",
        "Kind by size.}",
        "Kind.}\n          - {property: codeList, value: market.kind}",
    )
    contract = load(root).datasets["market_statistics"].contract
    assert contract.column("kind").code_list == "kind"
    assert [code.code for code in contract.code_lists["kind"].codes] == ["class_1", "class_2"]


def test_no_contract_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path)[0] == "datasets.none"
    assert refused(tmp_path / "nowhere")[0] == "datasets.none"
