"""Whether a store can be trusted with commits: found out before the first one.

S3 servers are known that accept ``If-None-Match`` and ignore it, or let several racers win
(seaweedfs#8800, #8073). On such a server two runs could both believe to have published the
same release, so it is refused.
"""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from contracts.errors import Fault
from contracts.i18n import _
from lakehouse.store import ObjectStore

RACERS = 8


def probe(store: ObjectStore) -> None:
    """Race conditional PUTs of one key; exactly one may win, and its bytes must be there.

    Raises:
        Fault: ``store.conditional_put`` if the store is not safe to commit on.
    """
    # The name never comes back, so an object left by a killed probe disturbs no later one.
    key = f"_probe/{uuid.uuid4().hex}"
    start = Barrier(RACERS)

    def race(racer: int) -> bool:
        start.wait()
        return store.put_if_absent(key, _body(racer))

    try:
        with ThreadPoolExecutor(RACERS) as pool:
            won = [racer for racer, first in enumerate(pool.map(race, range(RACERS))) if first]
        safe = len(won) == 1 and store.get(key) == _body(won[0])
    finally:
        store.delete(key)
    if not safe:
        raise Fault(
            "store.conditional_put",
            _(
                "Of {racers} simultaneous conditional writes of one object {winners} won where "
                "exactly one may: commits would not be safe on this object store."
            ),
            remedy=_(
                "Use a server that honours “If-None-Match: *” (for example Versity S3 Gateway, "
                "Ceph RGW or AWS S3), or file:// on a local disk."
            ),
            racers=RACERS,
            winners=len(won),
        )


def _body(racer: int) -> bytes:
    return b"racer %d" % racer
