"""One kind of chart, drawn on the server as SVG: a row per period, a part of its total.

It needs no script and no style attribute. Horizontal positions are percentages and
vertical ones pixels, so text keeps its size on a phone and on a wide screen alike.
Choosing the data and the words belongs to the caller; nothing here knows a dataset.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

_ROW = 26
_BAR = 14
_TOP = 8
_LABEL_END = 19.5
"""Where the row's label ends and the bars begin, in percent of the width."""
_BAR_SPACE = 50.0


@dataclass(frozen=True)
class Row:
    """One row. `total` and `part` are None when they are not told; a part that is not told
    is drawn as the hatched stretch it may lie in, from 0 to `small`. `told` is the text at
    the row's right end, which says the part in words."""

    label: str
    total: int | None
    part: int | None
    told: str


def draw_rows(rows: tuple[Row, ...], *, title: str, description: str, small: int) -> Markup:
    """The SVG of `rows`; `title` and `description` are read out by screen readers."""
    widest = max([row.total or 0 for row in rows] + [small, 1])
    height = _TOP * 2 + _ROW * len(rows)
    body = "".join(
        _row(row, top=_TOP + index * _ROW, widest=widest, small=small)
        for index, row in enumerate(rows)
    )
    return Markup(  # noqa: S704 - every text in it is escaped right here
        f'<svg class="chart" width="100%" height="{height}" role="img"'
        f' aria-labelledby="chart-title chart-desc">'
        f'<title id="chart-title">{escape(title)}</title>'
        f'<desc id="chart-desc">{escape(description)}</desc>'
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="chart-hatch-ground" width="6" height="6"/>'
        '<rect class="chart-hatch-line" width="2.5" height="6"/></pattern></defs>'
        f"{body}</svg>"
    )


def _row(row: Row, *, top: int, widest: int, small: int) -> str:
    middle = top + _ROW // 2
    bar_top = middle - _BAR // 2
    pieces = [_text(_LABEL_END - 1.5, middle, row.label, "chart-label", anchor="end")]
    if row.total is None:
        pieces.append(_bar(bar_top, small / widest, "chart-unknown"))
    else:
        pieces.append(_bar(bar_top, row.total / widest, "chart-total"))
        if row.part is None:
            pieces.append(_bar(bar_top, min(small, row.total) / widest, "chart-unknown"))
        else:
            pieces.append(_bar(bar_top, row.part / widest, "chart-part"))
    pieces.append(_text(100, middle, row.told, "chart-told", anchor="end"))
    return f"<g>{''.join(pieces)}</g>"


def _bar(top: int, share: float, kind: str) -> str:
    width = _BAR_SPACE * min(share, 1.0)
    fill = ' fill="url(#hatch)"' if kind == "chart-unknown" else ""
    return (
        f'<rect class="{kind}"{fill} x="{_LABEL_END}%" y="{top}" width="{width:.2f}%"'
        f' height="{_BAR}" rx="2"/>'
    )


def _text(x: float, y: int, text: str, kind: str, *, anchor: str) -> str:
    return (
        f"<text class={quoteattr(kind)} x={quoteattr(f'{x:g}%')} y={quoteattr(str(y))}"
        f' dominant-baseline="central" text-anchor={quoteattr(anchor)}>{escape(text)}</text>'
    )
