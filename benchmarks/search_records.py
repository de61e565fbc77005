"""Catalogue records for the search benchmark: real metadata, multiplied, and Vietnamese ones.

From ``../shared/data`` come the titles, descriptions, keywords, publishers, formats and
periods of 1,260 real records (Zürich, Argentina) and the names of 3,321 communes. Each record
is one of those or a Vietnamese one, changed in place, year and agency so that none is like
another. Where the folder is absent all are Vietnamese, from the words below.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests import real_metadata

SUBJECTS = (
    *("Danh mục trường học", "Hồ sơ một cửa", "Giáo dục mầm non", "Hộ nghèo và cận nghèo"),
    *("Quy hoạch sử dụng đất", "Giá đất", "Cơ sở y tế", "Tiêm chủng mở rộng", "Dịch bệnh"),
    *("Tai nạn giao thông", "Tuyến xe buýt", "Cầu đường bộ", "Doanh nghiệp mới thành lập"),
    *("Thu ngân sách", "Chi ngân sách", "Đầu tư công", "Sản lượng lúa", "Giống cây trồng"),
    *("Chất lượng nước mặt", "Quan trắc không khí", "Rác thải sinh hoạt", "Điểm du lịch"),
    *("Di tích lịch sử", "Lễ hội truyền thống", "Sản phẩm OCOP", "Chợ và siêu thị"),
    *("Phản ánh kiến nghị", "Thủ tục hành chính", "Văn bản chỉ đạo", "Cán bộ công chức"),
    *("Dân số", "Lao động việc làm", "Đào tạo nghề", "Bảo hiểm xã hội", "Trạm bơm"),
    *("Hạn mặn", "Sạt lở bờ sông", "Nuôi trồng thủy sản", "Khu công nghiệp", "Trạm BTS"),
)
_ABOUT = (
    *("Số liệu do cơ quan chủ quản cập nhật định kỳ", "phục vụ công tác quản lý nhà nước"),
    *("tra cứu theo xã, phường", "thống kê theo tháng và quý", "kèm tọa độ bản đồ"),
    *("đối chiếu với hệ thống một cửa điện tử", "chia sẻ giữa các sở, ngành"),
    *("đã ẩn thông tin cá nhân", "theo Nghị định 47/2020/NĐ-CP", "công bố cho người dân"),
    *("gồm mã định danh và tên gọi", "lấy từ phần mềm chuyên ngành", "chuẩn hóa theo danh mục"),
    *("cập nhật hằng ngày", "so sánh giữa các năm", "dùng cho trung tâm điều hành thông minh"),
)
_DEPARTMENTS = (
    *("Giáo dục và Đào tạo", "Y tế", "Tài chính", "Xây dựng", "Nông nghiệp và Môi trường"),
    *("Công Thương", "Nội vụ", "Tư pháp", "Khoa học và Công nghệ", "Văn hóa và Du lịch"),
)
_COLUMNS = (
    *(("commune_code", "Mã xã"), ("agency_code", "Mã cơ quan"), ("year", "Năm")),
    *(("name", "Tên gọi"), ("quantity", "Số lượng"), ("area_ha", "Diện tích")),
    *(("recorded_on", "Ngày ghi nhận"), ("status", "Trạng thái"), ("longitude", "Kinh độ")),
)
THEMES = ("agri", "econ", "educ", "ener", "envi", "gove", "heal", "just", "regi", "soci", "tech")
_PLACES = ("Cao Lãnh", "Sa Đéc", "Mỹ Tho", "Gò Công", "Tháp Mười", "Lai Vung", "Cái Bè", "Hồng Ngự")
_FREQUENCIES = ("annual", "monthly", "quarterly", "daily", "irregular")
_LICENCES = ("cc-by", "cc-zero", "odc-by", "other-open")


@dataclass(frozen=True)
class Sample:
    """One real record, as far as it is used."""

    title: str
    notes: str
    tags: tuple[str, ...]
    formats: tuple[str, ...]
    resources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """One record of the benchmark's catalogue."""

    id: str
    name: str
    title: str
    title_en: str
    notes: str
    organization: int
    theme: int
    licence: str
    tags: tuple[str, ...]
    formats: tuple[str, ...]
    resource_names: tuple[str, ...]
    extras: dict[str, str] = field(default_factory=dict)
    schema: str = ""
    modified: datetime = datetime(2026, 1, 1)  # noqa: DTZ001 - naive UTC, as the registry's


