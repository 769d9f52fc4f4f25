"""Says the help of commands, and click's own sentences, in other languages than English."""

from __future__ import annotations

import gettext
from copy import copy
from typing import TypeVar

import click

from assess.content import content_folder
from assess.definitions.help_texts import retold
from assess.definitions.words import Words

_Command = TypeVar("_Command", bound=click.Command)
_DOMAIN = "messages"
"""Where click looks for its own sentences."""


def in_words(group: click.Group, words: Words) -> click.Group:
    """Return a group of commands with all help below it in a language; the group itself stays as it is."""
    gettext.bindtextdomain(_DOMAIN, str(content_folder("templates") / "locale"))
    made = _told(group, words)
    made.commands = {name: _told_below(command, words) for name, command in group.commands.items()}
    return made


def _told_below(command: click.Command, words: Words) -> click.Command:
    return in_words(command, words) if isinstance(command, click.Group) else _told(command, words)


def _told(command: _Command, words: Words) -> _Command:
    made = copy(command)
    made.help = retold(command.help, words.say) if command.help else command.help
    made.params = [_parameter(parameter, words) for parameter in command.params]
    made._help_option = None  # click makes it again, in the language of the environment
    return made


def _parameter(parameter: click.Parameter, words: Words) -> click.Parameter:
    made = copy(parameter)
    if isinstance(made, click.Option) and made.help:
        made.help = retold(made.help, words.say)
    return made
