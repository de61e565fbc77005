"""What Dagster is told: keys, schedules, freshness, checks; and what a refusal leaves there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml

from contracts.loading import load_datasets
from orchestration.assets import GATE, PRIVACY, shared_key
from orchestration.definitions import SENSOR, build_defs
from orchestration.outcomes import Silent, State
from orchestration.platform import Platform
from orchestration.runs import dagster_home, run_through_dagster
from standardization.functions import FUNCTIONS
from tests.orchestration.conftest import Released
from tests.orchestration.homes import ALL, ROOT, NoAnnouncer, change, clean_environment, platform_of

OPEN = (
    "administrative_unit",
    "administrative_unit_crosswalk",
    "agency",
    "public_service_procedure",
    "service_case_statistics",
)
KEYS = {
    "landing/vietnamadminunits/administrative_unit",
    "landing/vietnamadminunits_converter/administrative_unit_crosswalk",
    *(
        f"landing/{source}/{name}"
        for source in ("igate", "mot_cua_2017")
        for name in ("agency", "public_service_procedure", "service_case")
    ),
    *(f"shared/{name}" for name in ALL),
    *(f"open/{name}" for name in OPEN),
    *(f"catalog/{name}" for name in ALL),
}


@pytest.fixture(scope="module")
def definitions(released: Released) -> dg.Definitions:
    return build_defs(platform_of(released.home))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    found = definitions.resolve_all_asset_specs()
    return {spec.key.to_user_string(): spec for spec in found}


def test_the_keys(specs: dict[str, dg.AssetSpec]) -> None:
    # A column's origin in a source is a key of lineage, not an asset.
    assert specs.keys() >= KEYS
    for step in ("shared", "catalog"):
        found = {key.removeprefix(f"{step}/") for key in specs if key.startswith(f"{step}/")}
        assert found == set(ALL)
    assert {key.partition("/")[0] for key in specs} == {"landing", "shared", "open", "catalog"}


def test_read_datasets_follow_their_calendar_and_derived_ones_their_input(
    specs: dict[str, dg.AssetSpec],
) -> None:
    datasets = load_datasets(ROOT / "datasets", frozenset(FUNCTIONS)).datasets
    for name, dataset in datasets.items():
        condition = specs[f"shared/{name}"].automation_condition
        assert condition is not None
        label = condition.get_label() or str(condition)
        if dataset.derived_from:
            assert "eager" in label
            assert "all_deps_blocking_checks_passed" in label
        else:
            assert dataset.contract.calendar.cron
            assert dataset.contract.calendar.cron in label
            assert "Asia/Ho_Chi_Minh" in label


def test_freshness_comes_from_the_contract(specs: dict[str, dg.AssetSpec]) -> None:
    datasets = load_datasets(ROOT / "datasets", frozenset(FUNCTIONS)).datasets
    for name, dataset in datasets.items():
        within = dataset.contract.calendar.fresh_within
        policy = specs[f"shared/{name}"].freshness_policy
        assert (policy is not None) == (within is not None)
        if policy is not None and within is not None:
            assert within == policy.fail_window.to_timedelta()  # type: ignore[attr-defined] # a time window policy


def test_both_gates_are_checks_that_block(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for name in ALL:
        keys = {key for key in graph.asset_check_keys if key.asset_key == shared_key(name)}
        assert {key.name for key in keys} == {GATE, PRIVACY}
        assert all(graph.get(key).blocking for key in keys)


def test_the_sensor_runs_by_default(definitions: dg.Definitions) -> None:
    sensor = definitions.resolve_sensor_def(SENSOR)
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


def test_dagster_tells_nobody_and_retries_and_limits(released: Released) -> None:
    settings = yaml.safe_load((dagster_home(released.home) / "dagster.yaml").read_text())
    assert settings["telemetry"] == {"enabled": False}
    assert settings["run_retries"]["enabled"]
    assert settings["run_monitoring"]["enabled"]
    assert settings["concurrency"]["runs"]["max_concurrent_runs"] >= 1


def _materialised(home: Path, name: str) -> int:
    with dg.DagsterInstance.from_config(str(dagster_home(home))) as instance:
        return len(instance.fetch_materializations(shared_key(name), limit=100).records)


def test_a_refused_gate_records_no_materialisation_and_runs_nothing_downstream(
    platform: Platform,
) -> None:
    names = ("agency", "public_service_procedure")
    before = [_materialised(platform.home, name) for name in names]
    assert before == [1, 1]
    statement = 'UPDATE "DM_DONVI" SET "NgayHieuLuc" = ? WHERE "ID" % 4 = 0'
    change(platform.home / "demo" / "igate.db", statement, "31/02/2020")
    outcomes = run_through_dagster(platform, names, Silent(), NoAnnouncer())
    assert outcomes["agency"].state is State.REFUSED
    assert "public_service_procedure" not in outcomes
    assert [_materialised(platform.home, name) for name in names] == before
    assert outcomes["agency"].release is not None
    assert platform.releases.numbers("agency") == (1,)


@pytest.mark.parametrize(
    "words",
    [
        (sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"),
        (str(Path(sys.executable).parent / "dg"), "check", "defs"),
    ],
    ids=["workspace.yaml", "dg"],
)
def test_dagster_loads_the_definitions_by_itself(
    words: tuple[str, ...], released: Released
) -> None:
    done = subprocess.run(
        words,
        env=clean_environment(released.home, DAGSTER_HOME=str(dagster_home(released.home))),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
