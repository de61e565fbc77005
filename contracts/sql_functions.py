"""Which functions SQL in contracts and mappings may call.

The cleaning functions of the standardization room are not listed here: they come as an
argument to `contracts.sql`, which does the checking.
"""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SCALARS = _words(
    """
    abs array_to_string ceil chr coalesce concat concat_ws contains date_add date_diff
    date_part date_sub date_trunc day dayofweek ends_with epoch epoch_ms floor greatest hour
    if ifnull isodow json_array_length json_extract json_extract_string json_valid last_day
    least left len length list_aggregate list_contains list_distinct list_filter list_has_all
    list_sort list_transform list_value lower lpad ltrim make_date make_timestamp md5 minute
    mod month nfc_normalize nullif prefix quarter regexp_extract regexp_full_match
    regexp_matches regexp_replace replace right round rpad rtrim sha256 sign split_part
    starts_with strftime string_split strip_accents strpos strptime struct_extract struct_pack
    substr substring suffix to_days to_hours to_minutes to_months to_timestamp to_years
    translate trim trunc try_strptime upper week weekofyear year
    """
)
AGGREGATES = _words(
    """
    any_value arg_max arg_min avg bool_and bool_or count count_if list max median min
    quantile_cont string_agg sum
    """
)
WINDOWS = _words(
    """
    dense_rank first_value lag last_value lead rank row_number
    """
)
BUILT_IN = SCALARS | AGGREGATES
SWELLING = _words(
    """
    array_to_string list_aggregate list_filter list_transform lpad regexp_replace replace rpad
    string_split
    """
)
"""Those that, one in another, make much of little: what an outsider writes has none of them,
because DuckDB can be stopped neither by time nor by its memory limit inside one call."""
OWN = frozenset(
    {"lookup", "now", "resolve_unit", "unit_now"} | {"address_parts", "agency_by_name", "near_unit"}
)
"""Functions the engine itself provides; the cleaning functions come as an argument."""
NOT_IN_LAMBDAS = OWN - {"now"} | {"pseudonym"}
"""Functions for which each row is joined to an answer, or which are written out where they stand:
neither can be done inside a lambda."""
FUNCTION_DATASETS: Mapping[str, tuple[str, ...]] = {
    "resolve_unit": ("administrative_unit",),
    "unit_now": ("administrative_unit", "administrative_unit_crosswalk"),
    "near_unit": ("administrative_unit",),
    "address_parts": ("administrative_unit",),
    "agency_by_name": ("agency",),
}
"""Datasets that a function reads."""
