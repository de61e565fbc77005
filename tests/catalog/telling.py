"""Two small datasets that tell of indicators, for the catalogue's tests."""

from __future__ import annotations

from lakehouse.stores import Stores
from tests.catalog.province import Table, publish

STORY = {
    "catalogue": "measure",
    "code": "code",
    "unit": "place",
    "whole": "82",
    "basis": "boundary",
    "period": "month",
    "vintage": "vintage",
    "value": "figure",
    "status": "state",
    "domain": "domain",
    "name": "title",
    "name_en": "title_en",
    "measure": "counted_in",
    "measure_en": "counted_in_en",
    "direction": "direction",
    "good": "good",
    "warning": "warning",
}
MEASURE = Table(
    "measure",
    "Danh mục chỉ tiêu",
    (
        *("code VARCHAR", "title VARCHAR", "title_en VARCHAR", "domain VARCHAR"),
        *("counted_in VARCHAR", "counted_in_en VARCHAR", "direction VARCHAR", "good INTEGER"),
        "warning INTEGER",
    ),
    """SELECT * FROM (VALUES
         ('A1', 'Tỷ lệ đúng hạn', 'On time', 'gov', '%', '%', 'up', 95, 85),
         ('A2', 'Tỷ lệ quá hạn', 'Late', 'gov', '%', '%', 'down', 5, 15),
         ('B1', 'Lượt khách', 'Guests', 'tour', 'khách', 'guests', 'none', NULL, NULL))
       t(code, title, title_en, domain, counted_in, counted_in_en, direction, good, warning)""",
    ("code",),
)
MEASURED = Table(
    "measured",
    "Số liệu chỉ tiêu",
    (
        *("code VARCHAR", "place VARCHAR", "boundary VARCHAR", "month VARCHAR"),
        *("vintage INTEGER", "figure DECIMAL(9,3)", "state VARCHAR"),
    ),
    """SELECT * FROM (VALUES
         ('A1', '82', 'new', '2026-08', 1, 90, 'final'),
         ('A1', '82', 'new', '2026-08', 2, 91, 'final'),
         ('A1', '82', 'new', '2026-09', 1, 96.5, 'final'),
         ('A1', '28003', 'new', '2026-09', 1, NULL, 'suppressed'),
         ('A2', '82', 'new', '2026-09', 1, 20, 'final'),
         ('A2', '28003', 'old', '2026-Q2', 1, 7, 'final'),
         ('A2', '28003', 'new', '2026-Q3', 1, NULL, 'missing'),
         ('B1', '82', 'new', '2026-09', 1, 1200, 'final'))
       t(code, place, boundary, month, vintage, figure, state)""",
    ("code", "place", "boundary", "month", "vintage"),
)


def tell(stores: Stores) -> None:
    """Release both, the observations with their story."""
    publish(stores, MEASURE)
    publish(stores, MEASURED, stories={"indicators": STORY})
