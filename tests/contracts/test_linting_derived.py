"""What the linter refuses in rows made from rows, counted rows and formulas."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.errors import Fault
from contracts.linting import lint
from contracts.loading import load_datasets
from tests.orchestration.clinic import COUNTED, STATISTIC, VISITS, clinic, contract, write

FUNCTIONS = frozenset({"parse_date", "parse_number", "clean_text"})
LISTED, SEEN = "visits_listed", "visits_seen"
ROWS = f"""\
derive: {VISITS}
exclude:
  hidden:
    when: i.visits IS NULL
    title: {{vi: Bị che, en: Hidden}}
key: concat_ws('|', i.month, i.place)
rows:
  month: i.month
  place: upper(i.place)
"""
FORMULAS = f"""\
observe:
  visits_of_place:
    from: {VISITS}
    where: i.kind = '_T'
    by:
      place: i.place
      month: i.month
    numerator: sum(i.visits)
    scale: 100
columns:
  {{value: value, numerator: part, denominator: whole, status: status,
    vintage: vintage, vintageOn: told_on}}
"""
_NUMBERS = {"value": "integer", "part": "integer", "whole": "integer", "vintage": "integer"}
_OBSERVED = {
    "place": "string",
    "month": "string",
    **_NUMBERS,
    "status": "string",
    "told_on": "date",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Counted rows, rows made from their statistics, and formulas over them."""
    folder = clinic(tmp_path / "datasets")
    columns = {"month": "string", "place": "string"}
    write(folder, LISTED, contract(LISTED, columns, ("month", "place")), ROWS, VISITS)
    key = ("place", "month", "vintage")
    write(folder, SEEN, contract(SEEN, _OBSERVED, key), FORMULAS, "ioc")
    return folder


def test_every_kind_is_accepted(root: Path) -> None:
    assert [problem.render("en") for problem in lint(root, FUNCTIONS)] == []


def test_a_formula_joins_rows_by_their_whole_key(root: Path) -> None:
    path = root / SEEN / "from/ioc.yaml"
    join = f"join: [ref.{LISTED} p on i.month = p.month AND p.place = i.place]\n    "
    text = path.read_text(encoding="utf-8").replace(WHERE, join + WHERE)
    path.write_text(text.replace("place: i.place", "place: p.place"), encoding="utf-8")
    assert [problem.render("en") for problem in lint(root, FUNCTIONS)] == []
    found = load_datasets(root, FUNCTIONS)
    assert set(found.requires(SEEN)) == {VISITS, LISTED}
    assert found.datasets[SEEN].derived_from == (VISITS,)


def test_every_kind_is_loaded(root: Path) -> None:
    found = load_datasets(root, FUNCTIONS)
    counted, listed, seen = (found.datasets[name] for name in (VISITS, LISTED, SEEN))
    assert counted.aggregate is not None
    assert next(iter(counted.mappings[0].columns)) == "row_key"
    assert {check.id for check in counted.aggregate.row.checks} >= {
        "visited_on.readable",
        "visited_on.required",
        "primary_key.unique",
        "cost_possible",
    }
    assert counted.aggregate.row.column("cost").sql_type == "DECIMAL(18,2)"
    assert counted.aggregate.row.column("place").sql_type == "VARCHAR"
    assert (counted.derived_from, listed.derived_from) == ((), (VISITS,))
    assert listed.derivation is not None
    assert listed.derivation.by_row
    assert seen.observation is not None
    assert seen.derived_from == found.requires(SEEN) == (VISITS,)


