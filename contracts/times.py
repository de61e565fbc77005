"""The one time zone: every day, deadline and schedule of the platform is Vietnam's.

UTC+7 the year round since 1975, so no time zone database is asked.
"""

from __future__ import annotations

from datetime import timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
TIME_ZONE = "Asia/Ho_Chi_Minh"
"""The same by its IANA name, for engines that want one."""
