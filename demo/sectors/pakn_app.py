"""The feedback app: tickets that people write themselves, with a photo and a point on the map.

Codes instead of names, times in UTC, five fields only, ratings out of ten. What a person is
called stands in one JSON cell, as app databases have it.
"""

from __future__ import annotations

import json
from functools import partial
from random import Random

from demo import canaries, text_dirt
from demo.agencies import alias
from demo.planting import Fault, Planted, Planter, Span, becomes
from demo.sectors import dirt, hotline_1022
from demo.sectors import feedback_faults as ticket
from demo.sectors.feedback_retold import Retelling
from demo.sectors.feedback_tables import write_tickets
from demo.sectors.feedback_tickets import RESERVED, Drawing, Tickets, texts
from demo.store import Cell, Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome

NAME = "pakn_app"
TICKETS = Table(
    "PHAN_ANH",
    (
        "ID", "MA", "LINH_VUC_ID", "TIEU_DE", "MO_TA", "NGUOI_GUI", "ANH", "VI_DO", "KINH_DO",
        "MA_XA", "DIA_CHI", "TAO_LUC", "TIEP_NHAN_LUC", "HAN_XU_LY", "TRA_LOI_LUC", "DONG_LUC",
        "TRANG_THAI", "MA_DON_VI", "DIEM", "CHE_DO", "KIEM_DUYET", "TRUNG_VOI", "NGUON", "XOA",
        "CAP_NHAT",
    ),
    frozenset({"ID", "LINH_VUC_ID", "XOA"}),
    reals=frozenset({"VI_DO", "KINH_DO"}),
    index=("MA", "CAP_NHAT"),
)  # fmt: skip
FIELDS = Table("DM_LINH_VUC", ("ID", "TEN"), frozenset({"ID"}))
_FIELD_NAMES = ("An ninh trật tự - ATGT", "Thông tin truyền thông", "Tài nguyên - Môi trường",
                "Công thương", "Văn hoá - Thể thao - Du lịch", "Lĩnh vực khác")  # fmt: skip
# The app has five fields; what the hotline tells apart comes under the nearest of them.
_FIELD_IDS = {"01": 1, "02": 2, "03": 3, "04": 4, "05": 5, "06": 1, "07": 3, "08": 2, "99": 6}
_DUPLICATE = "8"
# Of the reserved tickets: those of which an officer saw that somebody had phoned about it too,
# and those of which nobody did.
_SEEN = range(40)
RETELLING = Retelling(NAME, TICKETS.name, "TIEU_DE", range(40, 60), range(60, 80))
_TIMES = ("TAO_LUC", "TIEP_NHAN_LUC", "HAN_XU_LY", "TRA_LOI_LUC", "DONG_LUC")


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    total = world.size(8_000, least=5_500)
    planter = Planter(NAME, TICKETS.name, "MA", faults(), world.seed, cases=total, before=RESERVED)
    fields: list[Row] = [{"ID": n, "TEN": name} for n, name in enumerate(_FIELD_NAMES, start=1)]
    with place.database() as writer:
        writer.create(FIELDS)
        writer.insert(FIELDS, FIELDS.tuples(fields))
        place.tell(RETELLING.truth(range(1, total + 1)))
        spell = partial(_spell, world)
        added = write_tickets(writer, TICKETS, place, Drawing(world, NAME, total), planter, spell)
    return total + added + len(fields)


def _spell(world: World, tickets: Tickets) -> dict[str, list[Cell]]:
    if tickets.first == 0:
        RETELLING.retell(world, tickets, hotline_1022.told_first(world))
    return _columns(tickets)


def _columns(tickets: Tickets) -> dict[str, list[Cell]]:
    size = len(tickets)
    ordinals = range(tickets.first, tickets.first + size)
    columns: dict[str, list[Cell]] = {
        "ID": [n + 1 for n in ordinals],
        "MA": [f"PA{n + 1:08}" for n in ordinals],
        "LINH_VUC_ID": [_FIELD_IDS[field] for field in tickets.fields],
        "TIEU_DE": [*tickets.titles],
        "MO_TA": [*tickets.contents],
        "NGUOI_GUI": [
            json.dumps({"hoTen": name, "sdt": phone}, ensure_ascii=False)
            for name, phone in zip(tickets.people.names, tickets.people.phones, strict=True)
        ],
        "ANH": [f"/anh/{n + 1:08}.jpg" if n % 3 else None for n in ordinals],
        "VI_DO": [*tickets.latitudes],
        "KINH_DO": [*tickets.longitudes],
        "MA_XA": [place.code for place in tickets.places],
        "DIA_CHI": [*tickets.streets],
        "TAO_LUC": [*texts(tickets.created, utc=True)],
        "TIEP_NHAN_LUC": [*texts(tickets.accepted, utc=True)],
        "HAN_XU_LY": [*texts(tickets.due, utc=True)],
        "TRA_LOI_LUC": [*texts(tickets.answered, utc=True)],
        "DONG_LUC": [*texts(tickets.closed, utc=True)],
        "TRANG_THAI": [str(status) for status in tickets.status],
        "MA_DON_VI": [code or None for code in tickets.agency_codes],
        "DIEM": [str(2 * rating - n % 2) if rating else None
                 for n, rating in zip(ordinals, tickets.ratings, strict=True)],
        "CHE_DO": ["cong_khai" if public else "rieng_tu" for public in tickets.public],
        "KIEM_DUYET": ["da_duyet" if reviewed else "cho_duyet" for reviewed in tickets.reviewed],
        "TRUNG_VOI": [None] * size,
        "NGUON": ["web" if n % 7 == 0 else "zalo" if n % 11 == 0 else "app" for n in ordinals],
        "XOA": [0] * size,
        "CAP_NHAT": [*texts(tickets.created, utc=True)],
    }  # fmt: skip
    for place in _SEEN if tickets.first == 0 else ():
        columns["TRUNG_VOI"][place] = hotline_1022.number(place)
        columns["TRANG_THAI"][place] = _DUPLICATE
    return columns


