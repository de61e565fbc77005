"""The faults that any register has (facilities, schools, lodgings), in its own columns.

What is wrong in one register alone is said in its module, what each fault does in
`demo.sectors.dirt`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from demo import text_dirt
from demo.planting import Fault, Span
from demo.sectors import dirt
from demo.system import World
from demo.truth import Outcome


@dataclass(frozen=True)
class Columns:
    """What a register calls the columns that every register has; `code_target` is the contract's
    name of the code."""

    code: str
    code_target: str
    name: str
    commune: str
    latitude: str
    longitude: str
    since: str
    deleted: str
    changed: str


def retired_commune(world: World, columns: Columns, rate: float) -> Fault:
    """A commune that was gone when the row began to hold."""
    gone = dirt.set_to(columns.commune, "admin_unit_code", world.units.retired[0])
    rule = "admin_unit_code.reference"
    return Fault("retired_commune", rate, Outcome.QUARANTINED, rule, gone, Span.AFTER_MERGER)


def usual(columns: Columns, share: float) -> Iterator[dirt.Listed]:
    """What befalls any register; `share` is the rate of the rarest of these faults."""
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    name, place = (columns.name, "name"), (columns.latitude, columns.longitude)
    older = dirt.older_copy(
        columns.code, columns.code_target, **{columns.changed: "2024-09-01 08:00:00"}
    )
    yield from (
        ("nfd", 2 * share, fixed, "clean_text", dirt.mutated(*name, text_dirt.decomposed)),
        ("loose_spaces", 3 * share, fixed, "clean_text",
         dirt.mutated(*name, text_dirt.loose_spaces)),
        ("nbsp", 2 * share, fixed, "clean_text", dirt.mutated(*name, text_dirt.no_break_space)),
        ("swapped_coordinates", 2 * share, fixed, "coordinate", dirt.swapped(*place)),
        ("unknown_commune", share, refused, "admin_unit_code.reference",
         dirt.set_to(columns.commune, "admin_unit_code", "99999")),
        ("point_zero", share, refused, "latitude.readable",
         dirt.set_to(columns.latitude, "latitude", 0.0)),
        ("impossible_date", share, refused, "valid_from.readable",
         dirt.set_to(columns.since, "valid_from", "31/02/2025")),
        ("missing_name", share, refused, "name.required", dirt.set_to(*name, None)),
        ("duplicate_key", 2 * share, refused, "primary_key.unique", older),
        ("soft_deleted", 2 * share, Outcome.EXCLUDED, "soft_deleted",
         dirt.set_to(columns.deleted, "", 1)),
    )  # fmt: skip
