"""Birth dates: what is not known is never made up."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.standardization.functions.conftest import Call

RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DAYS = st.dates(date(1900, 1, 1), date(2025, 12, 31))


@RELAXED
@given(day=DAYS)
def test_a_whole_date_is_itself(call: Call, day: date) -> None:
    text = day.strftime("%d/%m/%Y")
    assert call("birth_date", text) == day
    assert call("birth_date_precision", text) == "D"
    assert call("birth_year", text) == day.year


@RELAXED
@given(day=DAYS, form=st.sampled_from(["{y}", "00/00/{y}", "{m:02}/{y}", "00/{m}/{y}", "năm {y}"]))
def test_a_partial_date_has_a_year_and_no_day(call: Call, day: date, form: str) -> None:
    text = form.format(y=day.year, m=day.month)
    assert call("birth_date", text) is None
    assert call("birth_date_precision", text) == ("M" if "{m" in form else "Y")
    assert call("birth_year", text) == day.year


@RELAXED
@given(birth=DAYS, on=DAYS)
def test_the_age_grows_on_the_birthday(call: Call, birth: date, on: date) -> None:
    age = call("age_at", birth.isoformat(), on)
    if on < birth:
        assert age is None
    else:
        had = (on.month, on.day) >= (birth.month, birth.day)
        leap = (birth.month, birth.day) == (2, 29)
        expected = on.year - birth.year - (0 if had else 1)
        # On 28 February of other years both readings of a leap day's birthday are in use.
        assert age == expected or (leap and (on.month, on.day) == (2, 28) and age == expected + 1)


def test_a_typed_date_and_year(call: Call) -> None:
    assert call("birth_date", date(1958, 6, 5)) == date(1958, 6, 5)
    assert call("birth_date_precision", 1958) == "Y"
    assert call("age_band", "00/00/2021", date(2025, 6, 5)) == "0-4"
