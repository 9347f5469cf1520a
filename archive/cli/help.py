"""Help pages: drawn by rich-click on a terminal, plain in a pipe.

Click measures text by characters, so Chinese in a help page overflows on a terminal; rich-click
measures cells. It is imported only when a page is drawn, since it costs as much as Click itself.
"""

import sys
from typing import TYPE_CHECKING, Any

import click

from archive.cli.options import Settings

if TYPE_CHECKING:
    import rich_click


class Command(click.Command):
    """A command whose help page is drawn on a terminal."""

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        if not _wants_drawing(ctx):
            return super().get_help(ctx)
        import rich_click  # noqa: PLC0415 - see the module's docstring

        return _drawn(rich_click.RichCommand(**_facts(self)), ctx)


class Group(click.Group):
    """A group of commands whose help page is drawn on a terminal."""

    def get_help(self, ctx: click.Context) -> str:
        """The help page."""
        if not _wants_drawing(ctx):
            return super().get_help(ctx)
        import rich_click  # noqa: PLC0415 - see the module's docstring

        class InOrder(rich_click.RichGroup):
            """Lists its commands as they were given, not by the alphabet."""

            def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - of the base
                return list(self.commands)

        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        commands = {name: command for name, command in found if command is not None}
        return _drawn(InOrder(**_facts(self), commands=commands), ctx)


def _wants_drawing(ctx: click.Context) -> bool:
    settings = ctx.find_object(Settings)
    return sys.stdout.isatty() and (settings is None or settings.color != "never")


def _facts(command: click.Command) -> dict[str, Any]:
    return {"name": command.name, "params": command.params, "help": command.help}


def _drawn(command: "rich_click.RichCommand", ctx: click.Context) -> str:
    """The page of a command's twin that rich-click knows how to draw."""
    import rich_click  # noqa: PLC0415 - see the module's docstring

    return command.get_help(
        rich_click.RichContext(
            command,
            info_name=ctx.info_name,
            parent=ctx.parent,
            help_option_names=ctx.help_option_names,
        )
    )
