"""The frame around every command: lazy loading, ``--json``, ``--lang``, translated help.

No command lives here. Help texts are English msgids and are translated when shown, so the
language can come from ``--lang`` on the same line.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import click

from contracts.i18n import Language, _, translate
from orchestration.cli.console import Console, detect_language

_HEADINGS = (_("Usage"), _("Options"), _("Commands"))
_EXTRAS = (("default: ", _("default: ")), ("required]", _("required]")))
"""Click's own words beside an option, and ours for them."""


def language_of(context: click.Context | None) -> Language:
    """The language of this call: ``--lang`` anywhere on the line, else the environment's."""
    while context is not None:
        chosen = context.params.get("lang") or (context.obj or {}).get("lang")
        if chosen in ("vi", "en"):
            return "en" if chosen == "en" else "vi"
        context = context.parent
    return detect_language()


class Formatter(click.HelpFormatter):
    """Click's formatter with its own words translated."""

    def __init__(self, language: Language, width: int | None) -> None:
        super().__init__(width=width, max_width=100)
        self.language = language

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The usage line, its label translated."""
        super().write_usage(prog, args, f"{translate('Usage', self.language)}: ")

    def write_heading(self, heading: str) -> None:
        """A section heading, translated."""
        super().write_heading(translate(heading, self.language))


class Context(click.Context):
    """A context whose formatter speaks the reader's language."""

    def make_formatter(self) -> click.HelpFormatter:
        """A `Formatter`."""
        return Formatter(language_of(self), self.terminal_width)


class Option(click.Option):
    """An option whose help is translated when shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Names and translated help."""
        language = language_of(ctx)
        original, self.help = self.help, translate(self.help or "", language)
        try:
            record = super().get_help_record(ctx)
        finally:
            self.help = original
        if record is None:
            return None
        names, text = record
        for word, ours in _EXTRAS:
            text = text.replace(word, translate(ours, language))
        return names, text


class Translated(click.Command):
    """Help that is translated when shown."""

    context_class = Context

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The translated help."""
        original, self.help = self.help, translate(self.help or "", language_of(ctx))
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = original

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, itself explained in the reader's language."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = translate(_("Show this help and end."), language_of(ctx))
        return found

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, translated."""
        context = click.get_current_context(silent=True)
        text = translate(self.help or "", language_of(context))
        return text.split("\n", 1)[0]


class Command(Translated):
    """A command of ours."""


class Group(Translated, click.Group):
    """A group of `Command`s, loaded from their modules when first asked for.

    `lazy` maps a command's name to its summary; the command ``x`` is
    ``orchestration.cli.x:x``. Listing them loads none.
    """

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are declared."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name in self.lazy:
            module = importlib.import_module(f"orchestration.cli.{cmd_name}")
            command = getattr(module, cmd_name)
            return command if isinstance(command, click.Command) else None
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their summaries."""
        if not self.lazy:
            super().format_commands(ctx, formatter)
            return
        language = language_of(ctx)
        with formatter.section("Commands"):
            formatter.write_dl([(n, translate(text, language)) for n, text in self.lazy.items()])


def command(
    name: str, help_text: str, *, json_flag: bool = True
) -> Callable[[Callable[..., Any]], Command]:
    """A command that is handed a `Console` first, with ``--json`` and ``--lang``."""

    def wrap(function: Callable[..., Any]) -> Command:
        def call(*args: Any, lang: str | None = None, **kwargs: Any) -> Any:
            context = click.get_current_context()
            as_json = bool(kwargs.pop("as_json", False)) if json_flag else False
            console = Console(language_of(context), as_json)
            root = context.find_root()
            root.obj = {**(root.obj or {}), "json": as_json, "lang": lang}
            return function(console, *args, **kwargs)

        call.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined] # click's own protocol
        made = click.command(name, cls=Command, help=help_text)(call)
        if json_flag:
            made.params.append(
                Option(["--json", "as_json"], is_flag=True, help=_("Answer in JSON."))
            )
        made.params.append(language_option())
        return made

    return wrap


def language_option() -> Option:
    """``--lang``."""
    return Option(
        ["--lang"],
        type=click.Choice(["vi", "en"]),
        is_eager=True,
        help=_("Language of sentences: vi (default) or en."),
    )


def option(*names: str, help_text: str, **kwargs: Any) -> Callable[[Any], Any]:
    """An `Option` with translated help."""
    return click.option(*names, cls=Option, help=help_text, **kwargs)


def days_option() -> Callable[[Any], Any]:
    """``--days``: how long what is given lasts."""
    return option(
        "--days",
        type=click.IntRange(1, 3650),
        default=365,
        show_default=True,
        help_text=_("Days until it expires."),
    )
