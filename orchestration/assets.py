"""Dagster assets, made from contracts: one step per dataset and one that announces it.

A step runs the whole pipeline of its dataset (`orchestration.pipeline`): checks run before
the commit, and where the gate refuses, the step reports failing checks and yields no output,
so that no materialisation is recorded and nothing downstream runs. Sequence and schedules
only; nothing here touches rows.

No `annotations` import from `__future__`: Dagster reads the type of ``context``.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from contracts.checks import Verdict
from contracts.loading import Datasets
from contracts.mappings import Dataset
from contracts.model import Access, Contract
from contracts.releases import Release
from contracts.times import TIME_ZONE
from orchestration.announcing import Announcer
from orchestration.fingerprint import dataset_version
from orchestration.outcomes import Outcome, Progress, State
from orchestration.pipeline import run_dataset
from orchestration.platform import Platform

GATE, PRIVACY = "gate", "privacy"
RETRYABLE = frozenset(("source.unreachable", "store.unreachable", "run.busy"))
"""Faults that another try can mend."""


def landing_key(source: str, dataset: str) -> dg.AssetKey:
    """``landing/<source>/<dataset>``."""
    return dg.AssetKey(["landing", source, dataset])


def shared_key(dataset: str) -> dg.AssetKey:
    """``shared/<dataset>``."""
    return dg.AssetKey(["shared", dataset])


def open_key(dataset: str) -> dg.AssetKey:
    """``open/<dataset>``."""
    return dg.AssetKey(["open", dataset])


def catalog_key(dataset: str) -> dg.AssetKey:
    """``catalog/<dataset>``."""
    return dg.AssetKey(["catalog", dataset])


def dataset_assets(dataset: Dataset, datasets: Datasets) -> list[dg.AssetsDefinition]:
    """The step of `dataset` and the step that announces it."""
    return [_pipeline_step(dataset, datasets), _catalog_step(dataset.contract)]


def _pipeline_step(dataset: Dataset, datasets: Datasets) -> dg.AssetsDefinition:
    contract = dataset.contract
    specs = _specs(dataset, datasets)

    @dg.multi_asset(
        name=f"run_{contract.id}",
        specs=specs,
        check_specs=_check_specs(contract),
        required_resource_keys={"platform", "progress"},
        retry_policy=dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL),
    )
    def step(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        platform: Platform = context.resources.platform
        progress: Progress = context.resources.progress
        force = context.run.tags.get("dungchung/force") == "yes"
        outcome = run_dataset(platform, contract.id, progress, force=force)
        yield from _results(dataset, outcome)

    return step


def _specs(dataset: Dataset, datasets: Datasets) -> list[dg.AssetSpec]:
    contract = dataset.contract
    condition = _automation(dataset)
    landings = [
        _spec(
            contract, landing_key(source, contract.id), condition, datasets.sources[source].title.vi
        )
        for source in dict.fromkeys(mapping.source for mapping in dataset.mappings)
    ]
    upstream = [spec.key for spec in landings]
    upstream += [shared_key(name) for name in datasets.requires(contract.id)]
    title = f"{contract.title.vi} — {contract.title.en}"
    shared = _spec(contract, shared_key(contract.id), condition, title, upstream)
    if contract.calendar.fresh_within:
        policy = dg.FreshnessPolicy.time_window(fail_window=contract.calendar.fresh_within)
        shared = shared.replace_attributes(freshness_policy=policy)
    specs = [*landings, shared.replace_attributes(code_version=dataset_version(dataset)[:16])]
    if contract.access is Access.OPEN:
        specs.append(_spec(contract, open_key(contract.id), condition, title, [shared.key]))
    return specs


def _spec(
    contract: Contract,
    key: dg.AssetKey,
    condition: dg.AutomationCondition[Any] | None,
    description: str,
    deps: list[dg.AssetKey] | None = None,
) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        deps=deps or [],
        skippable=True,
        description=description,
        group_name=contract.theme,
        automation_condition=condition,
        tags={"access": contract.access.value},
    )


def _automation(dataset: Dataset) -> dg.AutomationCondition[Any] | None:
    """Read by the contract's calendar; derived as soon as what it reads has passed its gate."""
    if dataset.derived_from:
        eager = dg.AutomationCondition.eager()
        return eager & dg.AutomationCondition.all_deps_blocking_checks_passed()
    cron = dataset.contract.calendar.cron
    return dg.AutomationCondition.on_cron(cron, TIME_ZONE) if cron else None


def _check_specs(contract: Contract) -> list[dg.AssetCheckSpec]:
    gates = (
        (GATE, "Cửa kiểm soát chất lượng — Quality gate"),
        (PRIVACY, "Cửa riêng tư — Privacy gate"),
    )
    return [
        dg.AssetCheckSpec(
            name, asset=shared_key(contract.id), blocking=True, description=description
        )
        for name, description in gates
    ]


