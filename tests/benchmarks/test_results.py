from __future__ import annotations

from benchmarks.results import START, Run, result, table
from benchmarks.work import IMPORT, JUDGE


def _run(seconds: float, rows: int, **stages: float) -> Run:
    named = {name.replace("_", " "): value for name, value in stages.items()}
    return Run(seconds, seconds, 100.0, {"stages": named, "rows": {"read": rows}})


def _engine(seconds: float, rows: int, **stages: float) -> Run:
    run = _run(seconds, rows, **stages)
    return Run(
        run.seconds,
        run.cpu_seconds,
        run.peak_mb,
        {**run.output, "stages": {**run.output["stages"], IMPORT: 2.0, JUDGE: 4.0}},
    )


def test_what_a_process_spends_outside_its_stages_is_its_start() -> None:
    run = _run(10.0, 100, read=3.0, commit=5.0)
    assert run.stages == {START: 2.0, "read": 3.0, "commit": 5.0}


def test_scaling_leaves_alone_what_is_done_once() -> None:
    run = _engine(10.0, 100, read=3.0)
    assert run.at(300) == {START: 1.0, "read": 9.0, IMPORT: 2.0, JUDGE: 12.0}


def test_ratios_come_from_medians_and_say_when_pandas_was_scaled() -> None:
    found = result(
        {
            "ours": [_engine(seconds, 1000, read=1.0) for seconds in (8.0, 10.0, 50.0)],
            "pandas": [_engine(7.0, 500, read=1.0)] * 3,
            "limit": [_run(2.0, 1000, copy=1.0)] * 3,
        },
        1000,
        None,
    )
    # ours 10; pandas 0 + 2 + 2 * (1 + 4) = 12; Great Expectations takes 6 of ours.
    assert found["ratio_vs_pandas"] == 1.2
    assert found["ratio_vs_limit"] == 5.0
    assert found["ratio_vs_limit_without_great_expectations"] == 2.0
    assert found["pandas"] == {"rows": 500, "scaled": True}
    assert "scaled from 500" in table(found)