def _old_agency_form(row: Row, rng: Random) -> Planted:
    """The agency by its QCVN 102 code."""
    root = "H58" if str(row["TAO_LUC"]) < "2025-06-30" else "H20"
    code = rng.choice([f"{root}.1", f"{root}.5"])
    row["MA_DON_VI"] = alias(code)
    return becomes("MA_DON_VI", "agency_code", code)


def _elsewhere(row: Row, rng: Random) -> Planted:
    """A point far from the commune."""
    del rng
    row["VI_DO"], row["KINH_DO"] = 9.6012, 105.9745
    return Planted("VI_DO", "latitude")


def _commune_only(row: Row, rng: Random) -> Planted:
    """No point, as when the phone's location is switched off."""
    del rng
    row["VI_DO"] = row["KINH_DO"] = None
    return becomes("VI_DO", "latitude", None)


def faults() -> tuple[Fault, ...]:
    """Every fault of the app's tickets."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    suspect, kept = Outcome.SUSPECT, Outcome.KEPT
    text = ("TIEU_DE", "title")
    again = ticket.reported_again("MA", "PAKN-{}".format, _TIMES, 1)
    return dirt.faults(
        (
            ("nfd", 0.006, fixed, "clean_text", dirt.mutated(*text, text_dirt.decomposed)),
            ("loose_spaces", 0.008, fixed, "clean_text",
             dirt.mutated(*text, text_dirt.loose_spaces)),
            ("null_word", 0.003, fixed, "null_word", dirt.null_word("DIEM", "rating")),
            ("personal_in_text", 0.04, fixed, "mask_personal", ticket.personal("MO_TA")),
            ("canary", 0, fixed, "mask_personal", ticket.canary("MO_TA", canaries.IGATE[1])),
            ("canary", 0, kept, "", ticket.unread_name("MO_TA", "KIEM_DUYET", "cho_duyet")),
            ("swapped_coordinates", 0.005, fixed, "coordinate", dirt.swapped("VI_DO", "KINH_DO")),
            ("agency_old_form", 0.004, fixed, "agency_code_from_qcvn102", _old_agency_form),
            ("unknown_field", 0.003, refused, "field_code.required",
             dirt.set_to("LINH_VUC_ID", "field_code", 77)),
            ("unknown_status", 0.002, refused, "status.readable",
             dirt.set_to("TRANG_THAI", "status", "42")),
            ("unknown_agency", 0.002, refused, "agency_code.reference",
             dirt.set_to("MA_DON_VI", "agency_code", "H20.9999")),
            ("unknown_commune", 0.002, refused, "unit_code.reference",
             dirt.set_to("MA_XA", "unit_code", "99999")),
            ("rating_out_of_scale", 0.002, refused, "rating.range",
             dirt.set_to("DIEM", "rating", "47")),
            ("impossible_date", 0.001, refused, "created_at.readable",
             dirt.set_to("TAO_LUC", "created_at", "2025-02-30T08:00:00Z")),
            ("future", 0.001, refused, "created_not_future",
             dirt.set_to("TAO_LUC", "created_at", "2199-01-01T08:00:00Z")),
            ("duplicate_key", 0.002, refused, "primary_key.unique",
             dirt.older_copy("MA", "ticket_id", CAP_NHAT="2024-12-01 08:00:00")),
            ("soft_deleted", 0.005, excluded, "soft_deleted", dirt.set_to("XOA", "", 1)),
            ("far_point", 0.004, suspect, "far_from_commune", _elsewhere),
            ("no_point", 0.02, kept, "", _commune_only),
            ("reported_again", 0.015, suspect, "near_duplicate", again),
        ),
        Span.AFTER_MERGER,
    )  # fmt: skip


SYSTEM = System(NAME, make)
