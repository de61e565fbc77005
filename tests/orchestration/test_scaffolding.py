"""What ``new`` writes: whole from the first moment, beside nothing else, over nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import Fault
from contracts.linting import lint
from orchestration.platform import Platform, open_platform
from orchestration.scaffolding import column_name, new_dataset, new_mapping
from standardization.functions import FUNCTIONS

SOURCES = """
book:
  title: Sổ giá chợ
  titleEn: Price book
  ownerAgency: H20.12
  connection: DUNGCHUNG_SOURCE_BOOK
  default: "csv:///{home}/book"
"""


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """A folder of datasets that holds sources and no dataset yet."""
    (tmp_path / "home" / "book").mkdir(parents=True)
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "home" / "book" / "price.csv").write_text("Mã chợ,Giá\nC1,5\n", encoding="utf-8")
    return open_platform(
        {
            "DUNGCHUNG_HOME": str(tmp_path / "home"),
            "DUNGCHUNG_DATASETS": str(tmp_path / "datasets"),
        }
    )


def test_a_first_dataset_lints_clean_at_once(platform: Platform) -> None:
    contract, mapping = new_dataset(platform, "market_price", "book", "PRICE")
    assert contract.is_file()
    assert mapping.is_file()
    assert lint(platform.settings.datasets, frozenset(FUNCTIONS)) == ()
    columns = platform.dataset("market_price").contract.columns
    assert [column.name for column in columns] == ["ma_cho", "gia"]


def test_nothing_is_written_over(platform: Platform) -> None:
    new_dataset(platform, "market_price", "book", "price")
    for again in (new_dataset, new_mapping):
        with pytest.raises(Fault) as refused:
            again(platform, "market_price", "book", "price")
        assert refused.value.check == "new.exists"


@pytest.mark.parametrize(
    ("name", "source", "table", "check"),
    [
        ("Market", "book", "price", "new.name"),
        ("market", "shelf", "price", "source.unknown"),
        ("market", "book", "prices", "source.table_missing"),
    ],
)
def test_what_cannot_be_started_leaves_no_folder(
    platform: Platform, name: str, source: str, table: str, check: str
) -> None:
    with pytest.raises(Fault) as refused:
        new_dataset(platform, name, source, table)
    assert refused.value.check == check
    assert [path.name for path in platform.settings.datasets.iterdir()] == ["sources.yaml"]


def test_a_mapping_needs_its_contract(platform: Platform) -> None:
    with pytest.raises(Fault) as refused:
        new_mapping(platform, "market_price", "book", "price")
    assert refused.value.check == "dataset.unknown"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Giá bán (đ)", "gia_ban_d"),
        ("MaDonVi", "ma_don_vi"),
        ("TênChợ", "ten_cho"),
        ("NGÀY", "ngay"),
        ("2 cột", "c_2_cot"),
    ],
)
def test_names_of_columns(label: str, name: str) -> None:
    assert column_name(label) == name
