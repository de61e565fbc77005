"""Error pages of every status: what happened, and a next step."""

from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from catalog.access import Actor
from catalog.app import create_app
from catalog.context import View
from catalog.portal import error_page
from tests.catalog.portal.conftest import PUBLIC_URL, Portal
from tests.catalog.portal.html import Page, assert_accessible


def shown(portal: Portal, path: str, status: int) -> Page:
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": "https",
            "server": ("data.example.vn", 443),
            "path": path,
            "query_string": b"",
            "headers": [],
        }
    )
    answer = error_page(portal.context, request, status)
    assert answer.status_code == status
    return Page.of(bytes(answer.body).decode())


@pytest.mark.parametrize(
    ("status", "vi", "en", "search"),
    [
        (400, "Không đọc được địa chỉ này", "This address cannot be read", True),
        (404, "Không có trang này", "This page does not exist", True),
        (405, "Không đọc được địa chỉ này", "This address cannot be read", True),
        (410, "Dữ liệu này đã được thu hồi", "This has been withdrawn", True),
        (500, "Hệ thống gặp trục trặc", "Something went wrong on our side", False),
        (503, "Tạm thời chưa phục vụ được", "Not available just now", False),
    ],
)
def test_each_status(portal: Portal, status: int, vi: str, en: str, search: bool) -> None:
    for path, title in (("/units/x", vi), ("/en/units/x", en)):
        page = shown(portal, path, status)
        assert_accessible(page)
        assert title in page.texts
        assert bool(page.all("input")) is search
        prefix = "/en" if path.startswith("/en/") else ""
        assert {f"{prefix}/dataset", f"{prefix}/units"} <= {
            link.get("href") for link in page.all("a")
        }


def test_a_page_that_breaks_is_told_as_such_without_its_reason(portal: Portal) -> None:
    def broken(actor: Actor) -> View:
        raise RuntimeError("the reason")

    app = create_app(replace(portal.context, view=broken))
    client = TestClient(app, base_url=PUBLIC_URL, raise_server_exceptions=False)
    answer = client.get("/en/dataset")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in Page.of(answer.text).texts
    assert "the reason" not in answer.text
