"""A dataset's schema.org description as a page carries it, for search engines.

What it says is `catalog.web.schema_org`; here it is made safe to stand in HTML.
"""

from __future__ import annotations

import json

from markupsafe import Markup

from catalog.context import Record
from catalog.web.schema_org import dataset

_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def structured(record: Record, public_url: str) -> Markup:
    """The JSON-LD text of `record`, without a sign that could end the element it stands in."""
    text = json.dumps(dataset(record, public_url), ensure_ascii=False)
    return Markup(text.translate(_UNSAFE))  # noqa: S704 - no markup is left in it
