"""The pages in a real browser: nothing wider than the screen, refused or hard to read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from threading import Thread
from typing import Any

import pytest
import uvicorn

from catalog.app import create_app
from tests.catalog.portal.conftest import Portal, open_portal
from tests.catalog.portal.sample import build
from tests.catalog.portal.test_pages import PAGES
from tests.catalog.telling import tell
from tests.chromium import HOW_TO, Tab, chromium, find_chromium

pytestmark = pytest.mark.server

# Texts whose contrast with the nearest painted ground is under WCAG 2.2 AA.
FAINT = r"""
(() => {
  const rgba = (text) => text.match(/[\d.]+/g).map(Number);  // computed: rgb() or rgba()
  const light = (c) => [0, 1, 2].map(i => c[i] / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, style = getComputedStyle(e);
    if (!walker.currentNode.data.trim() || e.closest('.visually-hidden, title, desc')) continue;
    const ink = rgba(e.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(e))].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24;
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) faint.push(walker.currentNode.data.trim());
  }
  return faint;
})()
"""
# Links and buttons that a finger would miss; links within a sentence are exempt.
SMALL = """
[...document.querySelectorAll('nav a, button, input, select, summary')]
  .map(e => [e.textContent.trim() || e.id, e.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height < 24).map(([name]) => name)
"""


# One address of every kind of page.
KINDS = (
    "/",
    "/dataset?q=ho+so&organization=h20-5&access=open&sort=title",
    "/dataset?q=khong+co+gi",
    "/dataset?place=xa+phu+my&from=soon",
    "/dataset/statistics",
    "/dataset/service_case",
    "/dataset/by-hand",
    "/dataset/gone",
    "/organization",
    "/group/gove",
    "/units?q=28249",
    "/units/28249",
    "/indicators",
    "/about",
    "/developers",
    "/nope",
)
# What axe-core, the accessibility checker of the browsers, holds against the page.
AXE = "axe.run().then(found => found.violations.map(v => [v.id, v.impact, v.nodes[0].html]))"


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    program = find_chromium()
    if program is None:
        pytest.skip(HOW_TO)
    with chromium(program) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(portal: Portal) -> Iterator[str]:
    """The sample, really served."""
    with served(portal) as url:
        yield url


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample with datasets that tell of indicators, really served."""
    config = build(tmp_path_factory.mktemp("telling"))
    tell(config.open_agency())
    with open_portal(config) as portal, served(portal) as url:
        yield url


@contextmanager
def served(portal: Portal) -> Iterator[str]:
    """The address at which `portal` answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app: Any = create_app(portal.context)
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        listening.listen()
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("path", PAGES)
def test_page_in_a_real_browser(tab: Tab, address: str, path: str) -> None:
    look_at(tab, address, path)


@pytest.mark.parametrize("path", ["/indicators", "/indicators?unit=28003"])
def test_indicators_in_a_real_browser(tab: Tab, telling: str, path: str) -> None:
    look_at(tab, telling, path)
    assert tab.evaluate("document.querySelectorAll('.gauges > li').length") > 0
    check_by_axe(tab, telling, path)


def look_at(tab: Tab, address: str, path: str) -> None:
    """Nothing wider than the screen, faint, small or refused."""
    for prefix, width, dark in (("", 360, False), ("", 1280, True), ("/en", 320, True)):
        tab.open(f"{address}{prefix}{path}", width=width, dark=dark)
        where = f"{prefix}{path} at {width}"
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, where
        assert tab.evaluate(FAINT) == [], where
        assert tab.evaluate(SMALL) == [], where
        refused = [problem for problem in tab.problems if "status of 4" not in problem]
        assert refused == [], where


@pytest.mark.parametrize("path", KINDS)
def test_axe_finds_nothing(tab: Tab, address: str, path: str) -> None:
    check_by_axe(tab, address, path)


def check_by_axe(tab: Tab, address: str, path: str) -> None:
    """axe-core holds nothing against the page."""
    checker = (files("axe_core_python") / "axe.min.js").read_text()
    for prefix, width, dark in (("", 360, False), ("/en", 1280, True)):
        tab.open(f"{address}{prefix}{path}", width=width, dark=dark)
        tab.evaluate(f"{checker};0")
        assert tab.evaluate(AXE) == [], f"{prefix}{path} at {width}"


def test_the_style_is_applied_and_the_skip_link_works_by_keyboard(tab: Tab, address: str) -> None:
    tab.open(address, width=1280)
    assert tab.evaluate("document.styleSheets[0].cssRules.length > 50") is True
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().top >= 0") is True
