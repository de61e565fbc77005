"""Secrets made at first start, kept in ``<home>/secrets`` with mode 0600.

No secret has a default and none is ever logged. Catalogue tokens are minted by
`catalog.tokens`; here is only what pipelines need.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from contracts.errors import Fault, Place
from contracts.i18n import _

PSEUDONYM_KEY = "pseudonym.key"


def secrets_directory(home: Path) -> Path:
    """``<home>/secrets``, made with mode 0700."""
    directory = home / "secrets"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory


def secret_bytes(home: Path, name: str) -> bytes:
    """The 32-byte secret `name`, made at the first call.

    Raises:
        Fault: ``secret.readable_by_others`` when the file's mode is wider than 0600.
    """
    path = secrets_directory(home) / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise Fault(
                "secret.readable_by_others",
                _("Others on this machine can read this secret."),
                remedy=_("Run: chmod 600 on the file, and make a new secret if in doubt."),
                place=Place(file=str(path)),
            ) from None
        return bytes.fromhex(path.read_text(encoding="ascii"))
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_bytes(32).hex())
        file.flush()
        os.fsync(file.fileno())
    return bytes.fromhex(path.read_text(encoding="ascii"))
