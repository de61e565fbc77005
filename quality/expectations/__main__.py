"""The process that judges: imports Great Expectations, then judges task after task.

Started by `quality.judging`, whose words it speaks over the link it is given the number of. It
ends when nobody is at the other end.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from quality import expectations
from quality.dbapi import Answer
from quality.judging import Judged, Task, asking


def main(descriptor: int) -> None:
    """Judge what is asked over the open pipe with this file descriptor."""
    # Who asked decides when to stop; its end ends us as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    link: Connection[object, object] = Connection(descriptor)
    ask = asking(link)
    # Nobody is there any more: nothing is left to do.
    with suppress(EOFError, OSError):
        while True:
            task = link.recv()
            link.send(_judged(ask, task) if isinstance(task, Task) else None)


def _judged(ask: Answer, task: Task) -> Judged | None:
    try:
        judgement = expectations.judge(ask, task.plan)
        pages = expectations.pages(judgement, task.heading) if task.heading else {}
    except Exception:  # noqa: BLE001 - whatever it raises, nothing was judged: fail closed
        return None
    return Judged(judgement.outcomes, expectations.ENGINE, pages)


if __name__ == "__main__":
    main(int(sys.argv[1]))
