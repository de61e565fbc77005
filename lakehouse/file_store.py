"""A zone kept in a folder: the embedded default (``file://``).

One host only: the operating system's own atomic rename and link are what makes writes whole
and `put_if_absent` a race with one winner.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from contracts.errors import Fault
from contracts.i18n import _
from lakehouse.processes import process_is_alive
from lakehouse.store import CHUNK, ObjectInfo, ObjectStore, Zone, check_key, corrupt, missing

_UNFINISHED = ".unfinished"


class FileStore(ObjectStore):
    """A zone in the folder `root`. Hidden names in it are not objects."""

    def __init__(self, zone: Zone, root: Path) -> None:
        self.zone = zone
        self._root = root
        self._verified: set[tuple[str, int, int]] = set()
        self._swept = False

    def put(
        self, key: str, data: bytes | Path, media_type: str = "application/octet-stream"
    ) -> None:
        """See `ObjectStore.put`; the media type is told by the name, not kept."""
        path = self._path(key)
        with self._writing():
            fresh = self._write(data)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.replace(path)
            _sync_folder(path.parent)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """See `ObjectStore.put_if_absent`: a link to a name that exists fails, atomically."""
        path = self._path(key)
        with self._writing():
            fresh = self._write(data)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.link(fresh, path)
            except FileExistsError:
                return path.read_bytes() == data
            finally:
                fresh.unlink()
            _sync_folder(path.parent)
        return True

    def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""
        try:
            return self._path(key).read_bytes()
        except OSError as error:
            raise self._refusal(key, error) from None

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See `ObjectStore.stream`. The file is opened here, not at the first piece."""
        try:
            handle = self._path(key).open("rb")
        except OSError as error:
            raise self._refusal(key, error) from None

        def pieces() -> Iterator[bytes]:
            with handle:
                handle.seek(start)
                left = None if end is None else end - start
                while left is None or left > 0:
                    piece = handle.read(CHUNK if left is None else min(CHUNK, left))
                    if not piece:
                        return
                    left = None if left is None else left - len(piece)
                    yield piece

        return pieces()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `ObjectStore.list`."""
        start = self._folder(prefix.rpartition("/")[0])
        found = []
        for folder, names, files in os.walk(start):
            names[:] = [name for name in names if not name.startswith(".")]
            found += [Path(folder) / name for name in files if not name.startswith(".")]
        for key, path in sorted((path.relative_to(self._root).as_posix(), path) for path in found):
            info = _info(key, path) if key.startswith(prefix) else None
            if info:
                yield info

    def folders(self, prefix: str = "") -> Iterator[str]:
        """See `ObjectStore.folders`."""
        start = self._folder(prefix.rstrip("/"))
        if start.is_dir():
            yield from sorted(
                path.name
                for path in start.iterdir()
                if path.is_dir() and not path.name.startswith(".")
            )

    def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        path = self._path(key)
        with self._writing():
            path.unlink(missing_ok=True)

    def stat(self, key: str) -> ObjectInfo | None:
        """See `ObjectStore.stat`."""
        return _info(key, self._path(key))

    def presigned(self, key: str, expires: timedelta) -> str | None:
        """None: a folder gives no links."""
        return None

    def local(self, key: str, sha256: str | None = None, size: int | None = None) -> Path:
        """See `ObjectStore.local`: the stored file itself, hashed once while it is unchanged."""
        path = self._path(key)
        try:
            status = path.stat()
            seen = (key, status.st_mtime_ns, status.st_size)
            if size is not None and status.st_size != size:
                raise corrupt(self.zone, key)
            if sha256 is not None and seen not in self._verified:
                with path.open("rb") as handle:
                    if hashlib.file_digest(handle, "sha256").hexdigest() != sha256:
                        raise corrupt(self.zone, key)
                self._verified.add(seen)
        except OSError as error:
            raise self._refusal(key, error) from None
        return path

    def delta_uri(self, table: str) -> str:
        """See `ObjectStore.delta_uri`."""
        return str(self._path(table))

    @property
    def storage_options(self) -> dict[str, str]:
        """Nothing: delta-rs reads the folder."""
        return {}

    def ensure(self) -> None:
        """See `ObjectStore.ensure`; only this user may look into it."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _path(self, key: str) -> Path:
        return self._root / check_key(self.zone, key)

    def _folder(self, prefix: str) -> Path:
        return self._path(prefix) if prefix else self._root

    def _refusal(self, key: str, error: OSError) -> Fault:
        if isinstance(error, (FileNotFoundError, IsADirectoryError, NotADirectoryError)):
            return missing(self.zone, key)
        return unusable(self.zone)

    def _write(self, data: bytes | Path) -> Path:
        """`data` in a file of its own on the same file system, on the disk for good."""
        folder = self._root / _UNFINISHED
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep(folder)
        fresh = folder / f"{os.getpid()}-{uuid.uuid4().hex}"
        with fresh.open("xb") as handle:
            if isinstance(data, Path):
                with data.open("rb") as source:
                    shutil.copyfileobj(source, handle, CHUNK)
            else:
                handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        return fresh

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """No space, no rights: refused, without the operating system's own words."""
        try:
            yield
        except OSError:
            raise unusable(self.zone) from None

    def _sweep(self, folder: Path) -> None:
        """Remove, once, what killed processes left unfinished."""
        if self._swept:
            return
        self._swept = True
        for left in folder.iterdir():
            process = left.name.partition("-")[0]
            if process.isdecimal() and not process_is_alive(int(process)):
                left.unlink(missing_ok=True)


def unusable(zone: Zone) -> Fault:
    """The refusal where the operating system will not read or write (rights, disk full)."""
    return Fault(
        "store.unreachable",
        _("The zone {zone} cannot be read or written."),
        remedy=_("Check the disk's free space and the rights of the folder, then run again."),
        zone=zone.value,
    )


def _info(key: str, path: Path) -> ObjectInfo | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not path.is_file():
        return None
    return ObjectInfo(key, status.st_size)


def _sync_folder(folder: Path) -> None:
    # A name is durable only once its folder is: without this a power cut could lose a
    # release that was acknowledged.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
