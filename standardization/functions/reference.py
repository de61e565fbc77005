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
- **Told as a fix** means that a row whose value the function put right is *fixed* under the
  function's name: text that is not as it was, a date that is not written 2025-07-01, a number
  that is not plain, a phone that is not 0xxxxxxxxx, a lost zero. A word for no data is told as
  `null_word`. Nested calls tell each for itself. What a source always writes so goes in the
  mapping's `habits`, and is not told.
"""
_HEADER = """
| Function | Gives | Reads | Told as a fix |
|---|---|---|---|
"""
_LOOKUPS = {
    "lookup('list', x)": "the mapping's own value for the text; unreadable where it has none",
    "resolve_unit(code, day)": "STRUCT code_system, unit_code of the one unit of that code on the "
    "day",
    "unit_now(system, code)": "the code of the one unit it is today",
    "near_unit(latitude, longitude, code, day)": "whether the place can lie in that commune: "
    "within three times the radius of a circle of its area around its centre, plus 1 km; NULL "
    "where the centre is unknown",
    "address_parts(x, day)": "STRUCT street, hamlet, code_system, unit_code, ambiguous of an "
    "address read from the right, names without marks allowed; where names without marks are "
    "those of several communes, the one whose marks are written; no codes where no commune of "
    "the day fits, or several (then it is ambiguous)",
    "agency_by_name(name, day)": "code of the one agency of that name or short name on the day, "
    "compared as in addresses; with a third argument `'H20'` among those under that code; "
    "unreadable where there is none, or several",
}


def render() -> str:
    """The whole page as Markdown."""
    rows = "".join(
        f"| [`{name}({', '.join(f.parameters)})`](#{name}) | {f.returns} | "
        f"{'yes' if f.parses else ''} | {'yes' if f.changed else ''} |\n"
        for name, f in FUNCTIONS.items()
    )
    found = "".join(f"| `{call}` | {gives} |\n" for call, gives in _LOOKUPS.items())
    introduction = (
        f"{_INTRODUCTION}\nBesides these the engine has look-ups, which read other data by "
        f"themselves:\n\n| Look-up | Gives |\n|---|---|\n{found}{_HEADER}"
    )
    return introduction + rows + "".join(_section(f) for f in FUNCTIONS.values())


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
