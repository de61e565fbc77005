"""One place's answer: never more told than the dataset tells."""

import csv
import io

from catalog.portal.place_page import answer, as_csv
from catalog.portal.stories import Period, PlaceStory
from catalog.portal.wording import Words

ALL_TOLD = (Period("2026-01", 100, 10), Period("2026-02", 200, 20))
SOME_TOLD = (Period("2026-01", 100, 10), Period("2026-02", 45, None), Period("2026-03", None, None))
NONE_LATE_TOLD = (Period("2026-01", 100, None), Period("2026-02", 200, None))
STORY = PlaceStory("place", "month", "all_cases", "late_cases", {})
EN = Words("en")


def test_every_number_told() -> None:
    made = answer("Xã An", ALL_TOLD, EN)
    assert made.sentence == (
        "From Jan 2026 to Feb 2026, about 300 cases from Xã An were finished, of which about 30 "
        "were late (10%)."
    )
    assert made.note == ""


def test_some_numbers_kept_back() -> None:
    made = answer("Xã An", SOME_TOLD, EN)
    assert made.sentence == (
        "From Jan 2026 to Mar 2026, at least about 145 cases from Xã An were finished. About 10 "
        "were late in the months whose number is told (1 of 3); in each of the others fewer than "
        "10* were late."
    )
    assert made.note.startswith("* Fewer than 10, or not told")
    assert [(row.period, row.total, row.part) for row in made.rows] == [
        ("Mar 2026", "fewer than 10*", "fewer than 10*"),
        ("Feb 2026", "45", "fewer than 10*"),
        ("Jan 2026", "100", "10"),
    ]


def test_no_late_number_told() -> None:
    sentence = answer("Xã An", NONE_LATE_TOLD, EN).sentence
    assert sentence.endswith("in each of the 2 months fewer than 10* were late.")


def test_nothing_told_at_all() -> None:
    sentence = answer("Xã An", (Period("2026-01", None, None),), EN).sentence
    assert sentence == "In Jan 2026, fewer than 10* cases from Xã An were finished each month."


def test_the_chart_says_the_sentence_to_a_screen_reader() -> None:
    made = answer("Xã <An>", ALL_TOLD, EN)
    assert "Xã &lt;An&gt;" in made.chart
    assert "Xã <An>" not in made.chart


def test_the_csv_holds_exactly_these_numbers() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(SOME_TOLD, STORY, "01234"))))
    assert rows == [
        ["place", "month", "all_cases", "late_cases", "suppressed"],
        ["01234", "2026-01", "100", "10", ""],
        ["01234", "2026-02", "45", "", "late_cases"],
        ["01234", "2026-03", "", "", "all_cases late_cases"],
    ]
