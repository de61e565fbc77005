"""The themes a dataset can belong to: the EU Data Theme vocabulary that DCAT-AP 3 requires.

A contract's ``domain`` is one of these codes in lower case; in CKAN each is a group.
"""

from __future__ import annotations

from contracts.model import Localized

THEMES: dict[str, Localized] = {
    "agri": Localized("Nông nghiệp, thủy sản, lương thực", "Agriculture, fisheries and food"),
    "econ": Localized("Kinh tế và tài chính", "Economy and finance"),
    "educ": Localized("Giáo dục, văn hóa, thể thao", "Education, culture and sport"),
    "ener": Localized("Năng lượng", "Energy"),
    "envi": Localized("Môi trường", "Environment"),
    "gove": Localized("Chính quyền và khu vực công", "Government and public sector"),
    "heal": Localized("Y tế", "Health"),
    "intr": Localized("Quan hệ quốc tế", "International issues"),
    "just": Localized("Tư pháp, an ninh, an toàn", "Justice, legal system and public safety"),
    "regi": Localized("Địa giới và đô thị", "Regions and cities"),
    "soci": Localized("Dân số và xã hội", "Population and society"),
    "tech": Localized("Khoa học và công nghệ", "Science and technology"),
    "tran": Localized("Giao thông", "Transport"),
}
"""Theme code → title. Source: Publications Office of the EU, data-theme authority table."""
