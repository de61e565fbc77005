"""Writing a table of tickets batch by batch, with the faults that befall them.

How a system spells a ticket is in its module.
"""

from __future__ import annotations

from collections.abc import Callable

from demo.planting import Planter
from demo.sectors.feedback_tickets import Drawing, Tickets
from demo.store import Cell, Row, Table, Writer
from demo.system import Place


def write_tickets(
    writer: Writer,
    table: Table,
    place: Place,
    drawing: Drawing,
    planter: Planter,
    spell: Callable[[Tickets], dict[str, list[Cell]]],
) -> int:
    """Make the table and write all tickets into it; gives the number of rows that faults
    added."""
    extras = list[Row]()
    writer.create(table)
    for tickets in drawing.batches():
        columns = spell(tickets)
        told, more = planter.plant(columns, tickets.first)
        place.tell(told)
        extras += more
        writer.insert(table, zip(*columns.values(), strict=True))
    writer.insert(table, table.tuples(extras))
    return len(extras)
