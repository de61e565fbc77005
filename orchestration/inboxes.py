"""Sensors that start a dataset as soon as a whole file lies in its inbox.

A sensor only looks; taking the file in is the run's (`standardization.sources.inbox`). No asset
and no schedule belongs here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg

from contracts.errors import Fault
from contracts.mappings import SourceKind
from orchestration.platform import Platform
from standardization.sources import locate
from standardization.sources.inbox import Inbox

_EVERY = 30
"""Seconds between two looks."""
_AGAIN = 600
"""Seconds after which a file that still waits (its run failed) is asked for once more."""


def inbox_sensors(
    platform: Platform, steps: Mapping[str, dg.AssetsDefinition]
) -> Iterator[dg.SensorDefinition]:
    """A sensor for each source that is an inbox.

    Args:
        platform: whose sources are looked at; one without a usable address has no sensor.
        steps: the pipeline step of each dataset.
    """
    datasets = platform.catalogue_of_datasets
    for source in datasets.sources.values():
        readers = [
            steps[name]
            for name, dataset in datasets.datasets.items()
            if any(mapping.source == source.name for mapping in dataset.mappings)
        ]
        try:
            location = locate(source, platform.dsn(source.name))
            if location.kind is not SourceKind.INBOX or not readers:
                continue
            inbox = Inbox.at(source, location)
        except Fault:
            continue  # told when the dataset is run; the other inboxes are followed
        yield _sensor(source.name, inbox, platform, readers)


def _sensor(
    source: str, inbox: Inbox, platform: Platform, steps: list[dg.AssetsDefinition]
) -> dg.SensorDefinition:
    def look() -> dg.RunRequest | dg.SkipReason:
        try:
            files = inbox.waiting()
        except OSError:
            return dg.SkipReason("The inbox cannot be read.")
        if not files:
            return dg.SkipReason("No whole file is waiting.")
        keys = [key for step in steps for key in step.keys]
        return dg.RunRequest(run_key=_key(files, platform), asset_selection=keys)

    return dg.SensorDefinition(
        name=f"inbox_{source}",
        target=steps,
        evaluation_fn=look,
        minimum_interval_seconds=_EVERY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"{inbox.format} · {inbox.pattern}",
    )


def _key(files: list[Path], platform: Platform) -> str:
    """The same files ask for one run, and for another where they wait much longer."""
    told = hashlib.sha256()
    for path in files:
        told.update(f"{path.name}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}\0".encode())
    return f"{told.hexdigest()[:32]}-{int(platform.now.timestamp()) // _AGAIN}"