WHERE = "where: i.kind = '_T'\n"
BESIDE = f"join: [ref.{LISTED} p on i.month = p.month"
COUNTED_FILE = f"{VISITS}/from/his.yaml"
LISTED_FILE, SEEN_FILE = f"{LISTED}/from/{VISITS}.yaml", f"{SEEN}/from/ioc.yaml"
STATISTICS = f"{VISITS}/contract.odcs.yaml"
BROKEN = [
    ("aggregate.row_key", COUNTED_FILE, "  kind: v.KIND\n", "  kind: v.KIND\n  row_key: v.ID\n"),
    (
        "aggregate.watermark",
        COUNTED_FILE,
        "key: v.ID\n",
        "key: v.ID\nwatermark: {column: v.DAY, lookback: 1 day}\n",
    ),
    ("aggregate.no_disclosure", STATISTICS, STATISTIC, ""),
    ("mapping.unknown_column", COUNTED_FILE, "required: [visited_on]", "required: [visited]"),
    ("mapping.unknown_column", COUNTED_FILE, "{visited_on: date,", "{visited: date,"),
    ("mapping.unknown_input", COUNTED_FILE, "holds: i.cost", "holds: i.costs"),
    ("mapping.duplicate_name", COUNTED_FILE, "    cost_possible:", "    trial:"),
    ("sql.aggregate", COUNTED_FILE, "holds: i.cost >= 0", "holds: max(i.cost) >= 0"),
    ("derivation.reconcile", COUNTED_FILE, "reconcile: visits", "reconcile: visit"),
    ("derivation.not_aggregate", COUNTED_FILE, "avg(i.cost)", "i.cost"),
    ("derivation.figure", COUNTED_FILE, "avg(i.cost)", "max(i.cost)"),
    ("derivation.figure", COUNTED_FILE, "avg(i.cost)", "count(i.cost)"),
    ("derivation.figure", COUNTED_FILE, "avg(i.cost)", "sum(i.cost) FILTER (WHERE i.kind = 'x')"),
    ("derivation.figure", COUNTED_FILE, "avg(i.cost)", "sum(CASE WHEN i.cost > 9 THEN 1 END)"),
    ("derivation.figure", COUNTED_FILE, "avg(i.cost)", "sum(CAST(i.cost > 9 AS INTEGER))"),
    ("derivation.rows_of_statistics", LISTED_FILE, "", ""),
    ("derivation.unknown_dataset", LISTED_FILE, f"derive: {VISITS}", "derive: visit"),
    ("mapping.unknown_input", LISTED_FILE, "upper(i.place)", "upper(i.name)"),
    ("mapping.missing_column", LISTED_FILE, "  place: upper(i.place)\n", ""),
    ("mapping.unknown_column", LISTED_FILE, "  place: upper(i.place)", "  site: upper(i.place)"),
    ("sql.aggregate", LISTED_FILE, "upper(i.place)", "max(i.place)"),
    ("mapping.unknown_input", LISTED_FILE, "when: i.visits IS", "when: i.visit IS"),
    ("observation.unknown_dataset", SEEN_FILE, f"from: {VISITS}", "from: visit"),
    (
        "observation.unknown_dataset",
        SEEN_FILE,
        WHERE,
        BESIDE.replace(LISTED, "list") + f"]\n    {WHERE}",
    ),
    ("observation.join_key", SEEN_FILE, WHERE, f"{BESIDE}]\n    {WHERE}"),
    ("observation.join_key", SEEN_FILE, WHERE, f"{BESIDE} OR i.place = p.place]\n    {WHERE}"),
    ("mapping.unknown_input", SEEN_FILE, WHERE, f"{BESIDE} AND i.place = p.site]\n    {WHERE}"),
    ("observation.key", SEEN_FILE, "vintage: vintage,", "vintage: part,"),
    ("derivation.not_aggregate", SEEN_FILE, "sum(i.visits)", "i.visits"),
    ("sql.aggregate", SEEN_FILE, "where: i.kind = '_T'", "where: max(i.kind) = '_T'"),
    ("mapping.unknown_column", SEEN_FILE, "status: status", "status: state"),
]


@pytest.mark.parametrize(("check", "file", "old", "new"), BROKEN)
def test_what_is_wrong_is_told_by_its_check(
    root: Path, check: str, file: str, old: str, new: str
) -> None:
    path = root / file
    if check == "derivation.rows_of_statistics":
        path, old = root / LISTED / "contract.odcs.yaml", "  - {property: access, value: open}\n"
        new = old + STATISTIC.replace("visits", "month").split("  - property: disclosure")[0]
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert check in {problem.check for problem in lint(root, FUNCTIONS)}


def test_a_status_that_the_list_lacks_is_told(root: Path) -> None:
    (root / SEEN / "lists").mkdir()
    listed = "code,title_vi,title_en\nfinal,Đủ,Complete\n"
    (root / SEEN / "lists" / "status.csv").write_text(listed, encoding="utf-8")
    path = root / SEEN / "contract.odcs.yaml"
    text = path.read_text(encoding="utf-8")
    old = "          - {property: descriptionEn, value: status}\n"
    assert text.count(old) == 1
    new = old + "          - {property: codeList, value: status}\n"
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert {problem.check for problem in lint(root, FUNCTIONS)} == {"observation.status"}


def test_rows_of_two_sources_cannot_be_counted(root: Path) -> None:
    other = root / VISITS / "from" / "other.yaml"
    other.write_text(COUNTED, encoding="utf-8")
    with pytest.raises(Fault) as caught:
        load_datasets(root, FUNCTIONS)
    assert caught.value.check == "dataset.several_aggregates"
