"""The portal: what people see, in Vietnamese and English, without JavaScript.

Here belong pages, their words, style and charts. Rows come through `lakehouse`, records and
search through `catalog.context`; nothing here writes anything.
"""

from catalog.portal.pages import error_page, router

__all__ = ["error_page", "router"]
