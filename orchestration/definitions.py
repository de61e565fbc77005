"""The one assembly of Dagster definitions: `build_defs`, and `defs` for ``workspace.yaml``.

No asset code lives here. Contracts are read when Dagster asks for the definitions, not at
import.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from orchestration.announcing import CatalogAnnouncer
from orchestration.assets import dataset_assets
from orchestration.inboxes import inbox_sensors
from orchestration.outcomes import Silent
from orchestration.platform import Platform, open_platform

SENSOR = "follow_contracts"


def build_defs(platform: Platform, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Definitions of every dataset of `platform`.

    Args:
        platform: settings, contracts, stores.
        resources: replaces any of ``platform``, ``progress``, ``announcer``.
    """
    datasets = platform.catalogue_of_datasets
    given: dict[str, object] = {
        "platform": platform,
        "progress": Silent(),
        "announcer": CatalogAnnouncer(platform),
        **(resources or {}),
    }
    assets = {n: dataset_assets(dataset, datasets) for n, dataset in datasets.datasets.items()}
    return dg.Definitions(
        assets=[step for steps in assets.values() for step in steps],
        resources={
            name: dg.ResourceDefinition.hardcoded_resource(value) for name, value in given.items()
        },
        sensors=[
            dg.AutomationConditionSensorDefinition(
                SENSOR,
                target=dg.AssetSelection.all(),
                default_status=dg.DefaultSensorStatus.RUNNING,
            ),
            *inbox_sensors(platform, {name: steps[0] for name, steps in assets.items()}),
        ],
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What ``workspace.yaml`` loads: the datasets of the environment."""
    return build_defs(open_platform())
