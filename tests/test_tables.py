"""The tables of what people can do are whole: each row is reached and has its words."""

import pytest

from handlers import commands, content
from texts import commands as words
from texts import notes


def test_every_command_has_its_words() -> None:
    assert [row.name for row in commands.COMMANDS] == list(words.COMMANDS)
    assert all(summary for _, summary in words.COMMANDS.values())


def test_every_kind_of_file_has_its_name() -> None:
    assert set(notes.FILE_KINDS) == set(content.FILE_KINDS)


@pytest.mark.parametrize("table", [commands.COMMANDS, commands.MESSAGES, commands.BUTTONS])
def test_no_two_rows_share_a_name(table: tuple[commands.Action, ...]) -> None:
    names = [row.name for row in table]
    assert len(set(names)) == len(names)
