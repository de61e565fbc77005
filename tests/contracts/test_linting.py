from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.i18n import LANGUAGES
from contracts.linting import lint
from contracts.linting_contract import is_cron
from standardization.functions import FUNCTIONS as CLEANING
from tests.contracts.example import (
    DERIVED,
    FUNCTIONS,
    MARKET,
    REPOSITORY,
    SOURCES,
    STATISTICS,
    TRADE,
    replace,
    write_example,
)

KIND = "market/lists/kind.csv"
AT_TOP = "  - {property: nameEn, value: Markets}\n"
SETTLED = "  - {property: settledBy, value: NAME}\n"
COVERAGE_OF_A_PERSON = "  - {property: coverage, value: {place: manager}}\n"
TWINS = """\
  - property: nearDuplicates
    value:
      {column: parent_code, at: opened_on, days: 3, same: [kind], alike: [name], likeness: 0.8,
       title: Trùng, titleEn: Told twice}
"""
AREA = "physicalType: DECIMAL(10,2)"
RULE = "kind <> 'class_1' OR stalls >= 100"
BREAKDOWNS = """
      - {name: kind_month, by: [month, kind], title: Loại theo tháng, titleEn: Kind by month}"""
QUERY = "SELECT count(*) FROM candidate AS c WHERE c.parent_code NOT IN"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_example(tmp_path)


def found(root: Path) -> set[tuple[str, str, int]]:
    problems = lint(root, FUNCTIONS)
    for problem in problems:
        for language in LANGUAGES:
            assert problem.render(language)
    return {(problem.check, problem.file, problem.line) for problem in problems}


@pytest.mark.parametrize("said", [TWINS, SETTLED.replace("NAME", "stalls")])
def test_what_a_contract_may_say_besides_is_clean(root: Path, said: str) -> None:
    path = root / MARKET
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(AT_TOP, AT_TOP + said), encoding="utf-8")
    assert found(root) == set()


def test_the_example_of_the_documentation_is_clean(root: Path) -> None:
    assert found(root) == set()


def test_the_datasets_of_this_repository_are_clean() -> None:
    problems = lint(REPOSITORY / "datasets", frozenset(CLEANING))
    assert [problem.render("en") for problem in problems] == []


def test_lint_fails_when_it_finds_no_contract(tmp_path: Path) -> None:
    assert found(tmp_path) == {("datasets.none", tmp_path.name, 0)}


