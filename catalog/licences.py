"""The licences that records can name, as CKAN's ``license_list`` gives them.

A contract's licence carries its own title and address; this list is for people who write
records by hand and for harvesters that ask what is open.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """One licence. `open` by the Open Definition 2.1."""

    id: str
    title: str
    url: str
    open: bool

    def record(self) -> dict[str, object]:
        """CKAN's dictionary of it."""
        return {
            "id": self.id,
            "title": self.title,
            "url": self.url,
            "status": "active",
            "domain_content": self.open,
            "domain_data": self.open,
            "domain_software": False,
            "family": "",
            "is_generic": not self.url,
            "maintainer": "",
            "od_conformance": "approved" if self.open else "not reviewed",
            "osd_conformance": "not reviewed",
        }


_CC = "https://creativecommons.org"
_ODC = "https://opendatacommons.org/licenses"
_ALL = (
    Licence("cc-by", "Creative Commons Attribution", f"{_CC}/licenses/by/4.0/", open=True),
    Licence(
        "cc-by-sa",
        "Creative Commons Attribution Share-Alike",
        f"{_CC}/licenses/by-sa/4.0/",
        open=True,
    ),
    Licence("cc-zero", "Creative Commons CCZero", f"{_CC}/publicdomain/zero/1.0/", open=True),
    Licence("cc-nc", "Creative Commons Non-Commercial", f"{_CC}/licenses/by-nc/4.0/", open=False),
    Licence("odc-by", "Open Data Commons Attribution License", f"{_ODC}/by/1-0/", open=True),
    Licence("odc-odbl", "Open Data Commons Open Database License", f"{_ODC}/odbl/1-0/", open=True),
    Licence("odc-pddl", "Open Data Commons Public Domain", f"{_ODC}/pddl/1-0/", open=True),
    Licence("other-open", "Other (Open)", "", open=True),
    Licence("other-closed", "Other (Not Open)", "", open=False),
    Licence("notspecified", "License not specified", "", open=False),
)
LICENCES: dict[str, Licence] = {licence.id: licence for licence in _ALL}
"""Licence id → licence. Ids are CKAN's."""


def is_open(licence_id: str | None) -> bool:
    """Whether the licence is known to be open."""
    return licence_id in LICENCES and LICENCES[licence_id].open
