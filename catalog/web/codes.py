"""Codes and addresses of the EU's vocabularies that DCAT-AP 3 asks for.

Source: authority tables of the Publications Office of the EU. Words only, no RDF.
"""

from __future__ import annotations

import re

from contracts.themes import THEMES

AUTHORITY = "http://publications.europa.eu/resource/authority"
THEMES_BY_CODE = {code.upper(): title for code, title in THEMES.items()}
"""EU data theme → its title."""

_LANGUAGES = {
    "de": "DEU",
    "en": "ENG",
    "es": "SPA",
    "fr": "FRA",
    "it": "ITA",
    "ja": "JPN",
    "km": "KHM",
    "ko": "KOR",
    "lo": "LAO",
    "nl": "NLD",
    "pt": "POR",
    "ru": "RUS",
    "vi": "VIE",
    "zh": "ZHO",
}
_ACCESS = {"open": "PUBLIC", "shared": "RESTRICTED", "on_request": "RESTRICTED"}
_FILE_TYPES = {
    name: name
    for name in (
        *("7Z", "CSV", "DBF", "DOC", "DOCX", "DXF", "ECW", "EPUB", "GDB", "GEOJSON", "GIF"),
        *("GML", "GPKG", "GRID", "GTFS", "GZIP", "HTML", "ICS", "JPEG", "JSON", "JSON_LD", "KML"),
        *("KMZ", "LAS", "LAZ", "MDB", "NETCDF", "ODS", "ODT", "PARQUET", "PDF", "PNG", "PPT"),
        *("PPTX", "RAR", "RSS", "RTF", "SHP", "SQL", "TAR", "TIFF", "TSV", "TXT", "XLS", "XLSM"),
        *("XLSX", "XML", "XSD", "ZIP"),
    )
} | {
    "EXCEL": "XLS",
    "GEOPACKAGE": "GPKG",
    "GEOTIFF": "TIFF",
    "HTM": "HTML",
    "JPG": "JPEG",
    "JSON-LD": "JSON_LD",
    "JSONL": "JSON",
    "NDJSON": "JSON",
    "N3": "RDF_N3",
    "NT": "RDF_N_TRIPLES",
    "PLAIN": "TXT",
    "RDF": "RDF",
    "RDF/XML": "RDF_XML",
    "SHAPE": "SHP",
    "SHAPEFILE": "SHP",
    "TIF": "TIFF",
    "TTL": "RDF_TURTLE",
    "TURTLE": "RDF_TURTLE",
    "WFS": "WFS_SRVC",
    "WMS": "WMS_SRVC",
    "WMTS": "WMTS_SRVC",
    "XLXS": "XLSX",
}
_LICENCES = {
    "creativecommons.org/licenses/by/4.0": "CC_BY_4_0",
    "creativecommons.org/licenses/by-sa/4.0": "CC_BYSA_4_0",
    "creativecommons.org/licenses/by-nc/4.0": "CC_BYNC_4_0",
    "creativecommons.org/publicdomain/zero/1.0": "CC0",
    "opendatacommons.org/licenses/by/1-0": "ODC_BY",
    "opendatacommons.org/licenses/odbl/1-0": "ODC_BL",
    "opendatacommons.org/licenses/pddl/1-0": "ODC_PDDL",
}


def authority(table: str, code: str) -> str:
    """The address of a code, e.g. of ``DAILY`` in ``frequency``."""
    return f"{AUTHORITY}/{table}/{code}"


def language_tag(written: object) -> str | None:
    """The two letters of a language known here, from ``de``, ``de-CH`` or ``DEU``'s address."""
    word = str(written or "").rpartition("/")[2]
    short = word[:2].lower() if re.fullmatch(r"[A-Za-z]{2}([-_].*)?", word) else ""
    known = {code: tag for tag, code in _LANGUAGES.items()}
    return short if short in _LANGUAGES else known.get(word.upper())


def language_code(tag: str) -> str:
    """The code of a language of `language_tag` in the EU's table."""
    return _LANGUAGES[tag]


def access_right(access: str | None, *, is_open: bool) -> str | None:
    """The EU's access right for our three words; for others PUBLIC if the licence is open."""
    return _ACCESS.get(access or "", "PUBLIC" if is_open else None)


def file_type(form: str) -> str | None:
    """The EU's file type for a format as people write it."""
    return _FILE_TYPES.get(form.strip().lstrip(".").upper())


def licence_code(address: str | None) -> str | None:
    """The EU's licence for the address of its text."""
    return _LICENCES.get(re.sub(r"^https?://(www\.)?", "", address or "").rstrip("/"))
