"""Every setting, as ``DUNGCHUNG_*`` environment variables; unknown ones are refused.

Secrets are `SecretStr` and are passed explicitly; no setting has a secret default. Where the
sector databases are is not here but in ``datasets/sources.yaml``, whose ``connection``
variables (``DUNGCHUNG_SOURCE_*``) are read when a source is opened.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.errors import Fault, Place
from contracts.i18n import _

PREFIX = "DUNGCHUNG_"
SOURCE_PREFIX = "DUNGCHUNG_SOURCE_"
_NOT_SETTINGS = (
    "DUNGCHUNG_FAILPOINT",
    "DUNGCHUNG_TEST_DATA",
    "DUNGCHUNG_TEST_S3",
    "DUNGCHUNG_TEST_SERVERS",
)
_REPOSITORY = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The platform's settings. Field docs are what ``docs/settings.md`` shows."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(Path("var"), description="Where state lives (databases, secrets, caches).")
    datasets: Path = Field(
        _REPOSITORY / "datasets", description="The folder of contracts and mappings."
    )
    store_url: str | None = Field(
        None,
        description="Object storage: `file:///directory` or `s3://bucket-prefix` "
        "(one bucket for each zone). Default: `store/` in the home.",
    )
    s3_endpoint: str | None = Field(
        None, description="Address of the S3 server, for example `https://s3.example.vn`."
    )
    s3_region: str = Field("us-east-1", description="Region name the S3 server expects.")
    s3_access_key: str | None = Field(None, description="Access key for every zone.")
    s3_secret_key: SecretStr | None = Field(None, description="Secret key for every zone.")
    s3_open_access_key: str | None = Field(
        None, description="Access key that can read the open zone and public manifests only."
    )
    s3_open_secret_key: SecretStr | None = Field(
        None, description="Secret key of the open zone's access key."
    )
    s3_open_principal: str | None = Field(
        None,
        description="How the S3 server names the owner of the open zone's key in policies "
        "(an ARN on AWS). Default: the access key itself.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="The catalogue's database, `sqlite:///…` or `postgresql://…`. "
        "Default: SQLite in the home.",
    )
    host: str = Field("127.0.0.1", description="Address `serve` binds to.")
    port: int = Field(8000, ge=0, le=65535, description="Port `serve` binds to.")
    public_url: str | None = Field(
        None, description="Address under which people reach the catalogue, for links."
    )
    sql: bool = Field(
        False, description="Let anyone ask about open rows in SQL (`datastore_search_sql`)."
    )
    ckan_url: str | None = Field(
        None, description="A CKAN to announce releases to instead of the own catalogue."
    )
    ckan_token: SecretStr | None = Field(None, description="API token of that CKAN.")
    dagster_port: int = Field(3000, ge=0, le=65535, description="Port of Dagster's own pages.")
    memory_limit: str = Field("1GB", description="Memory DuckDB may use before it spills.")
    threads: int = Field(2, ge=1, description="Threads DuckDB may use.")
    lang: Literal["vi", "en"] | None = Field(
        None, description="Language of sentences; default: from the locale, else Vietnamese."
    )

    @property
    def storage(self) -> str:
        """The object store's URL, with the embedded default filled in."""
        return self.store_url or f"file://{(self.home / 'store').resolve()}"


def load_settings(
    environ: Mapping[str, str] | None = None, *, sources: frozenset[str] = frozenset()
) -> Settings:
    """Settings from the environment.

    Args:
        environ: the environment; the process's own by default.
        sources: connection variables that ``sources.yaml`` declares, which are allowed too.

    Raises:
        Fault: ``settings.unknown`` or ``settings.invalid``, naming the variable, never its value.
    """
    environ = os.environ if environ is None else environ
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in known or name in _NOT_SETTINGS:
            continue
        if name.startswith(SOURCE_PREFIX) and (not sources or name in sources):
            continue
        close = difflib.get_close_matches(name, sorted(known | sources), n=1)
        raise Fault(
            "settings.unknown",
            _("The setting {name} is not known."),
            remedy=_("Did you mean {close}? docs/settings.md lists every setting.")
            if close
            else _("Remove it; docs/settings.md lists every setting."),
            name=name,
            close=close[0] if close else "",
        )
    try:
        values = {
            field: environ[PREFIX + field.upper()]
            for field in Settings.model_fields
            if environ.get(PREFIX + field.upper())
        }
        return Settings.model_validate(values)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise Fault(
            "settings.invalid",
            _("The setting {name} has a value that cannot be used."),
            remedy=_("docs/settings.md says which values it takes."),
            place=Place(),
            name=PREFIX + field.upper(),
        ) from None
