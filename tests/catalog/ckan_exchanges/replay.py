"""A server that holds one written-down conversation with a CKAN, and checks its half of it."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
Dictionary = dict[str, Any]


@dataclass
class Conversation:
    """What is left to say; `problems` is what was said otherwise than written down."""

    exchanges: list[Dictionary]
    url: str = ""
    problems: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    record: Dictionary = field(default_factory=dict)

    def answer(self, action: str, sent: Dictionary) -> Dictionary:
        """The exchange that stands next, once the request is as written."""
        if not self.exchanges:
            self.problems.append(f"{action} was not expected")
            return {"status": 500, "raw": ""}
        exchange = self.exchanges.pop(0)
        if exchange["action"] != action:
            self.problems.append(f"{action} instead of {exchange['action']}")
        for key, value in exchange["sent"].items():
            if sent.get(key) != value:
                self.problems.append(f"{action}: {key} is {sent.get(key)!r}, not {value!r}")
        present = [key for key in exchange.get("absent", ()) if key in sent]
        self.problems.extend(f"{action}: {key} was sent" for key in present)
        if "resources" in sent:
            flags = any(one.get("datastore_active") for one in sent["resources"])
            if flags != exchange.get("loaded", False):
                self.problems.append(f"{action}: datastore_active is {flags}")
            self.record = sent
        return exchange

    def shown(self, exchange: Dictionary) -> Any:
        """The answer's result."""
        if exchange["answer"] != "$sent":
            return exchange["answer"]
        record = {**as_ckan_shows(self.record), **exchange.get("changed", {})}
        if exchange.get("loaded"):
            record["resources"][0]["datastore_active"] = True
        return record


def as_ckan_shows(sent: Dictionary) -> Dictionary:
    """A record as ``package_show`` of CKAN gives it: with its own times and licence texts,
    formats in its capitals, tags, groups and extras in its order and with more keys."""
    resources = [
        {
            "datastore_active": False,
            **one,
            "position": place,
            "state": "active",
            "created": "2026-03-02T02:00:01.123456",
            "last_modified": one["last_modified"].removesuffix(".000000"),
            "format": one["format"].upper() if one["format"] == "Parquet" else one["format"],
            "hash": one.get("hash") or "",
            "url_type": None,
            "package_id": sent.get("id"),
        }
        for place, one in enumerate(sent["resources"])
    ]
    return {
        **sent,
        "state": "active",
        "type": "dataset",
        "metadata_created": "2026-03-02T02:00:01.123456",
        "metadata_modified": "2026-03-02T02:00:01.123456",
        "license_title": "Creative Commons Attribution",
        "license_url": "http://www.opendefinition.org/licenses/cc-by",
        "isopen": True,
        "extras": sorted(sent["extras"], key=lambda one: one["key"]),
        "tags": [
            {**tag, "id": f"tag-{tag['name']}", "display_name": tag["name"], "state": "active"}
            for tag in sorted(sent["tags"], key=lambda one: one["name"])
        ],
        "groups": [{**group, "name": "gove", "title": "Government"} for group in sent["groups"]],
        "resources": resources,
        "num_resources": len(resources),
    }


@contextmanager
def replaying(name: str) -> Iterator[Conversation]:
    """The conversation of ``<name>.json``, served; at the end nothing may be left unsaid."""
    written = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    conversation = Conversation(written["exchanges"])

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            conversation.headers.append(dict(self.headers.items()))
            action = self.path.rpartition("/")[2]
            exchange = conversation.answer(action, json.loads(body))
            if exchange.get("drop"):
                self.close_connection = True
                return
            self._send(action, exchange)

        def _send(self, action: str, exchange: Dictionary) -> None:
            told: Dictionary = {"help": f"/api/3/action/help_show?name={action}"}
            if "error" in exchange:
                told |= {"success": False, "error": exchange["error"]}
            elif "answer" in exchange:
                told |= {"success": True, "result": conversation.shown(exchange)}
            text = exchange.get("raw", json.dumps(told)).encode()
            self.send_response(exchange["status"])
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        conversation.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield conversation
        server.shutdown()
    assert conversation.problems == []
    assert conversation.exchanges == []
