"""Messages that come together: one offer, one press, and an album is one note."""

from typing import Any

import pytest

from handlers import attachments
from handlers.notes import gathering
from storage.gatherings import KEPT_S, LONGEST_S, MESSAGES_MOST
from storage.note_rows import Note
from storage.turns import Turn
from tests.conftest import StartBot, StartInside
from tests.emulators.bot_api import BotApi
from tests.inside import NOON, Inside, numbers
from tests.talk import ANNA, BORIS, GROUP, Talk, buttons
from texts import buttons as texts_buttons
from texts import capture as texts
from texts import files as texts_files
from texts import notes as texts_notes
from worker import tasks

Json = dict[str, Any]

SAVE, OFFER = texts_notes.BUTTON_SAVE, texts_notes.SAVE_OFFER
CANCEL, UNDO = texts.BUTTON_CANCEL, texts_notes.BUTTON_UNDO
ORIGIN: Json = {"type": "hidden_user", "date": NOON - 60, "sender_user_name": "Пётр"}
FORWARDED: Json = {"forward_origin": ORIGIN}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes in one `feed` is there before an offer is made."""
    monkeypatch.setattr(gathering, "WAIT_S", 0.0)
    monkeypatch.setattr(tasks, "SETTLE_S", 0.0)


@pytest.fixture
def inside(start_inside: StartInside) -> Inside:
    return start_inside(ALLOWED_USERS="*")


def message(inside: Inside, text: str | None = None, user: int = ANNA, **fields: Any) -> Json:
    """An update with a message to the bot: a text, or files by their kind."""
    return {
        "message": {
            "message_id": next(numbers),
            "date": int(inside.now),
            "chat": {"id": user, "type": "private"},
            "from": inside.person(user),
            **({"text": text} if text else {}),
            **fields,
        }
    }


def photo(file_id: str) -> Json:
    size = {"file_id": file_id, "file_unique_id": file_id, "width": 900, "height": 600}
    return {"photo": [{**size, "file_size": 100}]}


def video(file_id: str, **fields: Any) -> Json:
    look = {"width": 9, "height": 9, "duration": 1}
    return {"video": {"file_id": file_id, "file_unique_id": file_id, **look, **fields}}


def document(file_id: str, name: str = "a.txt", **fields: Any) -> Json:
    named = {"file_name": name, "mime_type": "text/plain"}
    return {"document": {"file_id": file_id, "file_unique_id": file_id, **named, **fields}}


def texts_forwarded(inside: Inside, count: int) -> list[Json]:
    return [message(inside, f"мысль {n}", **FORWARDED) for n in range(1, count + 1)]


def album(inside: Inside, *files: Json, name: str = "7", **first: Any) -> list[Json]:
    """The files as an album; `first` goes with the first of them."""
    return [
        message(inside, media_group_id=name, **file, **(first if n == 0 else {}))
        for n, file in enumerate(files)
    ]


def note(inside: Inside, number: int = 1, user: int = ANNA) -> Note:
    return inside.app.notes.get(user, number)


def files(inside: Inside, number: int = 1) -> list[str]:
    kept = note(inside, number)
    return [kept.file_id, *(file.file_id for file in kept.more_files)]


def press(inside: Inside, label: str, user: int = ANNA) -> list[str]:
    return inside.press(user, inside.buttons()[label])


# --- a burst


def test_a_burst_gets_one_offer_and_one_press_keeps_it(inside: Inside) -> None:
    assert inside.feed(*texts_forwarded(inside, 8)) == [OFFER]
    assert [*inside.buttons()] == ["💾 Сохранить все 8"]
    words = "Сохранено 8 заметок: #1–#8."
    assert press(inside, "💾 Сохранить все 8") == [words, words]
    assert [note(inside, n).text for n in range(1, 9)] == [f"мысль {n}" for n in range(1, 9)]
    assert (note(inside).origin, note(inside).origin_at) == ("Пётр", NOON - 60)


def test_pressed_twice_it_is_kept_once(inside: Inside) -> None:
    inside.feed(*texts_forwarded(inside, 3))
    save = inside.buttons()["💾 Сохранить все 3"]
    inside.press(ANNA, save)
    assert inside.press(ANNA, save) == ["Уже сохранено: #1–#3."]
    assert inside.app.notes.count(ANNA) == 3


def test_it_can_be_cancelled_and_come_back(inside: Inside) -> None:
    inside.text(ANNA, "/note_add раньше")
    inside.feed(*texts_forwarded(inside, 2))
    press(inside, "💾 Сохранить все 2")
    cancel = inside.buttons()[CANCEL]
    assert inside.press(ANNA, cancel) == ["Отменено, в корзине 2 заметки: #2–#3."]
    undo = inside.buttons()[UNDO]
    assert inside.press(ANNA, cancel) == [texts.CANCELLED_ALREADY]
    assert inside.app.notes.count(ANNA) == 1
    assert inside.press(ANNA, undo)[0] == "Сохранено 2 заметки: #2–#3."
    assert inside.app.notes.count(ANNA) == 3


def test_a_single_forwarded_message_has_the_offer_it_had(inside: Inside) -> None:
    assert inside.feed(message(inside, "мысль", **FORWARDED)) == [OFFER]
    assert inside.buttons() == {SAVE: f"save:@{ANNA}"}
    assert inside.feed(message(inside, **photo("f1"), **FORWARDED)) == [texts_files.OFFER]
    assert [*inside.buttons()] == [texts_files.LOOK_BUTTON, SAVE]


@pytest.mark.parametrize(
    ("later", "together"), [(0, True), (2, True), (3, False), (-1, False)], ids=str
)
def test_what_comes_after_a_pause_is_offered_apart(
    inside: Inside, later: int, together: bool
) -> None:
    first = texts_forwarded(inside, 2)
    inside.now += later
    second = texts_forwarded(inside, 2)
    offered = len(inside.feed(*first, *second))
    assert offered == (1 if together else 2)


def test_a_burst_that_lasts_begins_another(inside: Inside) -> None:
    burst = []
    for _ in range(LONGEST_S + 2):
        burst += texts_forwarded(inside, 1)
        inside.now += 1
    assert inside.feed(*burst) == [OFFER, OFFER]
    assert [*inside.buttons()] == [SAVE], "the last one is alone"


def test_a_hundred_messages_are_the_most(inside: Inside) -> None:
    assert inside.feed(*texts_forwarded(inside, MESSAGES_MOST + 2)) == [OFFER, OFFER]
    assert [*inside.buttons()] == ["💾 Сохранить все 2"]


def test_what_comes_after_the_offer_is_offered_apart(inside: Inside) -> None:
    inside.feed(*texts_forwarded(inside, 2))
    assert inside.feed(*texts_forwarded(inside, 2)) == [OFFER]
    assert [*inside.buttons()] == ["💾 Сохранить все 2"]


def test_everybody_has_a_burst_of_their_own(inside: Inside) -> None:
    burst = [message(inside, str(n), user, **FORWARDED) for n in "123" for user in (ANNA, BORIS)]
    inside.feed(*burst)
    save = inside.buttons()["💾 Сохранить все 3"]
    other = BORIS if save.endswith(f"@{ANNA}") else ANNA
    inside.press(other, save)
    gathered = save.partition("@")[0]
    assert inside.press(other, f"{gathered}@{other}") == [texts_buttons.OLD]
    assert inside.app.notes.count(ANNA) + inside.app.notes.count(BORIS) == 0


def test_nothing_of_a_stranger_s_is_gathered(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(ANNA), ALLOWED_USERS="")
    inside.feed(*[message(inside, str(n), BORIS, **FORWARDED) for n in range(3)])
    inside.feed(*[message(inside, None, BORIS, media_group_id="7", **photo("f"))])
    assert inside.db.rows("SELECT 1 FROM gathered") == []


def test_a_comment_is_a_question_and_no_note(inside: Inside) -> None:
    inside.feed(message(inside, "смотрите"), *texts_forwarded(inside, 2))
    assert [*inside.buttons()] == ["💾 Сохранить все 2"]


def test_a_message_kept_by_a_command_is_not_kept_again(inside: Inside) -> None:
    burst = texts_forwarded(inside, 3)
    inside.feed(*burst)
    save = inside.buttons()["💾 Сохранить все 3"]
    inside.text(ANNA, "/note_add", reply_to_message=burst[1]["message"])
    assert inside.press(ANNA, save)[0] == "Сохранено 3 заметки: #1–#3."
    assert [note(inside, n).text for n in (1, 2, 3)] == ["мысль 2", "мысль 1", "мысль 3"]


def test_an_offer_is_forgotten_after_a_week(inside: Inside) -> None:
    inside.feed(*texts_forwarded(inside, 2))
    inside.app.gatherings.forget_old(int(inside.now) + KEPT_S)
    save = inside.buttons()["💾 Сохранить все 2"]
    inside.app.gatherings.forget_old(int(inside.now) + KEPT_S + 1)
    assert inside.press(ANNA, save) == [texts_buttons.OLD]
    assert inside.db.rows("SELECT 1 FROM gathered") == []


# --- albums


ALBUMS = [
    ([photo("f1"), photo("f2"), photo("f3")], [texts_files.LOOK_BUTTON, SAVE]),
    (
        [document("f1"), document("f2"), document("f3")],
        [texts_files.RETELL_BUTTON, texts_files.ABOUT_BUTTON, SAVE],
    ),
    ([video("f1"), video("f2"), video("f3")], [SAVE]),
    ([video("f1"), photo("f2"), video("f3")], [texts_files.LOOK_BUTTON, SAVE]),
    ([document("f1", file_size=30_000_000), document("f2"), document("f3")], None),
]


@pytest.mark.parametrize("fields", [{}, FORWARDED], ids=["own", "forwarded"])
@pytest.mark.parametrize(("sent", "offered"), ALBUMS, ids=lambda value: str(len(value or "")))
def test_an_album_gets_one_offer_and_is_one_note(
    inside: Inside, sent: list[Json], offered: list[str] | None, fields: Json
) -> None:
    updates = album(inside, *(file | fields for file in sent))
    assert len(inside.feed(*updates)) == 1
    assert offered is None or [*inside.buttons()] == offered
    assert press(inside, SAVE)[0] == texts_notes.note_added(1)
    assert [*inside.buttons()] == [texts_notes.BUTTON_OPEN, "✏️", "🗑", "⏰"]
    assert files(inside) == ["f1", "f2", "f3"]
    assert inside.app.notes.count(ANNA) == 1


def test_the_caption_and_the_author_of_a_forwarded_album_are_kept(inside: Inside) -> None:
    sent = [photo("f1") | FORWARDED, photo("f2") | FORWARDED]
    inside.feed(*album(inside, *sent, caption="отпуск"))
    press(inside, SAVE)
    assert (note(inside).text, note(inside).origin) == ("отпуск", "Пётр")


def test_a_mixed_burst_is_one_offer(inside: Inside) -> None:
    burst = [
        *texts_forwarded(inside, 2),
        *album(inside, *(photo(f"a{n}") | FORWARDED for n in range(10))),
        message(inside, **photo("f1"), caption="одна", **FORWARDED),
        message(inside, **video("f2"), **FORWARDED),
        message(inside, **document("f3", "a.zip"), caption="архив", **FORWARDED),
    ]
    assert inside.feed(*burst) == [OFFER]
    assert press(inside, "💾 Сохранить все 6")[0] == "Сохранено 6 заметок: #1–#6."
    assert files(inside, 3) == [f"a{n}" for n in range(10)]
    assert [note(inside, n).text for n in (4, 6)] == ["одна", "архив"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_album_with_the_command_is_kept_at_once_and_whole(inside: Inside, place: int) -> None:
    sent = [photo(f"f{n}") for n in (1, 2, 3)]
    sent[place]["caption"] = "/note_add отпуск"
    assert inside.feed(*album(inside, *sent)) == [texts_notes.note_added(1)]
    assert note(inside).text == "отпуск"
    assert files(inside) == ["f1", "f2", "f3"]
    inside.resume()
    assert inside.app.notes.count(ANNA) == 1


def test_a_command_in_reply_to_one_of_an_album_keeps_it_whole(inside: Inside) -> None:
    sent = album(inside, *(photo(f"f{n}") | FORWARDED for n in (1, 2, 3)), caption="отпуск")
    inside.feed(*sent)
    save = inside.buttons()[SAVE]
    inside.text(ANNA, "/note_add важно", reply_to_message=sent[1]["message"])
    assert note(inside).text == "важно\n\nотпуск"
    assert files(inside) == ["f1", "f2", "f3"]
    assert inside.press(ANNA, save) == ["Уже сохранено: #1."]


def test_a_note_deleted_meanwhile_gets_no_files(inside: Inside) -> None:
    first, second = album(inside, photo("f1") | {"caption": "/note_add отпуск"}, photo("f2"))
    inside.feed(first)
    inside.text(ANNA, "/note_del 1")
    inside.feed(second)
    assert [*inside.buttons()] == [texts_files.LOOK_BUTTON, SAVE]
    assert files(inside) == ["f1"]


def test_an_album_with_a_question_is_offered_no_more(inside: Inside) -> None:
    sent = [photo("f1"), photo("f2") | {"caption": "Чем похожи?"}, photo("f3")]
    inside.feed(*album(inside, *sent))
    assert OFFER not in inside.said_to(ANNA)
    assert texts_files.OFFER not in inside.said_to(ANNA)
    asked: Turn | None = inside.app.turns.of_album(ANNA, ANNA, "7")
    assert asked is not None
    assert [file.file_id for file in asked.attachments] == ["f1", "f2", "f3"]


def two_albums(inside: Inside) -> list[Json]:
    """One of two pictures, one of two videos."""
    return [
        *album(inside, photo("f1"), photo("f2"), name="7"),
        *album(inside, video("f3"), video("f4"), name="8"),
    ]


def test_a_question_about_one_album_leaves_the_other_to_be_kept(inside: Inside) -> None:
    words = message(inside, media_group_id="7", caption="Чем похожи?", **photo("f5"))
    inside.feed(*two_albums(inside), words)
    press(inside, SAVE)
    assert files(inside) == ["f3", "f4"]


def test_a_command_about_one_album_leaves_the_other_to_be_kept(inside: Inside) -> None:
    sent = two_albums(inside)
    inside.feed(*sent)
    save = inside.buttons()["💾 Сохранить все 2"]
    inside.text(ANNA, "/note_add", reply_to_message=sent[0]["message"])
    assert files(inside) == ["f1", "f2"]
    assert inside.press(ANNA, save)[0] == "Сохранено 2 заметки: #1–#2."
    assert files(inside, 2) == ["f3", "f4"]


# --- in groups


def in_group(update: Json) -> Json:
    update["message"]["chat"] = {"id": GROUP, "type": "supergroup"}
    return update


def test_in_a_group_nothing_is_gathered_and_a_quiet_album_is_forgotten(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = [in_group(update) for update in album(inside, photo("f1"), photo("f2"))]
    assert inside.feed(*quiet, in_group(message(inside, "мысль", **FORWARDED))) == []
    assert inside.db.rows("SELECT 1 FROM gathered") == []
    assert len(inside.db.rows("SELECT 1 FROM turns")) == 1, "for the question that may come"
    monkeypatch.setattr(attachments, "QUIET_S", 0.0)
    inside.feed(in_group(message(inside, None, BORIS, media_group_id="8", **photo("f3"))))
    assert len(inside.db.rows("SELECT 1 FROM turns")) == 1


def test_a_stranger_s_quiet_album_is_not_kept_even_for_a_moment(start_inside: StartInside) -> None:
    inside = start_inside(OWNER_ID=str(BORIS), ALLOWED_USERS="")
    inside.feed(*[in_group(update) for update in album(inside, photo("f1"), photo("f2"))])
    assert inside.db.rows("SELECT 1 FROM turns") == []


# --- after a kill


def test_after_a_start_the_rest_of_a_burst_is_waited_for(
    start_inside: StartInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SETTLE_S", 60.0)
    killed = start_inside(ALLOWED_USERS="*")
    assert killed.feed(*texts_forwarded(killed, 5)) == []
    again = start_inside(ALLOWED_USERS="*")
    again.resume()
    assert again.feed(*texts_forwarded(again, 3)) == []
    monkeypatch.setattr(tasks, "SETTLE_S", 0.0)
    again.resume()
    assert again.said_to(ANNA) == [OFFER]
    assert [*again.buttons()] == ["💾 Сохранить все 8"]


def test_a_killed_process_offers_and_keeps_all_once(api: BotApi, start_bot: StartBot) -> None:
    bot, anna = start_bot(), Talk(api, ANNA)
    last = [api.text(ANNA, f"мысль {n}", **FORWARDED) for n in range(5)][-1]
    api.wait_confirmed(last.update_id)
    bot.kill()
    for n in range(5, 8):
        api.text(ANNA, f"мысль {n}", **FORWARDED)
    bot.start()
    offer = api.wait_answer(ANNA, OFFER)
    assert [*buttons(offer)] == ["💾 Сохранить все 8"]
    call = api.press(ANNA, offer, buttons(offer)["💾 Сохранить все 8"])
    bot.kill()
    bot.start()
    api.wait_callback_answer(call)
    assert anna("/note_count") == "У вас 8 заметок."
    assert anna("/note 8").endswith("мысль 7")


# --- what is neither a text nor a file


def saved_message(inside: Inside, fields: Json) -> Json:
    """A message that was kept by the button under its offer."""
    update = message(inside, **fields)
    inside.feed(update)
    chat = {"id": ANNA, "type": "private"}
    offer = {"message_id": 1, "date": 1, "chat": chat, "reply_to_message": update["message"]}
    call = {"id": "1", "from": inside.person(ANNA), "chat_instance": "1", "message": offer}
    inside.feed({"callback_query": {**call, "data": f"save:@{ANNA}"}})
    return dict(update["message"])


def test_a_list_that_is_edited_changes_its_note(inside: Inside) -> None:
    kept = saved_message(
        inside, {"checklist": {"title": "Купить", "tasks": [{"id": 1, "text": "сыр"}]}}
    )
    assert note(inside).text == "📋 Купить\n☐ сыр"
    longer = {"title": "Купить", "tasks": [{"id": 1, "text": "сыр"}, {"id": 2, "text": "хлеб"}]}
    edited = {**kept, "checklist": longer, "edit_date": kept["date"] + 5}
    assert inside.feed({"edited_message": edited}) == ["Заметка #1 изменена."]
    assert note(inside).text == "📋 Купить\n☐ сыр\n☐ хлеб"


def test_a_place_shared_live_stays_where_it_was_kept(inside: Inside) -> None:
    place = {"latitude": 55.7, "longitude": 37.6, "live_period": 900}
    kept = saved_message(inside, {"location": place})
    before = note(inside)
    moved = {**kept, "location": {**place, "latitude": 55.8}, "edit_date": kept["date"] + 5}
    assert inside.feed({"edited_message": moved}) == []
    assert note(inside) == before
