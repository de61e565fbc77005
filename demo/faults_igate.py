"""The faults planted in iGate's cases, their rates, and what must become of each.

A rate is a share of the system's cases. What a fault does is `demo.dirt_igate`.
"""

from __future__ import annotations

from functools import partial

from demo import canaries, text_dirt
from demo import dirt_igate as dirt
from demo.planting import Fault, Plant, Span
from demo.truth import Outcome
from demo.units import Units

_BEFORE, _AFTER = Span.BEFORE_MERGER, Span.AFTER_MERGER
_READABLE, _COMMUNE = "received_at.readable", "applicant_admin_code.reference"
_CLEAN, _NAME, _DATE = "clean_text", "person_name", "parse_timestamp"
_NOWHERE = partial(dirt.unknown_commune, ("99999", "98765"))
_DELETED = partial(dirt.flagged, "DaXoa")


def _fixed(name: str, rate: float, how: str, plant: Plant, span: Span = Span.ANY) -> Fault:
    return Fault(name, rate, Outcome.FIXED, how, plant, span)


def _refused(name: str, rate: float, rule: str, plant: Plant, span: Span = Span.ANY) -> Fault:
    return Fault(name, rate, Outcome.QUARANTINED, rule, plant, span)


def _text(mutate: dirt.Mutate) -> Plant:
    return partial(dirt.in_name_or_status, mutate)


def _no_meaning(column: str, target: str, *values: str) -> Plant:
    return partial(dirt.no_meaning, column, target, values)


def _repairable(units: Units) -> tuple[Fault, ...]:
    old, new = units.outside_old, units.outside_new
    return (
        _fixed("nfd", 0.004, _CLEAN, _text(text_dirt.decomposed)),
        _fixed("mixed_composition", 0.002, _CLEAN, dirt.tone_first),
        _fixed("zero_width", 0.003, _CLEAN, _text(text_dirt.invisible)),
        _fixed("nbsp", 0.003, _CLEAN, _text(text_dirt.no_break_space)),
        _fixed("loose_spaces", 0.004, _CLEAN, _text(text_dirt.loose_spaces)),
        _fixed("mojibake", 0.002, "fix_mojibake", dirt.mojibake),
        _fixed("all_caps_name", 0.004, _NAME, dirt.all_caps),
        _fixed("salutation", 0.004, _NAME, dirt.salutation),
        _fixed("null_word", 0.004, "null_word", dirt.null_word),
        _fixed("lost_zero", 0.002, "commune_code", partial(dirt.lost_zero, old), _BEFORE),
        _fixed("lost_zero", 0.002, "commune_code", partial(dirt.lost_zero, new), _AFTER),
        _fixed("old_phone", 0.005, "phone_e164", dirt.old_phone),
        _fixed("phone_format", 0.004, "phone_e164", dirt.phone_format),
        _fixed("date_vietnamese", 0.004, _DATE, partial(dirt.date_form, "vietnamese")),
        _fixed("date_dashes", 0.001, _DATE, partial(dirt.date_form, "dashes")),
        _fixed("date_short_year", 0.001, _DATE, partial(dirt.date_form, "short_year")),
        _fixed("date_words", 0.001, _DATE, partial(dirt.date_form, "words")),
        _fixed("date_excel", 0.001, _DATE, partial(dirt.date_form, "excel")),
        _fixed("date_epoch", 0.0005, _DATE, partial(dirt.date_form, "epoch")),
        _fixed("agency_old_form", 0.002, "agency_code_from_qcvn102", dirt.old_agency_form, _BEFORE),
    )


def _beyond_repair(units: Units) -> tuple[Fault, ...]:
    retired = partial(dirt.unknown_commune, units.retired)
    procedure = _no_meaning("MaThuTuc", "procedure_code", "9.999001", "9.999002.H20")
    status = _no_meaning("TrangThai", "status", "Chờ chuyển khâu 9", "Tạm treo")
    fee = _no_meaning("LePhi", "fee_paid_vnd", "-50000", "-20000")
    return (
        _refused("impossible_date", 0.001, _READABLE, dirt.impossible_date),
        _refused("buddhist_year", 0.0005, _READABLE, dirt.buddhist_year),
        _refused("missing_received", 0.0005, "received_at.required", dirt.missing_received),
        _refused("future_received", 0.0005, "received_not_future", dirt.future),
        _refused("finished_before_received", 0.001, "finished_after_received", dirt.finished_first),
        _refused("unknown_procedure", 0.001, "procedure_code.reference", procedure),
        _refused("unknown_commune", 0.001, _COMMUNE, _NOWHERE),
        _refused("retired_commune", 0.001, _COMMUNE, retired, _AFTER),
        _refused("unknown_status", 0.001, "status.readable", status),
        _refused("negative_fee", 0.0005, "fee_paid_vnd.range", fee),
        _refused("duplicate_key", 0.001, "primary_key.unique", dirt.older_copy),
    )


def _canaries() -> tuple[Fault, ...]:
    people, excluded = canaries.IGATE, Outcome.EXCLUDED
    deleted = partial(dirt.canary, people[3], _DELETED)
    return (
        Fault("canary", 0, Outcome.KEPT, "", partial(dirt.canary, people[0], None)),
        _refused("canary", 0, _READABLE, partial(dirt.canary, people[1], dirt.impossible_date)),
        _refused("canary", 0, _COMMUNE, partial(dirt.canary, people[2], _NOWHERE)),
        Fault("canary", 0, excluded, "soft_deleted", deleted),
        _refused(
            "canary", 0, "primary_key.unique", partial(dirt.canary, people[4], dirt.older_copy)
        ),
    )


def faults(units: Units) -> tuple[Fault, ...]:
    """Every fault of iGate's cases."""
    suspect, excluded = Outcome.SUSPECT, Outcome.EXCLUDED
    test = partial(dirt.flagged, "LaHoSoTest")
    return (
        *_repairable(units),
        *_beyond_repair(units),
        Fault("on_time_mismatch", 0.004, suspect, "on_time_mismatch", dirt.wrong_punctuality),
        Fault("soft_deleted", 0.006, excluded, "soft_deleted", _DELETED),
        Fault("test_record", 0.004, excluded, "test_record", test),
        *_canaries(),
    )
