"""Two small datasets that tell of indicators, for the catalogue's tests."""

from __future__ import annotations

from lakehouse.stores import Stores
from tests.catalog.province import Table, publish

STORY = {
    "catalogue": "measure",
    "code": "code",
    "unit": "place",
    "whole": "82",
    "period": "month",
    "vintage": "vintage",
    "value": "figure",
    "domain": "domain",
    "name": "title",
    "name_en": "title_en",
    "measure": "counted_in",
    "direction": "direction",
    "good": "good",
    "warning": "warning",
}
MEASURE = Table(
    "measure",
    "Danh mục chỉ tiêu",
    (
        *("code VARCHAR", "title VARCHAR", "title_en VARCHAR", "domain VARCHAR"),
        *("counted_in VARCHAR", "direction VARCHAR", "good INTEGER", "warning INTEGER"),
    ),
    """SELECT * FROM (VALUES
         ('A1', 'Tỷ lệ đúng hạn', 'On time', 'gov', '%', 'up', 95, 85),
         ('A2', 'Tỷ lệ quá hạn', 'Late', 'gov', '%', 'down', 5, 15),
         ('B1', 'Lượt khách', 'Guests', 'tour', 'khách', 'none', NULL, NULL))
       t(code, title, title_en, domain, counted_in, direction, good, warning)""",
    ("code",),
)
MEASURED = Table(
    "measured",
    "Số liệu chỉ tiêu",
    (
        *("code VARCHAR", "place VARCHAR", "month VARCHAR", "vintage INTEGER"),
        "figure DECIMAL(9,3)",
    ),
    """SELECT * FROM (VALUES
         ('A1', '82', '2026-08', 1, 90), ('A1', '82', '2026-08', 2, 91),
         ('A1', '82', '2026-09', 1, 96.5), ('A1', '28003', '2026-09', 1, NULL),
         ('A2', '82', '2026-09', 1, 20), ('B1', '82', '2026-09', 1, 1200))
       t(code, place, month, vintage, figure)""",
    ("code", "place", "month", "vintage"),
)


def tell(stores: Stores) -> None:
    """Release both, the observations with their story."""
    publish(stores, MEASURE)
    publish(stores, MEASURED, stories={"indicators": STORY})