# check, file, what stands there, what is written instead, lines below the change
AGENCY = "ownerAgency: H20.12"
CONTRACT = [
    ("yaml.syntax", MARKET, "tags: [chợ, thương mại]", "tags: [chợ", 1),
    ("yaml.duplicate_key", MARKET, "domain: econ", "domain: econ\ndomain: econ", 1),
    ("profile.unknown_key", MARKET, "domain: econ", "domian: econ", 0),
    ("profile.unknown_key", MARKET, "classification: personal", "clasification: personal", 0),
    ("profile.unknown_key", MARKET, "- {property: access,", "- {property: acess,", 0),
    ("profile.unknown_key", MARKET, "metric: nullValues", "metrics: nullValues", 0),
    ("profile.unknown_key", MARKET, "property: latency", "property: latencies", 0),
    ("profile.missing_key", MARKET, "domain: econ\n", "", -6),
    ("profile.missing_key", MARKET, AT_TOP, "", -1),
    (
        "profile.missing_key",
        MARKET,
        "          - {property: descriptionEn, value: Floor area.}\n",
        "",
        -2,
    ),
    ("profile.missing_key", MARKET, "classification: personal\n        ", "", -4),
    ("profile.not_one_of", MARKET, "classification: personal", "classification: secret", 0),
    ("profile.not_one_of", MARKET, "access, value: open", "access, value: public", 0),
    ("profile.not_one_of", MARKET, "status: active", "status: live", 0),
    ("profile.wrong_value", MARKET, "primaryKey: true", "primaryKey: 'true'", 0),
    ("profile.wrong_value", MARKET, "version: 1.0.0", "version: 1.0", 0),
    ("profile.wrong_value", MARKET, "tolerance, value: 0.05", "tolerance, value: 5", 0),
    (
        "profile.wrong_value",
        MARKET,
        "legalBasis, value: [Nghị định 60/2024/NĐ-CP]",
        "legalBasis, value: []",
        0,
    ),
    ("contract.folder_is_id", MARKET, "id: market\n", "id: markets\n", 0),
    ("contract.folder_is_id", MARKET, "- name: market\n", "- name: markets\n", 0),
    ("contract.unknown_theme", MARKET, "domain: econ", "domain: economy", 0),
    ("contract.no_steward", MARKET, "role: steward", "role: owner", -1),
    ("contract.duplicate_column", MARKET, "- name: stalls", "- name: area", 0),
    ("contract.reserved_column", MARKET, "- name: area", "- name: quality_flag", 0),
    ("contract.no_primary_key", MARKET, "primaryKey: true\n        ", "", -6),
    (
        "contract.key_not_required",
        STATISTICS,
        "primaryKeyPosition: 1\n        required: true",
        "primaryKeyPosition: 1",
        -5,
    ),
    ("contract.key_position", STATISTICS, "primaryKeyPosition: 2", "primaryKeyPosition: 3", 0),
    (
        "contract.sensitive_in_open",
        MARKET,
        "classification: personal",
        "classification: sensitive",
        0,
    ),
    ("contract.unknown_column", STATISTICS, "{time: month}", "{time: months}", 0),
    ("contract.coverage_without_start", STATISTICS, "{time: month}", "{until: month}", 0),
    ("contract.coverage_type", STATISTICS, "{time: month}", "{time: markets}", 0),
    ("contract.coverage_type", STATISTICS, "{time: month}", "{place: markets}", 0),
    ("contract.coverage_tells", MARKET, AT_TOP, AT_TOP + COVERAGE_OF_A_PERSON, 1),
    (
        "contract.unknown_column",
        MARKET,
        AT_TOP,
        AT_TOP + TWINS.replace("[kind]", "[kinds]"),
        1,
    ),
    ("contract.near_duplicates", MARKET, AT_TOP, AT_TOP + TWINS.replace("opened_on", "area"), 1),
    ("contract.near_duplicates", MARKET, AT_TOP, AT_TOP + TWINS.replace("[name]", "[stalls]"), 1),
    (
        "contract.unknown_column",
        MARKET,
        AT_TOP,
        AT_TOP + SETTLED.replace("NAME", "stals"),
        1,
    ),
    (
        "contract.settled_by_required",
        MARKET,
        AT_TOP,
        AT_TOP + SETTLED.replace("NAME", "market_code"),
        1,
    ),
    ("contract.unknown_list", MARKET, "codeList, value: kind}", "codeList, value: kinds}", 0),
    ("contract.physical_type", MARKET, AREA, "physicalType: VARCHAR", 0),
    ("contract.physical_type", MARKET, AREA, "physicalType: DECIMAL(10,12)", 0),
    ("contract.physical_type", MARKET, AREA + "\n        ", "", -4),
    ("contract.items", MARKET, AREA, AREA + "\n        items: {logicalType: string}", 1),
    ("contract.option", MARKET, "{minimum: 0}", "{minLength: 1}", 0),
    ("contract.pattern", MARKET, r"'^C\d{4}$'", r"'^C(?=\d)'", 0),
    ("contract.bounds", MARKET, "{minimum: '1900-01-01'}", "{minimum: 1900}", 0),
    ("contract.bounds", MARKET, "{minimum: 0}", "{minimum: 10, maximum: 5}", 0),
    (
        "contract.list_type",
        MARKET,
        "- {property: unit, value: m2}",
        "- {property: codeList, value: kind}",
        0,
    ),
    ("contract.unknown_dataset", MARKET, "to: market.market_code", "to: markets.market_code", 0),
    ("contract.unknown_column", MARKET, "to: market.market_code", "to: market.market_cod", 0),
    ("contract.reference_type", MARKET, "to: market.market_code", "to: market.area", 0),
    ("contract.cron", MARKET, '"0 2 * * 1"', '"0 25 * * 1"', 0),
    (
        "contract.duplicate_sla",
        MARKET,
        "property: latency, value: 8, unit: d",
        'property: frequency, value: 1, scheduler: cron, schedule: "0 2 * * 1"',
        0,
    ),
    ("contract.reserved_rule", MARKET, "- id: large_has_stalls", "- id: tolerance", 0),
    ("contract.duplicate_rule", MARKET, "- id: suppliers_exist", "- id: large_has_stalls", 0),
    ("contract.unknown_column", MARKET, RULE, "stals > 0", 0),
    ("contract.unknown_column", MARKET, RULE, "c.stals > 0", 0),
    ("contract.rule_without_column", MARKET, RULE, "1 = 1", 0),
    ("sql.aggregate", MARKET, RULE, "max(stalls) > 0", 0),
    ("sql.lookup", MARKET, RULE, "lookup('kind', kind) = 'a'", 0),
    ("sql.function", MARKET, RULE, "clean_txt(name) = name", 0),
    ("sql.not_allowed", MARKET, RULE, "stalls IN (SELECT 1)", 0),
    ("sql.syntax", MARKET, RULE, "stalls > ", 0),
    ("contract.rule_bounds", MARKET, "mustBe: 0\n        ", "", -5),
    ("contract.rule_bounds", MARKET, "mustBe: 0", "mustBeBetween: [2, 1]", -5),
    ("contract.rule_bounds", MARKET, "mustBe: 0", "mustBe: 0\n        mustBeLessThan: 5", -5),
    (
        "contract.rule_tolerance",
        MARKET,
        "value: The supplying market must be in the list.}",
        "value: A.}\n          - {property: tolerance, value: 0.1}",
        -8,
    ),
    ("contract.unknown_column", MARKET, QUERY, QUERY.replace("c.parent_code", "c.parent"), -1),
    ("contract.unknown_table", MARKET, QUERY, QUERY.replace("candidate", "candidates"), -1),
    ("contract.unknown_dataset", MARKET, QUERY, QUERY.replace("candidate", "ref.markets"), -1),
    ("contract.rule_query", MARKET, QUERY, QUERY.replace("count(*)", "count(*), 1"), -1),
    ("sql.not_allowed", MARKET, QUERY, QUERY.replace("count(*)", "*"), -1),
    ("contract.rule_metric", MARKET, "metric: nullValues", "metric: rowCount", -2),
    (
        "contract.unknown_column",
        MARKET,
        "metric: nullValues",
        "metric: duplicateValues\n            arguments: {properties: [opened]}",
        -2,
    ),
    ("contract.unknown_column", STATISTICS, "value: [month, kind]}", "value: [moth, kind]}", 0),
    ("contract.unknown_column", STATISTICS, "by: [month, kind]", "by: [month, kinds]", 0),
    (
        "contract.duplicate_breakdown",
        STATISTICS,
        BREAKDOWNS,
        BREAKDOWNS.replace("[month, kind]", "[month]")
        + BREAKDOWNS.replace("[month, kind]", "[kind]"),
        2,
    ),
    (
        "contract.nested_breakdowns",
        STATISTICS,
        BREAKDOWNS,
        BREAKDOWNS + BREAKDOWNS.replace("kind_month, by: [month, kind]", "kind, by: [kind]"),
        -1,
    ),
    ("contract.unknown_column", STATISTICS, "total: markets", "total: market", -1),
    ("contract.count_type", STATISTICS, "parts: [large]", "parts: [kind]", -1),
    ("contract.unknown_column", STATISTICS, "periodColumn: month", "periodColumn: period", -1),
    ("list.header", KIND, "code,title_vi,title_en", "code,title", 0),
    ("list.row", KIND, "class_2,Hạng 2,Class 2", "class_2,Hạng 2", 0),
    ("list.duplicate", KIND, "class_2,", "class_1,", 0),
]
MAPPING = [
    ("profile.unknown_key", TRADE, "precedence: 1", "precedense: 1", 0),
    ("profile.unknown_key", TRADE, "when: c.DaXoa = 1", "where: c.DaXoa = 1", 0),
    ("profile.wrong_value", TRADE, "lookback: 2 days", "lookback: two days", 0),
    ("mapping.unknown_source", TRADE, "source: trade", "source: trades", 0),
    ("mapping.from", TRADE, "from: CHO c", "from: CHO c d", 0),
    ("mapping.join", TRADE, "DM_LOAI l on l.MaLoai = c.MaLoai", "DM_LOAI l", 0),
    ("mapping.duplicate_alias", TRADE, "DM_LOAI l on l.MaLoai", "DM_LOAI c on c.MaLoai", 0),
    ("mapping.unknown_dataset", TRADE, "DM_LOAI l on", "ref.kinds l on", 0),
    ("mapping.unknown_input", TRADE, "DM_LOAI l on", "ref.market l on", 0),
    ("mapping.missing_column", TRADE, "  stalls: c.SoSap\n", "", -7),
    ("mapping.unknown_column", TRADE, "  stalls: c.SoSap", "  stals: c.SoSap", 0),
    ("mapping.required_null", TRADE, "name: clean_text(c.Ten)", "name: NULL", 0),
    ("mapping.unqualified", TRADE, "stalls: c.SoSap", "stalls: SoSap", 0),
    ("mapping.unknown_alias", TRADE, "stalls: c.SoSap", "stalls: d.SoSap", 0),
    ("mapping.unknown_lookup", TRADE, "lookup('kind', l.TenLoai)", "lookup('kinds', l.TenLoai)", 0),
    ("mapping.lookup", TRADE, "lookup('kind', l.TenLoai)", "lookup(l.TenLoai)", 0),
    ("mapping.unknown_code", TRADE, "Hạng 1: class_1", "Hạng 1: clas_1", 0),
    (
        "mapping.unknown_code",
        TRADE,
        "kind: lookup('kind', l.TenLoai)",
        "kind: coalesce(lookup('kind', l.TenLoai), 'class_3')",
        0,
    ),
    ("mapping.lookup_conflict", TRADE, "Hạng 2: class_2", "HẠNG 1: class_2", 0),
    ("mapping.unknown_column", TRADE, "lenient: [opened_on]", "lenient: [opened]", 0),
    (
        "mapping.unknown_habit",
        TRADE,
        "lenient: [opened_on]",
        "lenient: [opened_on]\nhabits: [parse_dates]",
        1,
    ),
    ("mapping.lenient_required", TRADE, "lenient: [opened_on]", "lenient: [kind]", 0),
    ("mapping.duplicate_name", TRADE, "  no_stalls:", "  spaces:", 0),
    ("mapping.watermark", TRADE, "column: c.NgaySua", "column: NgaySua", 0),
    ("sql.clock", TRADE, "stalls: c.SoSap", "stalls: year(current_date)", 0),
    ("sql.aggregate", TRADE, "stalls: c.SoSap", "stalls: max(c.SoSap)", 0),
    ("sql.function", TRADE, "parse_date(c.NgayHoatDong)", "parse_dat(c.NgayHoatDong)", 0),
    ("sql.not_allowed", TRADE, "stalls: c.SoSap", "stalls: (SELECT c.SoSap)", 0),
    ("sql.syntax", TRADE, "when: c.SoSap = 0", "when: c.SoSap = ", -1),
    ("file.missing", TRADE, "from: CHO c", "from: {shape: trade.sql, as: c}", None),
    ("derivation.unknown_dataset", DERIVED, "derive: market", "derive: markets", 0),
    ("derivation.reconcile", DERIVED, "reconcile: markets", "reconcile: market", 0),
    ("derivation.not_aggregate", DERIVED, "markets: count(*)", "markets: i.stalls", 0),
    ("derivation.duplicate_column", DERIVED, "  large: count", "  kind: count", 0),
    ("mapping.unknown_input", DERIVED, "kind: i.kind", "kind: i.kinds", 0),
    ("mapping.unknown_alias", DERIVED, "kind: i.kind", "kind: c.kind", 0),
    ("sql.aggregate", DERIVED, "kind: i.kind", "kind: max(i.kind)", 0),
    ("sql.clock", DERIVED, "kind: i.kind", "kind: strftime(now(), '%Y')", 0),
    ("sql.lookup", DERIVED, "kind: i.kind", "kind: lookup('kind', i.kind)", 0),
    ("source.secret", SOURCES, "sqlite:///{home}/trade.db", "postgresql://u:secret@db/trade", 0),
    ("source.secret", SOURCES, "sqlite:///{home}/trade.db", "postgresql://db/trade?password=x", 0),
    ("source.scheme", SOURCES, "sqlite:///{home}/trade.db", "oracle://db/trade", 0),
    ("source.secret", SOURCES, "sqlite:///{home}/trade.db", "api+https://token@db/v1", 0),
    ("source.placeholder", SOURCES, "{home}", "{root}", 0),
    ("source.tables", SOURCES, AGENCY, AGENCY + "\n  tables: {a: b}", 1),
    ("source.tables", SOURCES, AGENCY, AGENCY + "\n  sheets: {a: {sheet: b}}", 1),
    (
        "source.tables",
        SOURCES,
        AGENCY,
        AGENCY + "\n  pages: {a: {path: /a, rows: b, paging: page}}",
        1,
    ),
    ("source.pattern", SOURCES, AGENCY, AGENCY + "\n  sheets:\n    a: {until: '('}", 2),
    ("source.pattern", SOURCES, AGENCY, AGENCY + "\n  sheets:\n    a: {skip: '('}", 2),
    ("source.header", SOURCES, AGENCY, AGENCY + "\n  sheets:\n    a: {header: 5-4}", 2),
    ("profile.wrong_value", SOURCES, AGENCY, AGENCY + "\n  sheets:\n    a: {header: x}", 2),
    (
        "source.cursor",
        SOURCES,
        AGENCY,
        AGENCY + "\n  pages:\n    a: {path: /a, rows: b, paging: cursor}",
        2,
    ),
    ("profile.wrong_value", SOURCES, "DUNGCHUNG_SOURCE_TRADE", "TRADE_DSN", 0),
    ("profile.unknown_key", SOURCES, "ownerAgency:", "owner:", 0),
]


