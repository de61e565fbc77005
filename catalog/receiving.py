"""Reading the parameters of an action from a request, by CKAN's wire rules.

Only the request's form belongs here: what parameters mean is `catalog.actions.parameters`,
what is answered `catalog.wire`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from catalog.errors import BadRequestError, NotAuthorizedError
from catalog.json_text import read_json, sound

MOST_FIELDS = 1000
"""Fields of a form or an address; parsing more would only keep us busy."""

_FORM = "application/x-www-form-urlencoded"


async def read_parameters(request: Request, *, reads: bool) -> dict[str, Any]:
    """The parameters of a call: of the address (reads only) and of the body.

    Raises:
        BadRequestError: the body is not JSON, or not an object; too many fields; a character
            that cannot be kept; a write by GET.
        NotAuthorizedError: a file was sent.
    """
    if not reads and request.method != "POST":
        raise BadRequestError(
            "JSON Error: Invalid request. Please use POST method for your request"
        )
    data = _fields(request.scope["query_string"]) if reads else {}
    if request.method == "POST":
        data.update(await _body(request))
    return data


async def _body(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _form(request)
    text = (await request.body()).strip()
    if not text:
        return {}
    # curl -d says it sends a form even when it sends JSON.
    if kind == _FORM and not text.startswith(b"{"):
        return _fields(text)
    try:
        parsed = read_json(text)
    except ValueError:
        raise BadRequestError("JSON Error: Error decoding JSON data.") from None
    if not isinstance(parsed, dict):
        raise BadRequestError("JSON Error: Request data needs to be a dictionary.")
    return parsed


def _fields(text: bytes) -> dict[str, Any]:
    """The fields of an address's query or of a form's body."""
    try:
        pairs = parse_qsl(
            text.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise BadRequestError(f"More than {MOST_FIELDS} fields") from None
    return _mixed(pairs)


async def _form(request: Request) -> dict[str, Any]:
    try:
        form = await request.form(max_files=10, max_fields=MOST_FIELDS)
    except HTTPException as error:
        raise BadRequestError(f"JSON Error: {error.detail}") from None
    if any(isinstance(value, UploadFile) for _key, value in form.multi_items()):
        await form.close()
        raise NotAuthorizedError("files are not accepted: rows enter only through a gated pipeline")
    return _mixed((key, str(value)) for key, value in form.multi_items())


def _mixed(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Repeated keys as lists."""
    data: dict[str, Any] = {}
    for key, value in pairs:
        if not (sound(key) and sound(value)):
            raise BadRequestError("A character that cannot be kept")
        if key not in data:
            data[key] = value
        elif isinstance(data[key], list):
            data[key].append(value)
        else:
            data[key] = [data[key], value]
    return data
