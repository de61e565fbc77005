"""Running the expectations: one ephemeral context, one Checkpoint, over the run's connection,
which is another process's as a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import great_expectations as gx
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
)
from great_expectations.core.freshness_diagnostics import ValidationDefinitionFreshnessDiagnostics
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.expectations.expectation import Expectation

from quality.dbapi import Answer, BorrowedConnection
from quality.dialect import URL
from quality.expectations.forms import of_check, of_number, of_share
from quality.expectations.results import (
    RESULT_FORMAT,
    check_of,
    named,
    outcome_of,
    silenced,
    strip,
)
from quality.outcomes import CANDIDATE, MISSING, Outcome, Plan

ENGINE = f"great_expectations {gx.__version__}"


@dataclass(frozen=True)
class Judgement:
    """Asset → check id → outcome, and the stripped results for `documents`."""

    outcomes: Mapping[str, Mapping[str, Outcome]]
    results: tuple[ExpectationSuiteValidationResult, ...]


class _Definition(gx.ValidationDefinition):
    """One that lives as long as its Checkpoint, in a context that nobody else knows: once it was
    as it was stored, it stays so. Great Expectations would compare them five times."""

    _fresh: ValidationDefinitionFreshnessDiagnostics | None = PrivateAttr(None)

    def is_fresh(self) -> ValidationDefinitionFreshnessDiagnostics:
        """Whether it is as it was stored."""
        if self._fresh is None or not self._fresh.success:
            self._fresh = super().is_fresh()
        return self._fresh


def judge(answer: Answer, plan: Plan) -> Judgement:
    """Run one Checkpoint over the assets ``landed``, ``candidate``, ``candidate_rules`` and
    ``measured`` that `plan` says what to expect of; `answer` reaches them.

    An expectation without a result is an outcome ``engine.no_result``: it does not pass.
    """
    suites = {
        "landed": [of_share(share) for share in plan.landed],
        "candidate": [of_check(check) for check in plan.candidate],
        "candidate_rules": [of_share(share) for share in plan.rules],
        "measured": [of_number(check) for check in plan.measured],
    }
    suites = {asset: expectations for asset, expectations in suites.items() if expectations}
    results = _run(answer, suites, plan.relation)
    outcomes = {
        asset: dict.fromkeys((named(e.meta) for e in suite), MISSING)
        for asset, suite in suites.items()
    }
    for asset, result in results.items():
        for one in result.results:
            outcomes[asset][check_of(one)] = outcome_of(one)
    return Judgement(outcomes, tuple(results.values()))


def _run(
    answer: Answer, suites: Mapping[str, list[Expectation]], relation: str
) -> dict[str, ExpectationSuiteValidationResult]:
    """Asset → its validation result, stripped; the asset ``candidate`` is over `relation`."""
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )
    source = context.data_sources.add_sql(
        datasource=SQLDatasource(
            name="run",
            connection_string=f"{URL}:///:memory:",
            kwargs={"creator": lambda: BorrowedConnection(answer)},
        )
    )
    definitions = [
        context.validation_definitions.add(
            _Definition(
                name=asset,
                data=source.add_table_asset(
                    asset, table_name=relation if asset == CANDIDATE else asset
                ).add_batch_definition_whole_table(asset),
                suite=context.suites.add(gx.ExpectationSuite(asset, expectations=expectations)),
            )
        )
        for asset, expectations in suites.items()
    ]
    checkpoint = gx.Checkpoint(
        name="gate", validation_definitions=definitions, result_format=RESULT_FORMAT
    )
    with silenced():
        run = checkpoint.run()
    results = {result.suite_name: result for result in run.run_results.values()}
    for result in results.values():
        strip(result)
    return results
