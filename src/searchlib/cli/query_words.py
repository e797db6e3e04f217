"""Which words of a command line are the query, which are options, and which come twice?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


class OnceCommand(click.Command):
    """A command whose options are given once, but for those that take several values.

    The last of several values would hide the others without a word.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options.

        Raises:
            click.UsageError: One is given twice.
        """
        _, _, given = self.make_parser(ctx).parse_args(args=[*args])
        for param, count in Counter(given).items():
            if count > 1 and isinstance(param, click.Option) and _takes_one(param):
                name = max(param.opts, key=len)
                raise click.UsageError(f"Expected {name} once, got it {count} times.", ctx=ctx)
        return super().parse_args(ctx, args)


def _takes_one(option: click.Option) -> bool:
    return not (option.multiple or option.is_flag or option.count)


class QueryCommand(OnceCommand):
    """A command whose words may begin with ``-``, as those that must not be found do.

    Once a query has begun, ``-flood`` belongs to it; ``-n``, ``-n5`` and all that begins with
    ``--`` are options. Behind ``--`` everything belongs to the query.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options out, wherever they stand, and leave the words of the query behind."""
        options, words = self._told_apart(ctx, iter(args))
        return super().parse_args(ctx, [*options, "--", *words])

    def _told_apart(self, ctx: click.Context, args: Iterator[str]) -> tuple[list[str], list[str]]:
        takes_value = {
            name: not option.is_flag
            for option in self.get_params(ctx)
            if isinstance(option, click.Option)
            for name in (*option.opts, *option.secondary_opts)
        }
        options: list[str] = []
        words: list[str] = []
        for arg in args:
            if arg == "--":
                words += args
            elif takes_value.get(arg):
                options += [arg, _value_of(arg, args, ctx)]
            elif arg in takes_value:
                options.append(arg)
            elif arg.startswith("--") or (takes_value.get(arg[:2]) and _is_number(arg[2:])):
                options.append(arg)  # of unknown ones click says what is near
            elif arg.startswith("-") and arg != "-" and " " not in arg and not words:
                raise click.NoSuchOption(arg, _BEFORE_THE_QUERY.format(arg), ctx=ctx)
            else:
                words.append(arg)
        return options, words


_BEFORE_THE_QUERY = (
    "No such option: {0}. If it belongs to the query, put it behind another word, or -- before it."
)


def _value_of(option: str, args: Iterator[str], ctx: click.Context) -> str:
    for value in args:
        return value
    raise click.BadOptionUsage(option, f"Option {option!r} requires an argument.", ctx)


def _is_number(text: str) -> bool:
    return text.lstrip("=+-").isdecimal()
