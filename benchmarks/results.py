"""From runs to ratios: medians, the scaling of a shortened pandas, the table that is printed."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.work import IMPORT, JUDGE

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

    def at(self, rows: int) -> dict[str, float]:
        """`stages` as they would be for `rows` rows: what is done once stays, the rest grows
        in proportion."""
        factor = rows / self.output["rows"]["read"]
        return {
            name: seconds if name in (START, IMPORT) else seconds * factor
            for name, seconds in self.stages.items()
        }


def result(
    runs: Mapping[str, Sequence[Run]], rows: int, same: Mapping[str, int] | None
) -> dict[str, Any]:
    """The benchmark's result. Seconds and memory are medians over the runs.

    `same` is what `benchmarks.agreement` found, None where pandas read fewer rows.
    """
    stages = {
        name: _medians([run.at(rows) if name == "pandas" else run.stages for run in those])
        for name, those in runs.items()
    }
    seconds = {name: sum(spent.values()) for name, spent in stages.items()}
    engine = stages["ours"][IMPORT] + stages["ours"][JUDGE]
    read = runs["pandas"][0].output["rows"]["read"]
    return {
        "ratio_vs_pandas": round(seconds["pandas"] / seconds["ours"], 2),
        "ratio_vs_limit": round(seconds["ours"] / seconds["limit"], 2),
        "ratio_vs_limit_without_great_expectations": round(
            (seconds["ours"] - engine) / seconds["limit"], 2
        ),
        "peak_rss_mb": round(_median([run.peak_mb for run in runs["ours"]])),
        "peak_rss_mb_pandas": round(_median([run.peak_mb for run in runs["pandas"]])),
        "stages": _rounded(stages["ours"]),
        "stages_pandas": _rounded(stages["pandas"]),
        "stages_limit": _rounded(stages["limit"]),
        "seconds": _rounded(seconds),
        "cpu_seconds": _rounded(
            {name: _median([run.cpu_seconds for run in those]) for name, those in runs.items()}
        ),
        "rows": {"read": rows, **runs["ours"][0].output["rows"]},
        "pandas": {"rows": read, "scaled": read != rows},
        "same_rows": same,
    }


def table(found: Mapping[str, Any]) -> str:
    """The result for people."""
    pandas = "pandas" + (f" (scaled from {found['pandas']['rows']:,})" * found["pandas"]["scaled"])
    lines = [f"{found['rows']['read']:,} rows from PostgreSQL to a release"]
    for title, key in (("ours", "ours"), (pandas, "pandas"), ("limit", "limit")):
        spent = found["stages" if key == "ours" else f"stages_{key}"]
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items())
        cpu = found["cpu_seconds"][key]
        lines.append(f"{title}: {found['seconds'][key]:.1f} s, {cpu:.1f} s of processor ({parts})")
    lines += [
        f"{found['ratio_vs_pandas']} times as fast as pandas",
        f"{found['ratio_vs_limit']} times the physical limit",
        f"{found['ratio_vs_limit_without_great_expectations']} without Great Expectations",
        f"peak memory {found['peak_rss_mb']:,} MB, pandas {found['peak_rss_mb_pandas']:,} MB",
    ]
    if found["same_rows"]:
        lines.append("{different} of {rows} released rows differ".format(**found["same_rows"]))
    return "\n".join(lines)


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)


def _medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: _median([run[name] for run in runs]) for name in runs[0]}


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in seconds.items()}
