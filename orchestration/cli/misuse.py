"""What was not understood on the command line, said in the reader's language.

Click finds the mistake in its own English words; only its kind and the name of what is
wrong are taken from it.
"""

from __future__ import annotations

import click
from click.exceptions import NoSuchCommand

from contracts.i18n import Language, _, translate


def misuse(error: click.UsageError, language: Language) -> str:
    """One sentence that names the mistake, and one that says where to look."""
    message, values = _reason(error)
    where = error.ctx.command_path if error.ctx else "dungchung"
    hint = translate(_("See how it is used with: {command} --help"), language)
    return f"{translate(message, language).format(**values)} {hint.format(command=where)}"


def _reason(error: click.UsageError) -> tuple[str, dict[str, str]]:
    close = ", ".join(getattr(error, "possibilities", None) or ())
    if isinstance(error, NoSuchCommand):
        name = error.command_name
        if close:
            return _("There is no command {name}. Did you mean: {close}?"), {
                "name": name,
                "close": close,
            }
        return _("There is no command {name}."), {"name": name}
    if isinstance(error, click.NoSuchOption):
        name = error.option_name
        if close:
            return _("There is no option {name}. Did you mean: {close}?"), {
                "name": name,
                "close": close,
            }
        return _("There is no option {name}."), {"name": name}
    if isinstance(error, click.MissingParameter):
        return _("{name} is missing."), {"name": _named(error)}
    if isinstance(error, click.BadParameter):
        return _("{name} was given something that it cannot be."), {"name": _named(error)}
    if isinstance(error, click.BadOptionUsage):
        return _("{name} was not used as it must be."), {"name": error.option_name}
    return _("This command was not understood: {reason}"), {"reason": error.format_message()}


def _named(error: click.BadParameter) -> str:
    """An option by its name, an argument by the word that stands for it."""
    parameter = error.param
    if parameter is None or parameter.name is None:
        return str(error.param_hint or "?")
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.make_metavar(error.ctx) if error.ctx else parameter.name.upper()
