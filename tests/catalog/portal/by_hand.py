"""Records that people wrote: a long one, a bare one, a draft and a private one."""

from __future__ import annotations

from typing import Any

from catalog.context import CatalogContext
from catalog.identifiers import organization_id
from catalog.registry.writing import package_form, save_package

OWNER = organization_id("H20.5")
_LONG = "Số liệu theo giờ của các trạm quan trắc. " * 40


def records() -> tuple[dict[str, Any], ...]:
    """As ``package_create`` takes them."""
    files = [
        {
            "name": f"So-lieu-quan-trac-khong-khi-va-nuoc-mat-theo-gio-{number:02d}.csv",
            "format": "CSV",
            "size": 12_345 * number,
            "url": f"https://example.vn/data/{number}.csv",
            "description": "Số liệu theo giờ" if number % 2 else "",
        }
        for number in range(40)
    ]
    return (
        {
            "name": "by-hand",
            "title": "Quan trắc không khí và nước mặt năm 2024 (số liệu theo giờ)",
            "notes": f"# Quan trắc\n\n{_LONG}\n\n* mục một\n* mục hai\n\n[x](javascript:alert(1))",
            "license_id": "cc-by",
            "author": "Chi cục Bảo vệ môi trường",
            "url": "https://example.vn/quan-trac",
            "tags": [{"name": "quan trắc"}],
            "extras": [
                {"key": "temporal_start", "value": "2024-01-01"},
                {"key": "temporal_end", "value": "2024-12-31"},
                {"key": "communes", "value": "28249 28400"},
                {"key": "frequency", "value": "HOURLY"},
            ],
            "resources": files,
        },
        {"name": "bare"},
        {"name": "a-draft", "state": "draft", "title": "Bản nháp"},
        {"name": "a-private-one", "private": True, "title": "Riêng"},
    )


def write_by_hand(agency: CatalogContext) -> None:
    """Write them into the registry of the agency worker."""
    assert agency.registry is not None
    with agency.registry.writing() as session:
        for record in records():
            form = package_form({**record, "owner_org": OWNER}, None)
            save_package(session, form, None, contract_id=None, public_url=agency.public_url)
