"""The chart as SVG that any parser reads."""

from xml.etree import ElementTree as ET

from catalog.portal.charts import Row, draw_rows

SVG_ROWS = (
    Row("01/2026", 120, 30, "30 / 120"),
    Row("02/2026", 60, None, "ít hơn 10* / 60"),
    Row("03/2026", None, None, "ít hơn 10*"),
)


def _drawn(rows: tuple[Row, ...] = SVG_ROWS, title: str = "t") -> ET.Element:
    return ET.fromstring(draw_rows(rows, title=title, description="d", small=10))


def _bars(svg: ET.Element, kind: str) -> list[float]:
    return [
        float(bar.attrib["width"].rstrip("%"))
        for bar in svg.iter("rect")
        if bar.attrib.get("class") == kind
    ]


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = _drawn()
    total, half = _bars(svg, "chart-total")
    assert total == 2 * half
    assert _bars(svg, "chart-part") == [total / 4]


def test_a_number_that_is_not_told_is_drawn_as_where_it_may_lie() -> None:
    svg = _drawn()
    total, _half = _bars(svg, "chart-total")
    expected = round(total * 10 / 120, 2)
    assert _bars(svg, "chart-unknown") == [expected, expected]
    assert [text.text for text in svg.iter("text")][-1] == "ít hơn 10*"


def test_it_has_a_name_and_a_description_and_no_style_or_script() -> None:
    svg = _drawn()
    assert svg.attrib["role"] == "img"
    named = svg.attrib["aria-labelledby"].split()
    assert [child.attrib["id"] for child in svg if child.tag in ("title", "desc")] == named
    markup = ET.tostring(svg, encoding="unicode")
    assert "style=" not in markup
    assert "<script" not in markup


def test_texts_are_escaped() -> None:
    canary = '"><script>alert(1)</script>'
    svg = _drawn((Row(canary, 1, 1, canary),), title=canary)
    assert [text.text for text in svg.iter("text")] == [canary, canary]
    assert svg.find("title") is not None
    assert not list(svg.iter("script"))


def test_no_rows_and_noughts_draw_without_fault() -> None:
    assert _bars(_drawn(()), "chart-total") == []
    assert _bars(_drawn((Row("01/2026", 0, 0, "0 / 0"),)), "chart-part") == [0.0]
