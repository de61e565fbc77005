"""Whatever is wrong ends in one sentence with dataset, place and remedy; what was released
stays released."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from contracts.releases import Release
from orchestration.outcomes import Outcome, State
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform
from orchestration.refused import counts_by_rule
from tests.orchestration.homes import (
    ROOT,
    CommandLine,
    ask,
    bring,
    change,
    files_are_whole,
    latest,
    platform_of,
    served_keys,
)

SECRET = "Zxqvalue"  # a value that no sentence may repeat
CONTRACT = "agency/contract.odcs.yaml"
MAPPING = "agency/from/igate.yaml"
RULE, RULE_TITLE = "valid_to_after_valid_from", "must be after its start"


@dataclass(frozen=True)
class Province:
    """A home and a copy of the contracts, both free to break."""

    home: Path
    datasets: Path

    @property
    def platform(self) -> Platform:
        return platform_of(self.home, self.datasets)

    @property
    def igate(self) -> Path:
        return self.home / "demo" / "igate.db"

    @property
    def mot_cua(self) -> Path:
        return self.home / "demo" / "mot_cua_2017.db"

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.datasets / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def province(home: Path, tmp_path: Path) -> Province:
    datasets = tmp_path / "datasets"
    shutil.copytree(ROOT / "datasets", datasets)
    return Province(home, datasets)


def _rule(implementation: str) -> Callable[[Province], None]:
    def broken(province: Province) -> None:
        province.edit(CONTRACT, '"valid_to > valid_from"', f'"{implementation}"')

    return broken


def _renamed(province: Province) -> None:
    change(province.igate, 'ALTER TABLE "DM_DONVI" RENAME COLUMN "TenDonVi" TO "Ten"')
    change(province.mot_cua, 'ALTER TABLE "TB_DONVI" RENAME COLUMN "TENDV" TO "TEN"')


def _dropped(province: Province) -> None:
    change(province.igate, 'ALTER TABLE "DM_DONVI" DROP COLUMN "Email"')
    change(province.mot_cua, 'DROP TABLE "TB_DONVI"')


def _no_files(province: Province) -> None:
    province.igate.unlink()
    province.mot_cua.unlink()


def _no_rows(province: Province) -> None:
    change(province.igate, 'DELETE FROM "DM_DONVI"')
    change(province.mot_cua, 'DELETE FROM "TB_DONVI"')


def _many_bad_dates(province: Province) -> None:
    statement = 'UPDATE "DM_DONVI" SET "NgayHieuLuc" = ? WHERE "ID" % 4 = 0'
    assert change(province.igate, statement, f"{SECRET} 31/02/2020") > 20


def _typo(province: Province) -> None:
    province.edit(CONTRACT, "primaryKey: true", "primaryKye: true")


def _column_typo(province: Province) -> None:
    province.edit(MAPPING, "  agency_code:", "  agency_cod:")


def _orphan(province: Province) -> None:
    statement = 'UPDATE "DM_DONVI" SET "MaDonViCha" = ? WHERE "ID" = 2'
    assert change(province.igate, statement, "H20.999") == 1


@dataclass(frozen=True)
class Refusal:
    """How something is broken, which check must refuse, and what the sentence must name."""

    name: str
    broken: Callable[[Province], None]
    check: str
    names: tuple[str, ...]


REFUSALS = (
    Refusal("rule_unparsable", _rule("valid_to > > valid_from"), "sql.", ("contract.odcs.yaml:",)),
    Refusal("rule_writes", _rule("read_text('x') = ''"), "sql.", ("read_text",)),
    Refusal("rule_column", _rule("valid_too > valid_from"), RULE, (RULE_TITLE,)),
    Refusal("rule_crashes", _rule("CAST(name AS INTEGER) > 0"), RULE, (RULE_TITLE,)),
    Refusal("column_renamed", _renamed, "source.schema_drift", ("TenDonVi", "igate")),
    Refusal("column_dropped", _dropped, "source.schema_drift", ("Email", "igate")),
    Refusal("files_missing", _no_files, "source.", ("igate",)),
    Refusal("rows_missing", _no_rows, "source.empty", ("igate",)),
    Refusal("over_tolerance", _many_bad_dates, "tolerance", ("dungchung quarantine agency",)),
    Refusal(
        "contract_typo", _typo, "profile.unknown_key", ("primaryKye", "primaryKey", "odcs.yaml:")
    ),
    Refusal("table_rule", _orphan, "parent_is_known", ("1",)),
)


def _run(platform: Platform) -> Outcome:
    return run_dataset(platform, "agency")


def _still_served(province: Province, before: Release) -> None:
    """The release that was served before is served whole, by contracts as they were."""
    platform = platform_of(province.home)
    assert latest(platform, "agency") == before
    files_are_whole(platform)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_a_broken_thing_is_refused_by_its_check_in_one_sentence(
    refusal: Refusal, province: Province
) -> None:
    before = latest(platform_of(province.home), "agency")
    refusal.broken(province)
    outcome = _run(province.platform)
    assert outcome.state in (State.FAILED, State.REFUSED)
    fault = outcome.faults[0]
    assert fault.check.startswith(refusal.check)
    for language in ("vi", "en"):
        sentence = fault.render("en" if language == "en" else "vi")
        assert "\n" not in sentence
        assert "agency" in sentence
        assert SECRET not in sentence
        for name in refusal.names:
            assert name in sentence, sentence
        assert fault.remedy
    assert fault.render("vi") != fault.render("en")
    _still_served(province, before)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (_typo, "primaryKye"),
        (_renamed, "TenDonVi"),
        (_many_bad_dates, "dungchung quarantine agency"),
    ],
    ids=["contract_typo", "drifted", "over_tolerance"],
)
def test_the_command_line_says_it_without_a_traceback(
    broken: Callable[[Province], None],
    named: str,
    language: str,
    province: Province,
    dungchung: CommandLine,
) -> None:
    before = latest(platform_of(province.home), "agency")
    broken(province)
    said = dungchung("run", "agency", "--lang", language, DATASETS=str(province.datasets))
    assert said.status == 1
    assert "Traceback" not in said.text
    sentence = next(line for line in said.text.splitlines() if named in line)
    assert "✗" in sentence
    assert SECRET not in said.text
    _still_served(province, before)


def test_json_names_the_check_that_refused(province: Province, dungchung: CommandLine) -> None:
    _renamed(province)
    said = dungchung("run", "agency", "--json", DATASETS=str(province.datasets))
    assert said.status == 1
    found = {item["name"]: item for item in json.loads(said.out)["datasets"]}
    assert found["agency"]["state"] == "failed"
    assert found["agency"]["faults"][0] == "source.schema_drift"
    assert found["agency"]["release"] == 1


def test_check_finds_a_typo_and_a_drift_before_any_run(
    province: Province, dungchung: CommandLine
) -> None:
    datasets = str(province.datasets)
    sound = json.loads(dungchung("check", "--json", DATASETS=datasets).out)
    # So few cases that breakdowns of a commune or a procedure show too little.
    assert {problem["check"] for problem in sound["problems"]} <= {"disclosure.minimum_share"}
    _renamed(province)
    drifted = dungchung("check", "--json", DATASETS=datasets)
    assert drifted.status == 1
    assert "source.schema_drift" in {item["check"] for item in json.loads(drifted.out)["problems"]}
    _typo(province)
    mistyped = dungchung("check", "--json", DATASETS=datasets)
    assert mistyped.status == 1
    problem = json.loads(mistyped.out)["problems"][0]
    assert problem["file"].endswith("contract.odcs.yaml")
    assert problem["line"]
    assert "primaryKye" in problem["message"]


def test_one_source_of_two_missing_stops_only_itself(province: Province) -> None:
    platform = province.platform
    before = served_keys(platform, "agency")
    old = {key for key in before if key[0] == "mot_cua_2017"}
    assert old
    province.mot_cua.rename(province.mot_cua.with_suffix(".away"))
    change(province.igate, 'UPDATE "DM_DONVI" SET "Website" = ? WHERE "ID" = 1', "https://a.vn")
    outcome = _run(platform)
    assert outcome.state is State.RELEASED
    assert not outcome.good
    assert [fault.place.source for fault in outcome.faults] == ["mot_cua_2017"]
    assert served_keys(platform, "agency") == before
    stopped = [account for account in latest(platform, "agency").accounts if account.stopped]
    assert [account.source for account in stopped] == ["mot_cua_2017"]
    province.mot_cua.with_suffix(".away").rename(province.mot_cua)
    assert _run(platform).good
    assert served_keys(platform, "agency") == before


def test_a_drifted_source_leaves_the_other_one_and_the_rest_of_the_day_alone(
    province: Province,
) -> None:
    change(province.mot_cua, 'ALTER TABLE "TB_HOSO" RENAME COLUMN "MATTHC" TO "MA"')
    outcomes = bring(province.platform, ["service_case", "service_case_daily"])
    (fault,) = outcomes["service_case"].faults
    assert (fault.check, fault.place.source) == ("source.schema_drift", "mot_cua_2017")
    assert "MATTHC" in fault.render("vi")
    assert outcomes["service_case_daily"].good


def test_a_mapping_with_a_typo_stops_its_source_alone(province: Province) -> None:
    before = served_keys(platform_of(province.home), "agency")
    _column_typo(province)
    outcome = _run(province.platform)
    (fault,) = outcome.faults
    assert (fault.check, fault.place.source) == ("mapping.missing_column", "igate")
    assert "agency_code" in fault.render("vi")
    assert served_keys(province.platform, "agency") == before


def test_a_refused_gate_keeps_what_it_refused_for_the_steward(province: Province) -> None:
    _many_bad_dates(province)
    assert _run(province.platform).state is State.REFUSED
    contract = province.platform.dataset("agency").contract
    wanted = ask(province.igate, 'SELECT count(*) FROM "DM_DONVI" WHERE "ID" % 4 = 0')[0][0]
    assert (
        counts_by_rule(province.platform, contract)["valid_from.readable"] >= int(str(wanted)) - 2
    )


def test_a_dataset_whose_list_was_never_released_names_it(province: Province) -> None:
    shutil.rmtree(province.home / "store" / "releases" / "public" / "agency")
    outcome = run_dataset(province.platform, "public_service_procedure")
    assert outcome.state is State.FAILED
    assert outcome.faults[0].check == "run.reference_missing"
    assert "agency" in outcome.faults[0].render("vi")


def test_a_catalogue_that_cannot_be_told_is_said_and_the_release_stands(
    platform: Platform, dungchung: CommandLine
) -> None:
    before = latest(platform, "agency").release
    # The discard port: nothing answers there.
    ckan = {"CKAN_URL": "http://127.0.0.1:9", "CKAN_TOKEN": SECRET}
    said = dungchung("run", "agency", "--force", "--json", **ckan)
    told = next(d for d in json.loads(said.out)["datasets"] if d["name"] == "agency")
    assert (said.status, told["faults"]) == (1, ["publish.unreachable"])
    assert SECRET not in said.out + said.err
    assert latest(platform, "agency").release == before + 1
