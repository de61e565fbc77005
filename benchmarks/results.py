"""From runs to ratios: medians over the turns, and the table that is printed."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

START = "start"
"""Interpreter, imports and contracts: what a process spends outside its stages."""


@dataclass(frozen=True)
class Run:
    """A step's wall-clock seconds, its processor seconds (all cores), its peak memory in MB and
    the JSON it gave."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: Mapping[str, Any]

    @property
    def stages(self) -> dict[str, float]:
        """Seconds of every stage; they add up to `seconds`."""
        named: Mapping[str, float] = self.output["stages"]
        return {START: self.seconds - sum(named.values()), **named}


def result(
    runs: Mapping[str, Sequence[Run]],
    rows: int,
    same: Mapping[str, int],
    again: Mapping[str, object],
) -> dict[str, Any]:
    """The benchmark's result. Seconds and memory are medians over the runs.

    `same` is what `benchmarks.agreement` found, `again` what `benchmarks.again` did.
    """
    stages = {name: _medians([run.stages for run in those]) for name, those in runs.items()}
    # Medians of stages need not add up to the median of the whole.
    seconds = {
        name: statistics.median(run.seconds for run in those) for name, those in runs.items()
    }
    # What a process pays once, however many runs it does, is left out.
    ran = {
        name: statistics.median(run.output["run"] for run in runs[name])
        for name in ("ours", "tenth", "job")
    } | {"full": statistics.median(run.output["before"] for run in runs["job"])}
    ours, limit = seconds["ours"], seconds["limit"]
    return {
        "ratio_vs_pandas": round(seconds["ordinary"] / ours, 2),
        "ratio_vs_tuned_pandas": round(seconds["tuned"] / ours, 2),
        "ratio_vs_limit": round(seconds["ungated"] / limit, 2),
        "ratio_vs_limit_with_gate": round(ours / limit, 2),
        "peak_rss_mb": round(_peak(runs["ours"])),
        "growth_10x": round(ours / seconds["tenth"], 2),
        "growth_10x_of_the_run": round(ran["ours"] / ran["tenth"], 2),
        "incremental_share": round(seconds["incremental"] / ours, 3),
        "incremental_share_of_the_run": round(ran["job"] / ran["full"], 3),
        "peak_mb": {name: round(_peak(those)) for name, those in runs.items()},
        "stages": {name: _rounded(spent) for name, spent in stages.items()},
        "seconds": _rounded(seconds),
        "run_seconds": _rounded(ran),
        "cpu_seconds": _rounded(
            {
                name: statistics.median(run.cpu_seconds for run in those)
                for name, those in runs.items()
            }
        ),
        "rows": {"read": rows, **runs["ours"][0].output["rows"]},
        "rows_incremental": dict(runs["incremental"][-1].output["rows"]),
        "same_rows": dict(same),
        "same_content_hash": again["same"],
    }


def _peak(runs: Sequence[Run]) -> float:
    return statistics.median(run.peak_mb for run in runs)


_RATIOS = (
    "ratio_vs_pandas",
    "ratio_vs_tuned_pandas",
    "ratio_vs_limit",
    "ratio_vs_limit_with_gate",
    "peak_rss_mb",
    "growth_10x",
    "growth_10x_of_the_run",
    "incremental_share",
    "incremental_share_of_the_run",
)
_TITLES = {
    "ours": "ours",
    "ungated": "ours without the gate",
    "ordinary": "pandas, as an analyst writes it",
    "tuned": "pandas, tuned",
    "limit": "physical limit",
    "tenth": "ours on a tenth of the rows",
    "incremental": "ours, second run",
    "job": "ours, full and second run in one process, the stages of the second",
}


def table(found: Mapping[str, Any]) -> str:
    """The result for people."""
    lines = [f"{found['rows']['read']:,} rows from PostgreSQL to a release"]
    for name, title in _TITLES.items():
        spent = found["stages"][name]
        parts = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in spent.items())
        cpu, peak = found["cpu_seconds"][name], found["peak_mb"][name]
        lines.append(
            f"{title}: {found['seconds'][name]:.1f} s, {cpu:.1f} s of processor, "
            f"{peak:,} MB ({parts})"
        )
    lines += [f"{name}: {found[name]}" for name in _RATIOS]
    lines.append(
        "{rows:,} rows; of these differ: {ordinary}, tuned {tuned}".format(**found["same_rows"])
    )
    as_full = "the same as" if found["same_content_hash"] else "NOT that"
    lines.append(f"content after the second run: {as_full} of a full reading")
    return "\n".join(lines)


def _medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in seconds.items()}
