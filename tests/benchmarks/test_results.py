from __future__ import annotations

from benchmarks.results import START, Run, result, table
from benchmarks.work import JUDGE, RULES

_SAME = {"rows": 900, "ordinary": 0, "tuned": 3}


def _run(seconds: float, **stages: float) -> Run:
    ran = sum(stages.values())
    output = {"stages": stages, "run": ran, "before": 10 * ran, "rows": {"read": 1000}}
    return Run(seconds, seconds, 100.0, output)


def _ours(seconds: float) -> Run:
    return _run(seconds, read=1.0, **{RULES: 1.0, JUDGE: 1.0})


def test_what_a_process_spends_outside_its_stages_is_its_start() -> None:
    run = _run(10.0, read=3.0, commit=5.0)
    assert run.stages == {START: 2.0, "read": 3.0, "commit": 5.0}


def test_ratios_come_from_medians() -> None:
    found = result(
        {
            "ours": [_ours(seconds) for seconds in (8.0, 10.0, 50.0)],
            "ordinary": [_run(40.0, read=1.0)] * 3,
            "tuned": [_run(12.0, read=1.0)] * 3,
            "limit": [_run(2.0, copy=1.0)] * 3,
            "ungated": [_run(6.0, read=1.0)] * 3,
            "tenth": [_run(4.0, read=0.5)] * 3,
            "incremental": [_run(5.0, read=2.0)] * 3,
            "job": [_run(7.0, read=0.3)] * 3,
        },
        1000,
        _SAME,
        {"rows": 900, "same": True},
    )
    assert found["ratio_vs_pandas"] == 4.0
    assert found["ratio_vs_tuned_pandas"] == 1.2
    assert found["ratio_vs_limit"] == 3.0
    assert found["ratio_vs_limit_with_gate"] == 5.0
    assert found["growth_10x"] == 2.5
    assert found["incremental_share"] == 0.5
    # Without what comes before a run: three seconds of ours are left.
    assert found["growth_10x_of_the_run"] == 6.0
    # Of what the same process did before.
    assert found["incremental_share_of_the_run"] == 0.1
    assert "tuned 3" in table(found)


def test_a_second_run_that_ended_elsewhere_is_said_to() -> None:
    runs = [_ours(10.0)]
    names = ("ours", "ungated", "ordinary", "tuned", "limit", "tenth", "incremental", "job")
    found = result(dict.fromkeys(names, runs), 1000, _SAME, {"rows": 900, "same": False})
    assert "NOT that of a full reading" in table(found)