PAIRS = [  # mistakes that need two changes: check, file, and what is written instead of what
    (
        "contract.key_not_public",
        STATISTICS,
        {
            "Số chợ có từ 100 sạp.\n        logicalType: integer\n        classification: public": (
                "Số chợ.\n        logicalType: integer\n        classification: internal"
            )
        },
    ),
    (
        "contract.disclosure_without_breakdown",
        STATISTICS,
        {
            BREAKDOWNS: " []",
        },
    ),
    ("contract.breakdown", STATISTICS, {"by: [month, kind]": "by: [month, markets]"}),
    (
        "contract.disclosure",
        STATISTICS,
        {"total: markets": "total: stalls", "- name: large": "- name: stalls"},
    ),
    (
        "contract.ambiguous_list",
        MARKET,
        {
            "- {property: descriptionEn, value: Floor area.}": (
                "- {property: descriptionEn, value: A.}\n"
                "          - {property: codeList, value: market_statistics.kind}"
            )
        },
    ),
    (
        "contract.unknown_code",
        MARKET,
        {"description: Loại theo quy mô.": "description: Loại.\n        enum: [{value: class_9}]"},
    ),
    ("odcs.schema", MARKET, {"{minLength: 3}": "{minItems: 3}"}),
    (
        "source.duplicate_connection",
        SOURCES,
        {
            "trade:\n": "other: {title: a, titleEn: b, ownerAgency: c, "
            "connection: DUNGCHUNG_SOURCE_TRADE}\ntrade:\n"
        },
    ),
    ("dataset.cycle", MARKET, {"to: market.market_code": "to: market_statistics.month"}),
    ("dataset.unknown_name", DERIVED, {"kind: i.kind": "kind: unit_now('a', i.kind)"}),
    ("yaml.anchor", TRADE, {"key: c.ID": "key: &k c.ID", "order: c.NgaySua": "order: *k"}),
]