def _results(
    dataset: Dataset, outcome: Outcome
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """What Dagster is told. Raises `dagster.Failure` when the run failed."""
    contract = dataset.contract
    landed = {account.source for account in outcome.accounts if account.stopped is None}
    sources = {m.source for m in dataset.mappings if m.name in landed}
    for source in sorted(sources):
        read = {a.source: a.read for a in outcome.accounts}
        rows = sum(read.get(m.name, 0) for m in dataset.mappings if m.source == source)
        yield dg.MaterializeResult(
            landing_key(source, contract.id), metadata={"dagster/row_count": rows}
        )
    if outcome.state is not State.FAILED:
        yield from _verdicts(contract, outcome)
    if outcome.state in (State.FAILED, State.REFUSED):
        raise dg.Failure(
            description=" ".join(fault.render("vi") for fault in outcome.faults),
            metadata={"check": ", ".join(fault.check for fault in outcome.faults)},
            allow_retries=any(fault.check in RETRYABLE for fault in outcome.faults),
        )
    if outcome.release is not None and outcome.release.withdrawn is None:
        yield _materialised(shared_key(contract.id), outcome.release, outcome.release.rows)
        if contract.access is Access.OPEN:
            yield _materialised(open_key(contract.id), outcome.release, outcome.release.open_rows)


def _verdicts(contract: Contract, outcome: Outcome) -> Iterator[dg.AssetCheckResult]:
    """Both gates, with every rule and its counts as a table: one event a gate, since each
    event costs Dagster a commit. Where nothing was judged now, what the served release was
    judged by still holds: nothing is released that did not pass both gates."""
    served = outcome.release.verdict if outcome.release else None
    judged = ((GATE, outcome.verdict or served), (PRIVACY, outcome.privacy))
    for name, verdict in judged:
        passed = verdict.passed if verdict else served is not None
        yield dg.AssetCheckResult(
            asset_key=shared_key(contract.id),
            check_name=name,
            passed=passed,
            metadata=_rules(verdict) if verdict else {},
        )


def _rules(verdict: Verdict) -> dict[str, dg.MetadataValue[Any]]:
    records = [
        dg.TableRecord(
            {
                "rule": result.check,
                "passed": result.passed,
                "severity": result.severity.value,
                "evaluated": result.evaluated,
                "failed": result.failed,
                "crashed": result.crashed or "",
            }
        )
        for result in verdict.results
    ]
    rules: dict[str, dg.MetadataValue[Any]] = {
        "engine": dg.MetadataValue.text(verdict.engine),
        "refused_by": dg.MetadataValue.text(", ".join(verdict.refused_by)),
    }
    # Dagster refuses a table without rows.
    return {**rules, "rules": dg.MetadataValue.table(records)} if records else rules


def _materialised(key: dg.AssetKey, release: Release, rows: int) -> dg.MaterializeResult[None]:
    lineage = {
        column: [_lineage_source(origin) for origin in origins]
        for column, origins in release.lineage.items()
    }
    return dg.MaterializeResult(
        key,
        data_version=dg.DataVersion(release.content_hash),
        metadata={
            "dagster/row_count": rows,
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(column.name, column.type, description=column.description[0])
                    for column in release.schema
                ]
            ),
            "dagster/column_lineage": dg.TableColumnLineage(lineage),
            "release": release.release,
            "content_hash": release.content_hash,
        },
    )


def _lineage_source(origin: str) -> dg.TableColumnDep:
    """``table.column`` of a source, or ``ref.<dataset>.column`` of another dataset."""
    table, _dot, column = origin.rpartition(".")
    if table.startswith("ref."):
        return dg.TableColumnDep(shared_key(table.removeprefix("ref.")), column)
    return dg.TableColumnDep(dg.AssetKey(["source", *table.split(".")]), column)


def _catalog_step(contract: Contract) -> dg.AssetsDefinition:
    upstream = open_key if contract.access is Access.OPEN else shared_key

    @dg.asset(
        key=catalog_key(contract.id),
        deps=[upstream(contract.id)],
        group_name=contract.theme,
        description=contract.title.vi,
        required_resource_keys={"platform", "announcer"},
        automation_condition=dg.AutomationCondition.eager(),
        retry_policy=dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL),
    )
    def announce(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        platform: Platform = context.resources.platform
        announcer: Announcer = context.resources.announcer
        release = platform.releases.latest(contract.id)
        if release is None:
            return dg.MaterializeResult(metadata={"announced": False})
        url = announcer.announce(release)
        return dg.MaterializeResult(
            metadata={"release": release.release, "url": dg.MetadataValue.url(url)}
        )

    return announce
