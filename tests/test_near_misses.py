"""What is nearly a command, nearly a question, or not for the bot at all."""

from typing import Any

import pytest

from handlers import commands
from tests.conftest import StartInside
from tests.inside import Inside
from tests.talk import ANNA, GROUP, OWNER, STRANGER

ME = {"id": 5, "is_bot": True, "first_name": "Бот"}


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    one = start_inside(OWNER_ID=str(OWNER), ALLOWED_USERS="111")
    one.text(OWNER, "/start")
    one.sent.clear()
    return one


def asked(inside: Inside) -> list[str]:
    """The questions that became turns."""
    return [row[0] for row in inside.db.rows("SELECT question FROM turns ORDER BY id")]


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("/note-add купить", "note_add"),
        ("/noteadd", "note_add"),
        ("/NoteAdd хлеб", "note_add"),
        ("/note_add,купить", "note_add"),
        ("/note_add,купить и/или продать", "note_add"),
        ("/note-add,очень-длинное-слово" + "я" * 3000, "note_add"),
        ("/note_add@notes_bot,купить", "note_add"),
        ("/note_add: молоко", "note_add"),
        ("/ask:что?", "ask"),
        ("/aks что", "ask"),
        ("/note_lst", "note_list"),
        ("/modelsupdate", "models"),  # the owner's own is not suggested to others
    ],
)
def test_a_near_miss_gets_a_suggestion_and_is_no_question(
    inside: Inside, typed: str, suggested: str
) -> None:
    (said,) = inside.text(ANNA, typed)
    assert f"Может быть, /{suggested}?" in said
    assert len(said) < 200
    assert asked(inside) == []
    assert inside.app.notes.count(ANNA) == 0


@pytest.mark.parametrize("separator", [" ", "\n", "\t", "\u00a0"])
def test_any_blank_ends_a_command(inside: Inside, separator: str) -> None:
    assert inside.text(ANNA, f"/NOTE_ADD{separator} два\nслова") == ["Сохранено: заметка #1."]
    assert inside.app.notes.get(ANNA, 1).text == " два\nслова"


@pytest.mark.parametrize(
    "text", ["/etc/passwd — что это?", "/", "// комментарий", "/привет", "1/2"]
)
def test_what_only_begins_like_a_command_is_a_question(inside: Inside, text: str) -> None:
    inside.text(ANNA, text)
    assert asked(inside) == [text]


@pytest.mark.parametrize("text", ["/nosuch", "/note-add x", "/noteadd"])
def test_in_a_group_a_near_miss_may_be_another_bots(inside: Inside, text: str) -> None:
    assert inside.text(ANNA, text, chat_id=GROUP) == []
    name, _, rest = text.partition(" ")
    (said,) = inside.text(ANNA, f"{name}@notes_bot {rest}", chat_id=GROUP)
    assert said.startswith(f"Команды {name} у меня нет.")


@pytest.mark.parametrize("text", ["@notes_bot", " @Notes_Bot  ", "@notes_bot\n"])
def test_a_bare_mention_is_asked_what_about(inside: Inside, text: str) -> None:
    (said,) = inside.text(ANNA, text, chat_id=GROUP)
    assert said.startswith("О чём спросить?")
    assert asked(inside) == []


def test_a_bare_mention_in_a_reply_is_a_question_about_that_message(inside: Inside) -> None:
    inside.text(ANNA, "@notes_bot", chat_id=GROUP, reply_to_message=said("Почему небо голубое?"))
    assert asked(inside) == ["Почему небо голубое?"]


def test_a_bare_mention_in_a_reply_to_a_picture_is_a_question_about_it(inside: Inside) -> None:
    picture = said("") | {
        "photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    }
    *_, words = inside.text(ANNA, "@notes_bot", chat_id=GROUP, reply_to_message=picture)
    assert words.startswith("Файл не получилось взять"), "the file is looked for"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("просто разговор", {}),
        ("/nosuch", {}),
        ("/note_list", {}),
        ("/note_add@other_bot x", {}),
        ("ответ другому", {"reply_to_message": {"from": {**ME, "id": 6}}}),
    ],
)
def test_nobody_is_turned_away_for_editing_what_was_not_for_the_bot(
    inside: Inside, text: str, fields: dict[str, Any]
) -> None:
    if "reply_to_message" in fields:
        fields = {"reply_to_message": said("слова") | fields["reply_to_message"]}
    assert inside.feed({"edited_message": edit(inside, STRANGER, text, **fields)}) == []


def test_a_stranger_who_edits_a_question_to_the_bot_is_turned_away(inside: Inside) -> None:
    words = inside.feed({"edited_message": edit(inside, STRANGER, "@notes_bot что?")})
    assert words[0].startswith("Здравствуйте! Этот бот только для своих.")


def said(text: str) -> dict[str, Any]:
    """A message of somebody in the group."""
    author = {"id": 222, "is_bot": False, "first_name": "Борис"}
    chat = {"id": GROUP, "type": "supergroup"}
    return {"message_id": 77, "date": 1, "chat": chat, "from": author, "text": text}


def edit(inside: Inside, user_id: int, text: str, **fields: Any) -> dict[str, Any]:
    sender = {"from": inside.person(user_id), "edit_date": int(inside.now)}
    return said(text) | sender | {"date": int(inside.now)} | fields


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/notes", "У вас 1 заметка:"),
        ("/notes 5", "У вас 1 заметка:"),
        ("/notes молоко", "1 заметка нашлась:"),
        ("/note_list #дом", "Ничего не нашлось: «#дом»."),
        ("/notes 0", "Сколько показать?"),
        ("/note_list -5", "Сколько показать?"),
        ("/Add хлеб", "Сохранено: заметка #2."),
        ("/delete 1", "Заметка #1 удалена."),
        ("/edit 1 хлеб", "Заметка #1 изменена."),
    ],
)
def test_what_people_type_instead_does_what_they_mean(
    inside: Inside, typed: str, said: str
) -> None:
    inside.text(ANNA, "/note_add молоко")
    assert inside.text(ANNA, typed)[0].startswith(said)
    assert asked(inside) == []


def test_another_name_of_a_command_is_ours_in_a_group_only_with_our_name(inside: Inside) -> None:
    assert inside.text(ANNA, "/add хлеб", chat_id=GROUP) == []
    assert inside.text(ANNA, "/add@notes_bot хлеб", chat_id=GROUP) == ["Сохранено: заметка #1."]
    assert inside.app.notes.get(ANNA, 1).text == "хлеб"


def test_other_names_lead_to_commands_and_hide_none() -> None:
    names = {row.name for row in commands.COMMANDS}
    assert set(commands.ALIASES.values()) <= names
    assert not names & set(commands.ALIASES)