@pytest.mark.parametrize(("check", "file", "changes"), PAIRS)
def test_each_larger_mistake_is_found(
    root: Path, check: str, file: str, changes: dict[str, str]
) -> None:
    for old, new in changes.items():
        replace(root, file, old, new)
    assert check in {name for name, _file, _line in found(root)}


def test_a_dataset_without_mapping_is_found(root: Path) -> None:
    (root / TRADE).unlink()
    assert {name for name, _file, _line in found(root)} == {"dataset.no_mapping"}


def test_a_file_that_is_not_text_is_found(root: Path) -> None:
    (root / TRADE).write_bytes(b"\xff\xfe")
    assert ("file.not_utf8", f"datasets/{TRADE}", 0) in found(root)


def test_every_check_is_tested() -> None:
    rooms = (REPOSITORY / "contracts").rglob("*.py")
    groups = "yaml|file|profile|datasets|dataset|list|contract|mapping|derivation|source|sql|odcs"
    groups += "|aggregate|observation"
    written = re.compile(rf'^\s+"((?:{groups})\.[a-z_0-9]+)",$', re.MULTILINE)
    named = {name for path in rooms for name in written.findall(path.read_text(encoding="utf-8"))}
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    assert {name for name in named if f'"{name}"' not in tests} == set()


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("0 2 * * 1", True),
        ("*/15 8-17 1,15 * 1-5", True),
        ("0 2 * *", False),
        ("60 2 * * 1", False),
        ("0 2 * * 8", False),
        ("0 2 5-1 * *", False),
        ("*/0 * * * *", False),
        ("@daily", False),
        ("", False),
    ],
)
def test_cron_lines(line: str, right: bool) -> None:
    assert is_cron(line) is right


