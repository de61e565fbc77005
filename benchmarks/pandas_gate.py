"""The checks of ``service_case`` in pandas, and Great Expectations over data frames.

The same checks as the contract's, each judged once: natively on the rows that would be served,
or, where Great Expectations has no form for it, as a column of flags on the rows that landed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import (
    ExpectColumnValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_values_to_be_in_set import (
    ExpectColumnValuesToBeInSet,
)
from great_expectations.expectations.core.expect_column_values_to_be_unique import (
    ExpectColumnValuesToBeUnique,
)
from great_expectations.expectations.core.expect_column_values_to_not_be_null import (
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.expectation import Expectation

from benchmarks import pandas_cases as cases
from benchmarks.pandas_cases import periods

REQUIRED = (
    "case_no",
    "procedure_code",
    "receiving_agency_code",
    "handling_agency_code",
    "applicant_type",
    "channel",
    "received_at",
    "due_at",
    "status",
    "on_time",
)
VALUES = {
    "applicant_type": set(cases.APPLICANT_TYPES.values()),
    "channel": set(cases.CHANNELS.values()),
    "status": set(cases.STATUSES.values()),
    "on_time": set(cases.ON_TIME.values()),
}
TOLERANCE = 0.1
_SHARE_ON_TIME = (80, 100)


def flags(
    rows: pd.DataFrame, order: pd.Series, references: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """One boolean column per row check, TRUE where a row keeps it."""
    kept = {column: ~rows[column] for column in rows.columns if column.startswith("unreadable:")}
    kept |= {f"{column}.required": rows[column].notna() for column in REQUIRED}
    for column, values in VALUES.items():
        kept[f"{column}.values"] = rows[column].isna() | rows[column].isin(values)
    kept["fee_paid_vnd.range"] = rows["fee_paid_vnd"].isna() | (rows["fee_paid_vnd"] >= 0)
    kept["satisfaction.range"] = rows["satisfaction"].isna() | rows["satisfaction"].between(1, 5)
    kept |= _references(rows, references)
    kept["primary_key.unique"] = _latest(rows, order)
    kept |= _rules(rows)
    return pd.DataFrame(kept).fillna(value=True).astype(bool)


def _references(rows: pd.DataFrame, references: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series]:
    agencies, units = references["agency"], references["administrative_unit"]
    procedures = references["public_service_procedure"]
    handling = rows["handling_agency_code"]
    system = {"applicant_admin_system": "code_system"}
    return {
        "procedure_code.reference": _in_force(rows, "procedure_code", procedures),
        "receiving_agency_code.reference": _in_force(
            rows, "receiving_agency_code", agencies, "agency_code"
        ),
        "handling_agency_code.reference": handling.isna() | handling.isin(agencies["agency_code"]),
        "applicant_admin_code.reference": _in_force(
            rows, "applicant_admin_code", units, "unit_code", system
        ),
    }


def _in_force(
    rows: pd.DataFrame,
    column: str,
    reference: pd.DataFrame,
    theirs: str | None = None,
    also: Mapping[str, str] | None = None,
) -> pd.Series:
    """Whether the code is in force on the day of receipt; a row without a code keeps it."""
    on = {column: theirs or column, **(also or {})}
    asked = rows[list(on)].assign(day=rows["received_at"].dt.date)
    found = periods(asked.dropna().drop_duplicates(), reference, on)[[*on, "day"]]
    known = asked.merge(found.drop_duplicates().assign(known=True), how="left", on=[*on, "day"])
    return rows[column].isna() | known["known"].notna().set_axis(rows.index)


def _latest(rows: pd.DataFrame, order: pd.Series) -> pd.Series:
    """FALSE for every row but the latest of those with one case number."""
    number = rows["case_no"]
    several = rows[number.duplicated(keep=False) & number.notna()]
    ranked = several.assign(_order=order).sort_values(
        ["_order", "source_key"], ascending=[False, True], na_position="last"
    )
    lost = ranked.index[ranked["case_no"].duplicated()]
    return ~rows.index.to_series().isin(lost)


def _rules(rows: pd.DataFrame) -> dict[str, pd.Series]:
    received, finished = rows["received_at"], rows["finished_at"]
    said = pd.to_numeric(rows["case_no"].str.extract(r"-([0-9]{6})-", expand=False))
    day = received.dt.year % 100 * 10_000 + received.dt.month * 100 + received.dt.day
    return {
        "case_date_is_received_date": rows["case_no"].isna() | received.isna() | (said == day),
        "due_after_received": _ordered(received, rows["due_at"], strictly=True),
        "finished_after_received": _ordered(received, finished),
        "returned_after_finished": _ordered(finished, rows["returned_at"]),
        "received_not_future": received.isna() | (received <= datetime.now(UTC)),
    }


def _ordered(first: pd.Series, then: pd.Series, *, strictly: bool = False) -> pd.Series:
    return first.isna() | then.isna() | ((then > first) if strictly else (then >= first))


def judge(accepted: pd.DataFrame, kept: pd.DataFrame) -> bool:
    """The verdict of one Checkpoint over the accepted rows, the flags and one figure."""
    native = [*(f"{column}.required" for column in REQUIRED), *(f"{c}.values" for c in VALUES)]
    native += ["fee_paid_vnd.range", "satisfaction.range", "primary_key.unique"]
    ended = accepted["on_time"][accepted["on_time"] != "running"]
    share = 100 * ended.isin(("early", "on_time")).mean()
    landed = kept.drop(columns=native).assign(tolerance=kept.all(axis=1))
    low, high = _SHARE_ON_TIME
    frames: dict[str, tuple[pd.DataFrame, Iterable[Expectation]]] = {
        "candidate": (accepted, _native()),
        "landed": (landed, _shares(landed)),
        "measured": (
            pd.DataFrame({"share": [share]}),
            [ExpectColumnValuesToBeBetween(column="share", min_value=low, max_value=high)],
        ),
    }
    verdicts = [_validate(name, *given) for name, given in frames.items()]
    return all(verdicts)


def _native() -> Iterable[Expectation]:
    for column in REQUIRED:
        yield ExpectColumnValuesToNotBeNull(column=column)
    for column, values in VALUES.items():
        yield ExpectColumnValuesToBeInSet(column=column, value_set=sorted(values))
    yield ExpectColumnValuesToBeBetween(column="fee_paid_vnd", min_value=0)
    yield ExpectColumnValuesToBeBetween(column="satisfaction", min_value=1, max_value=5)
    yield ExpectColumnValuesToBeUnique(column="case_no")


def _shares(landed: pd.DataFrame) -> Iterable[Expectation]:
    for column in landed.columns:
        mostly = 1 - TOLERANCE if column == "tolerance" else 0.0
        yield ExpectColumnValuesToBeInSet(column=column, value_set=[True], mostly=mostly)


def _validate(name: str, frame: pd.DataFrame, expectations: Iterable[Expectation]) -> bool:
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )
    asset = context.data_sources.add_pandas(name).add_dataframe_asset(name)
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(
            name=name,
            data=asset.add_batch_definition_whole_dataframe(name),
            suite=context.suites.add(gx.ExpectationSuite(name, expectations=list(expectations))),
        )
    )
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(
            name=name,
            validation_definitions=[definition],
            result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
        )
    )
    return bool(checkpoint.run(batch_parameters={"dataframe": frame}).success)
