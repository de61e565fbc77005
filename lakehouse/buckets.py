"""Making a zone's buckets and saying who may use them, once, with an administrator's key.

What runs every day never holds that key. Who the principals are is the operator's choice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from lakehouse.releases import PUBLIC
from lakehouse.s3_store import S3Store
from lakehouse.stores import S3Credentials, StoreSettings, Zone, open_stores


def prepare_buckets(
    settings: StoreSettings,
    administrator: S3Credentials,
    *,
    writers: Mapping[Zone, str],
    public: str | None = None,
) -> None:
    """Make the bucket of every zone and replace its policy.

    Args:
        settings: of the platform; its own credentials are not used.
        writers: zone → the principal that may do everything in it. As the server names
            principals: an ARN on AWS, an access key on others.
        public: the principal of the public worker. It may read the zone `Zone.OPEN` and the
            public manifests, and nothing else.

    Raises:
        Fault: ``store.denied``, ``store.unreachable``.
    """
    keys = dict.fromkeys(Zone, administrator)
    for store in open_stores(replace(settings, credentials=keys)):
        store.ensure()
        if isinstance(store, S3Store):
            policy = _policy(store.bucket, store.zone, writers.get(store.zone), public)
            with store.speaking(""):
                if policy is not None:
                    store.client.set_bucket_policy(store.bucket, policy)


def _policy(bucket: str, zone: Zone, writer: str | None, public: str | None) -> str | None:
    whole = f"arn:aws:s3:::{bucket}"
    statements = []
    if writer:
        statements.append(_allow(writer, ["s3:*"], [whole, f"{whole}/*"]))
    if public and zone in (Zone.OPEN, Zone.RELEASES):
        readable = f"{whole}/*" if zone is Zone.OPEN else f"{whole}/{PUBLIC}/*"
        statements.append(_allow(public, ["s3:GetObject"], [readable]))
        listing = _allow(public, ["s3:ListBucket"], [whole])
        if zone is Zone.RELEASES:
            # The name of a draft is not for the public either.
            listing["Condition"] = {"StringLike": {"s3:prefix": f"{PUBLIC}/*"}}
        statements.append(listing)
    if not statements:
        return None
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _allow(principal: str, actions: list[str], resources: list[str]) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": [principal]},
        "Action": actions,
        "Resource": resources,
    }