@pytest.mark.parametrize(("check", "file", "old", "new", "below"), [*CONTRACT, *MAPPING])
def test_each_mistake_is_found_at_its_line(
    root: Path, check: str, file: str, old: str, new: str, below: int | None
) -> None:
    line = replace(root, file, old, new)
    problems = found(root)
    assert check in {name for name, _file, _line in problems}
    if below is not None:
        at = {(where, at) for name, where, at in problems if name == check}
        lines = sorted(number for _where, number in at)
        assert (f"datasets/{file}", line + below) in at, (line, lines)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([MARKET, STATISTICS, TRADE, DERIVED, SOURCES, KIND]),
    st.lists(
        st.tuples(
            st.integers(0, 250),
            st.sampled_from(["", "~", "- 1", "  a: b", "x: {y: [z]}", "  - {property: sort}"]),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_nothing_is_raised_for_what_a_file_holds(
    tmp_path: Path, file: str, changes: list[tuple[int, str]]
) -> None:
    root = write_example(tmp_path)
    lines = (root / file).read_text(encoding="utf-8").split("\n")
    for number, text in changes:
        indent = re.match(" *", lines[number % len(lines)])
        lines[number % len(lines)] = (indent[0] if indent else "") + text
    (root / file).write_text("\n".join(lines), encoding="utf-8")
    for problem in lint(root, FUNCTIONS):
        assert problem.render("vi")
