"""A zone kept in a bucket of any S3 server (``s3://``), spoken to with the `minio` SDK.

Which server keeps its promises is found out by `lakehouse.probe`; buckets' policies are
`lakehouse.buckets`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from contracts.errors import Fault, Place
from contracts.i18n import _
from lakehouse.cache import LocalCache
from lakehouse.store import (
    CHUNK,
    ObjectInfo,
    ObjectStore,
    S3Credentials,
    Zone,
    check_key,
    corrupt,
    missing,
)

_MISSING = {"NoSuchKey", "NoSuchObject"}
_DENIED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled"}
_LOST = "PreconditionFailed"
_CONFLICT = "ConditionalRequestConflict"
_ATTEMPTS = 8
_BACKOFF = 0.2  # seconds before the second try of a request, doubled for each further one


class S3Store(ObjectStore):
    """A zone in the bucket `bucket`. Without credentials it asks anonymously.

    A request that gets no answer, or 500 to 504, is sent again up to five times; every
    request here can be sent twice without harm.
    """

    def __init__(
        self,
        zone: Zone,
        bucket: str,
        endpoint: str,
        region: str,
        credentials: S3Credentials | None,
        cache: LocalCache,
    ) -> None:
        self.zone = zone
        self.bucket = bucket
        self._endpoint = endpoint
        self._region = region
        self._credentials = credentials
        self._cache = cache
        address = urlsplit(endpoint)
        self.client = Minio(
            address.netloc,
            access_key=credentials.access_key if credentials else None,
            secret_key=credentials.secret_key if credentials else None,
            secure=address.scheme == "https",
            # Given, so that no request is spent on asking for it.
            region=region,
            http_client=_http(),
        )

    def put(
        self, key: str, data: bytes | Path, media_type: str = "application/octet-stream"
    ) -> None:
        """See `ObjectStore.put`; big files go in parts and appear when all have arrived."""
        check_key(self.zone, key)
        with self.speaking(key):
            if isinstance(data, Path):
                self.client.fput_object(self.bucket, key, str(data), media_type)
            else:
                self.client.put_object(self.bucket, key, io.BytesIO(data), len(data), media_type)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """See `ObjectStore.put_if_absent`: ``If-None-Match: *``."""
        check_key(self.zone, key)
        headers: dict[str, str | list[str] | tuple[str]] = {
            "If-None-Match": "*",
            "Content-Type": "application/json",
        }
        with self.speaking(key):
            for attempt in range(_ATTEMPTS):
                try:
                    # The SDK's public `put_object` passes no conditional header on.
                    self.client._put_object(self.bucket, key, data, headers)
                except S3Error as error:
                    if error.code == _LOST:
                        # Our own first try may have won and its answer been lost.
                        return self.get(key) == data
                    # Another writer is at it this moment: who won is known on asking again.
                    if error.code != _CONFLICT or attempt == _ATTEMPTS - 1:
                        raise
                else:
                    return True
        return False

    def get(self, key: str) -> bytes:
        """See `ObjectStore.get`."""
        return b"".join(self.stream(key))

    def stream(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See `ObjectStore.stream`. The request is answered here, not at the first piece."""
        check_key(self.zone, key)
        if end is not None and end <= start:
            return iter(())
        with self.speaking(key):
            # The SDK reads a length of 0 as "to the end".
            length = 0 if end is None else end - start
            response = self.client.get_object(self.bucket, key, start, length)

        def pieces() -> Iterator[bytes]:
            try:
                with self.speaking(key):
                    yield from response.stream(CHUNK)
            finally:
                response.close()
                response.release_conn()

        return pieces()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `ObjectStore.list`."""
        with self.speaking(prefix):
            for entry in self.client.list_objects(self.bucket, prefix, recursive=True):
                yield ObjectInfo(entry.object_name or "", entry.size or 0)

    def folders(self, prefix: str = "") -> Iterator[str]:
        """See `ObjectStore.folders`."""
        with self.speaking(prefix):
            for entry in self.client.list_objects(self.bucket, prefix):
                name = entry.object_name or ""
                if name.endswith("/"):
                    yield name.removeprefix(prefix).rstrip("/")

    def delete(self, key: str) -> None:
        """See `ObjectStore.delete`."""
        check_key(self.zone, key)
        with self.speaking(key):
            self.client.remove_object(self.bucket, key)

    def stat(self, key: str) -> ObjectInfo | None:
        """See `ObjectStore.stat`."""
        check_key(self.zone, key)
        try:
            with self.speaking(key):
                entry = self.client.stat_object(self.bucket, key)
        except Fault as fault:
            if fault.check == "store.missing":
                return None
            raise
        return ObjectInfo(key, entry.size or 0)

    def presigned(self, key: str, expires: timedelta) -> str | None:
        """See `ObjectStore.presigned`."""
        check_key(self.zone, key)
        if self.zone is not Zone.OPEN or self._credentials is None:
            return None
        return self.client.presigned_get_object(self.bucket, key, expires)

    def local(self, key: str, sha256: str | None = None, size: int | None = None) -> Path:
        """See `ObjectStore.local`; without `sha256` the key must be one never written twice."""
        check_key(self.zone, key)
        name = f"by-hash/{sha256}" if sha256 else f"by-name/{self.bucket}/{key}"

        def download(path: Path) -> None:
            digest = hashlib.sha256()
            with path.open("wb") as handle:
                for piece in self.stream(key):
                    digest.update(piece)
                    handle.write(piece)
            whole = size is None or path.stat().st_size == size
            if not whole or (sha256 is not None and digest.hexdigest() != sha256):
                raise corrupt(self.zone, key)

        try:
            return self._cache.fetch(name, download)
        except OSError:
            raise Fault(
                "store.cache",
                _("The folder of downloaded files cannot be written."),
                remedy=_("Check the disk's free space and the rights of the folder."),
                zone=self.zone.value,
            ) from None

    def delta_uri(self, table: str) -> str:
        """See `ObjectStore.delta_uri`."""
        return f"s3://{self.bucket}/{check_key(self.zone, table)}"

    @property
    def storage_options(self) -> dict[str, str]:
        """See `ObjectStore.storage_options`; commits by conditional PUT, no lock service."""
        options = {
            "aws_endpoint_url": self._endpoint,
            "aws_allow_http": str(self._endpoint.startswith("http://")).lower(),
            "aws_region": self._region,
            "aws_conditional_put": "etag",
            "connect_timeout": "10s",
            "timeout": "120s",
        }
        if self._credentials is None:
            return options | {"aws_skip_signature": "true"}
        return options | {
            "aws_access_key_id": self._credentials.access_key,
            "aws_secret_access_key": self._credentials.secret_key,
        }

    def ensure(self) -> None:
        """See `ObjectStore.ensure`."""
        with self.speaking(""):
            if not self.client.bucket_exists(self.bucket):
                self.client.make_bucket(self.bucket, self._region)

    @contextmanager
    def speaking(self, key: str) -> Iterator[None]:
        """Turn what the SDK raises into the refusals of `ObjectStore`, without its text:
        that can hold keys, addresses and signatures."""
        try:
            yield
        except (S3Error, MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            code = (error.code or "") if isinstance(error, S3Error) else ""
            raise self._refusal(code, key) from None

    def _refusal(self, code: str, key: str) -> Fault:
        if code in _MISSING:
            return missing(self.zone, key)
        if code in _DENIED:
            return Fault(
                "store.denied",
                _("The S3 server does not let these credentials use the zone {zone}."),
                remedy=_("Check the zone's access key, its secret and the bucket's policy."),
                place=Place(file=self.bucket),
                zone=self.zone.value,
            )
        if code == "NoSuchBucket":
            return Fault(
                "store.no_bucket",
                _("The S3 server has no bucket for the zone {zone}."),
                remedy=_("Make the bucket, or check the name in DUNGCHUNG_STORE_URL."),
                place=Place(file=self.bucket),
                zone=self.zone.value,
            )
        return Fault(
            "store.unreachable",
            _("The S3 server does not answer for the zone {zone} as it should."),
            remedy=_("Check that it runs and can be reached, then run again."),
            place=Place(file=self.bucket),
            zone=self.zone.value,
        )


def _http() -> urllib3.PoolManager:
    return urllib3.PoolManager(
        maxsize=16,
        cert_reqs="CERT_REQUIRED",
        timeout=urllib3.Timeout(connect=10, read=120),
        retries=urllib3.Retry(
            total=5, backoff_factor=_BACKOFF, status_forcelist=[500, 502, 503, 504]
        ),
    )
