"""Makes ``docs/screenshots/``: every kind of page at 360 and 1,280 pixels.

``python -m docs.screenshots http://127.0.0.1:PORT`` against a running ``dungchung serve`` or
``make demo``; looking at the pictures afterwards is the point of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.chromium import HOW_TO, Tab, chromium, find_chromium

FOLDER = Path(__file__).parent / "screenshots"
WIDTHS = (360, 1280)
_MOST = 2200  # pixels of height kept of a long page
PAGES = {
    "home": "/",
    "home-en": "/en/",
    "datasets": "/dataset",
    "datasets-filtered": "/en/dataset?q=commune+code&access=open&from=2024",
    "datasets-none": "/dataset?q=khong-co",
    "dataset-open": "/dataset/administrative_unit",
    "dataset-statistics": "/dataset/service_case_statistics",
    "dataset-on-request": "/dataset/service_case",
    "agencies": "/organization",
    "agency": "/organization/h20-1",
    "themes": "/group",
    "units": "/units",
    "units-code": "/units?q=28249",
    "units-name": "/units?q=phu+my",
    "units-split": "/units?q=30079",
    "commune": "/units/28249",
    "indicators": "/indicators",
    "indicators-commune": "/indicators?unit=28249",
    "help": "/about",
    "programmers": "/developers",
    "not-found": "/khong-co",
}
DARK = ("home", "commune")


def main(address: str) -> None:
    """Look at every page of the portal at `address`."""
    program = find_chromium()
    if program is None:
        sys.exit(HOW_TO)
    FOLDER.mkdir(exist_ok=True)
    with chromium(program) as tab:
        for name, path in PAGES.items():
            for width in WIDTHS:
                _shoot(tab, f"{address}{path}", f"{name}-{width}", width, dark=False)
        for name in DARK:
            _shoot(tab, f"{address}{PAGES[name]}", f"{name}-dark-360", 360, dark=True)


def _shoot(tab: Tab, url: str, name: str, width: int, *, dark: bool) -> None:
    tab.open(url, width=width, dark=dark)
    tab.screenshot(FOLDER / f"{name}.png", most=_MOST)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
