"""What an action can answer instead of a result, as CKAN names it.

Types only; `catalog.wire` turns them into envelopes and status codes. Messages are shown to
programs, so they are English, as CKAN's are; they never carry a row's value or a token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class ActionError(Exception):
    """A refusal. `kind` is CKAN's ``__type``, `status` the HTTP status."""

    kind = "Internal Server Error"
    status = 500

    def __init__(self, message: str = "") -> None:
        self.message = message
        super().__init__(message)

    def fields(self) -> dict[str, object]:
        """What the error object holds besides ``__type``."""
        return {"message": self.message}


class NotFoundError(ActionError):
    """There is no such thing, or the asker may not know that there is."""

    kind = "Not Found Error"
    status = 404

    def fields(self) -> dict[str, object]:
        """CKAN's wording."""
        return {"message": f"Not found: {self.message}" if self.message else "Not found"}


class GoneError(NotFoundError):
    """There was such a thing and it was withdrawn: `message` gives the reason."""

    status = 410

    def fields(self) -> dict[str, object]:
        """The reason, as its steward wrote it."""
        return {"message": f"Withdrawn: {self.message}" if self.message else "Withdrawn"}


class NotAuthorizedError(ActionError):
    """The asker may not do this."""

    kind = "Authorization Error"
    status = 403

    def fields(self) -> dict[str, object]:
        """CKAN's wording."""
        return {"message": f"Access denied: {self.message}" if self.message else "Access denied"}


class ValidationError(ActionError):
    """Some fields cannot be accepted: field → what is wrong with it, or, of a field that is
    a list of objects, per object its own fields → what is wrong."""

    kind = "Validation Error"
    status = 409

    def __init__(self, problems: Mapping[str, Sequence[str | Mapping[str, object]]]) -> None:
        self.problems = {field: list(messages) for field, messages in problems.items()}
        super().__init__("; ".join(f"{key}: {value[-1]}" for key, value in self.problems.items()))

    def fields(self) -> dict[str, object]:
        """Each field with its messages; a field of CKAN's own name keeps its own list."""
        return {**self.problems}


class IntegrityError(ActionError):
    """The request contradicts itself or the database."""

    kind = "Integrity Error"
    status = 400


class BusyError(ActionError):
    """Too much is asked just now; the same question may be answered a minute later."""

    kind = "Search Error"
    status = 503


class BadRequestError(Exception):
    """The request cannot be read at all: CKAN answers a bare sentence with status 400."""