ORGANIZATIONS = 200


def organization_title(number: int) -> str:
    """The title of one of `ORGANIZATIONS` agencies."""
    place = _PLACES[number // len(_DEPARTMENTS) % len(_PLACES)]
    return f"Sở {_DEPARTMENTS[number % len(_DEPARTMENTS)]} {place} {number}"


def real_samples() -> list[Sample]:
    """The real records; none where ``../shared/data`` is absent."""
    if not real_metadata.present():
        return []
    return [
        Sample(
            one["title"],
            one["notes"] or "",
            tuple(tag["name"] for tag in one["tags"])[:6],
            tuple(str(file["format"]).upper()[:20] for file in one["resources"] if file["format"]),
            tuple(file["name"] or "" for file in one["resources"]),
        )
        for one in real_metadata.packages()
    ]


def places() -> Sequence[tuple[str, str]]:
    """(code, name) of communes."""
    found = sorted(real_metadata.DATA.glob("vn_admin_2026/units_*.json"))
    if not found:
        return [(f"{29000 + at}", name) for at, name in enumerate(_PLACES)]
    units = json.loads(found[0].read_text())
    return [(ward["Code"], ward["Name"]) for unit in units for ward in unit["Wards"] or ()]


def records(count: int) -> Iterator[Made]:
    """`count` records, the same ones each time."""
    chance = random.Random(4)  # noqa: S311 - test data
    samples, communes = real_samples(), places()
    for number in range(count):
        sample = samples[number % len(samples)] if samples and number % 2 else None
        yield _made(number, sample, communes, chance)


def _made(
    number: int, sample: Sample | None, communes: Sequence[tuple[str, str]], chance: random.Random
) -> Made:
    code, place = chance.choice(communes)
    year = chance.randint(2012, 2026)
    subject = chance.choice(SUBJECTS)
    if sample is None:
        title = f"{subject} {place} năm {year}"
        notes = f"{title}. {', '.join(chance.sample(_ABOUT, 6)).capitalize()}."
        title_en, tags = f"Dataset of {place} {year}", [subject.lower()]
        resources: tuple[str, ...] = ("Bảng dữ liệu",)
        formats = tuple(chance.sample(("CSV", "XLSX", "Parquet", "JSONL", "API", "PDF"), 3))
    else:
        title, title_en, notes = f"{sample.title} – {place} {year}", "", sample.notes
        tags, formats, resources = list(sample.tags), sample.formats, sample.resources
    tags.append(f"{place.lower()} {year}" if number % 3 == 0 else place.lower())
    columns = chance.sample(_COLUMNS, 4)
    start = datetime(year, chance.randint(1, 12), 1)  # noqa: DTZ001 - a day
    return Made(
        id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        name=f"bench-{number:06d}",
        title=title,
        title_en=title_en,
        notes=notes,
        organization=int(ORGANIZATIONS * chance.random() ** 2),
        theme=chance.randrange(len(THEMES)),
        licence=chance.choice(_LICENCES),
        tags=tuple(dict.fromkeys(tag for tag in tags if len(tag) > 1))[:8],
        formats=formats[:8] or ("CSV",),
        resource_names=resources[:8],
        extras={
            "access": "open" if chance.random() < 0.8 else "on_request",
            "frequency": chance.choice(_FREQUENCIES),
            "communes": code,
            "temporal_start": f"{start:%Y-%m-%d}",
            "temporal_end": f"{start + timedelta(days=364):%Y-%m-%d}",
            **({"title_en": title_en} if title_en else {}),
        },
        schema=json.dumps(
            {"fields": [{"name": name, "title": said} for name, said in columns]},
            ensure_ascii=False,
        ),
        modified=datetime(2024, 1, 1) + timedelta(seconds=chance.randrange(70_000_000)),  # noqa: DTZ001 - CKAN writes no zone
    )
