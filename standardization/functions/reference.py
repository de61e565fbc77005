"""`docs/functions.md`, made from the functions themselves.

Only the words around them belong here; titles, rules and examples are each function's own.
Run ``python -m standardization.functions.reference > docs/functions.md`` after a change.
"""

from __future__ import annotations

import sys
from datetime import date, datetime

from standardization.functions.registry import FUNCTIONS
from standardization.functions.spec import SqlFunction

_INTRODUCTION = """\
# Cleaning functions

The functions that a mapping (`datasets/<dataset>/from/<source>.yaml`) may call, besides the
plain SQL ones. This page is made from the code: `python -m standardization.functions.reference`.

- NULL in is NULL out, and none of them fails on any text.
- **Reads** means that NULL out of a value that is not a null word (`null_word`) is *unreadable*:
  the engine quarantines the row and names the column.
- Legacy text comes first: `clean_text(fix_mojibake(x))`, `clean_text(from_tcvn3(x))`. Cleaning
  removes the soft hyphen, which is the letter ư in TCVN3.
- Pseudonyms take the cleaned number: `pseudonym(personal_id(x))`. The example below uses a key
  of 32 zero bytes.
- A wall clock without an offset is Vietnam's (+07:00), whatever the time zone of the machine.

| Function | Gives | Reads |
|---|---|---|
"""


def render() -> str:
    """The whole page as Markdown."""
    rows = "".join(
        f"| [`{name}({', '.join(f.parameters)})`](#{name}) | {f.returns} | "
        f"{'yes' if f.parses else ''} |\n"
        for name, f in FUNCTIONS.items()
    )
    return _INTRODUCTION + rows + "".join(_section(f) for f in FUNCTIONS.values())


def _section(function: SqlFunction) -> str:
    examples = "".join(
        f"| {', '.join(_shown(value) for value in arguments)} | {_shown(result)} |\n"
        for arguments, result in function.examples
    )
    return (
        f"\n## {function.name}\n\n{function.title['vi']}\n\n{function.title['en']}\n\n"
        f"Source of the rule: {function.rule}.\n\n| In | Out |\n|---|---|\n{examples}"
    )


def _shown(value: object) -> str:
    """A value as a reader can tell it: invisible characters escaped, none broken over lines."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, datetime):
        return f"`{value.isoformat(' ')}`"
    if isinstance(value, date):
        return f"`{value.isoformat()}`"
    if isinstance(value, str):
        shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in value)
        return f"`'{shown}'`".replace("|", "\\|")
    return f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(render())
