"""Answers that grow on the screen: whole words, first at once, and nothing is lost at the end."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

import pytest

from handlers.types import Button, GrowingReply, Reply, Request, Status
from telegram import streaming
from telegram.api import Telegram
from telegram.delivery import Delivery, markup_of
from telegram.markdown import messages
from telegram.streaming import (
    SILENCE_S,
    STATUS_UNITS,
    EditBudget,
    StreamedAnswer,
    whole_words,
)
from telegram.throttle import Throttle
from tests.emulators.bot_api import BotApi
from tests.emulators.model_server import Answer, Body, ModelServer, stall
from tests.emulators.waiting import WAIT_S
from tests.talk import ANNA, GROUP, Talk, ask, finished, labels
from texts import waiting as texts

PACE_S = 0.15
STOP = Button("Стоп", "stop:1")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("сло", ""),
        ("слово ", "слово "),
        ("первое вто", "первое "),
        ("конец.\nНача", "конец.\n"),
        ("число 3.", "число "),
        ("**жир", ""),
        ("**очень жир", "**очень "),
        ("семья 👨‍👩", "семья "),
        ("天空是蓝", "天空是蓝"),
        ("ท้องฟ้า", "ท้องฟ้า"),
        ("слово " + "x" * 59, "слово "),
        ("слово " + "x" * 60, "слово " + "x" * 60),
    ],
)
def test_a_word_that_is_still_coming_is_held_back(text: str, shown: str) -> None:
    assert text[: whole_words(text)] == shown


WORDS = {
    "plain": ["Сл", "ово", " за", " сло", "вом", " при", "ходит", " цел", "иком"],
    "punctuation": ["Да", ",", " коне", "чно", "!", " 3", ".", "14", " —", " «пи", "»", "."],
    "Markdown": ["*", "*Ва", "жно", "**", " и", " `ко", "д`", " тут", "\n\n-", " пер", "вое"],
    "emoji": ["Ча", "й ", "👨", "\u200d👩", "\u200d👧", " и", " 👍", "🏽", " да", "лее"],
    "a list": ["1", ".", " Пер", "вое", "\n2", ".", " Вто", "рое"],
}  # fmt: skip


@pytest.mark.parametrize("pieces", WORDS.values(), ids=WORDS)
def test_only_whole_words_are_on_the_screen(
    anna: Talk, model: ModelServer, pieces: list[str]
) -> None:
    model.script(Answer(pieces=pieces, pace=PACE_S))
    said = ask(anna, "вопрос")
    *growing, last = [version["text"] for version in said["_history"]]
    assert growing
    words = re.findall(r"\S+", last.rpartition("\n\n(")[0])
    for text in growing:
        assert re.sub(r"^\*\*", "", text).split() == words[: len(text.split())]
        assert re.search(r"\w", text.removeprefix("1."))


def test_writing_without_spaces_flows(anna: Talk, model: ModelServer) -> None:
    text = "天空之所以是蓝色的因为空气分子散射阳光"
    model.script(Answer(text, size=2, pace=PACE_S))
    said = ask(anna, "вопрос")
    assert said["_history"][0]["text"] == text[:2]
    assert said["text"].startswith(text)


def test_the_first_words_do_not_wait_for_those_after_them(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(Answer(pieces=["Первые слова и полс", "лова"], pace=20))
    api.text(ANNA, "вопрос")
    assert api.wait_sent(ANNA)[0]["_history"][0]["text"] == "Первые слова и"
    api.text(ANNA, "/stop")


def test_half_a_word_that_nothing_follows_is_shown_after_a_while(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(stall(after=1, seconds=20))  # «Начало о»
    api.text(ANNA, "вопрос")
    assert api.wait_sent(ANNA)[0]["_history"][0]["text"] == "Начало"
    api.wait_answer(ANNA, "Начало о")
    api.text(ANNA, "/stop")


def test_a_group_is_edited_more_seldom(anna: Talk, api: BotApi, model: ModelServer) -> None:
    model.script(Answer("да " * 1000, size=3, pace=0.05))
    api.text(ANNA, "/ask вопрос", chat_id=GROUP)
    history = api.wait(lambda a: [v for m in a.sent(GROUP) for v in m["_history"]][2:])
    api.text(ANNA, "/stop", chat_id=GROUP)
    said = finished(api, GROUP)
    assert history
    moments = [version["at"] for version in said["_history"][:3]]
    # 3 s from call to call; some of it may pass until a call arrives. A private chat takes 1 s.
    assert min(after - before for before, after in pairwise(moments)) > 1.6


@pytest.mark.parametrize("last", ["", "Ещё раз"])
def test_the_end_is_shown_although_the_text_is_on_the_screen_already(
    api: BotApi, last: str
) -> None:
    api.text(ANNA, "вопрос")
    is_shown = threading.Event()

    def pieces() -> Iterator[str]:
        yield "Всё уже здесь. "
        assert is_shown.wait(WAIT_S)

    answer = _answer(api, lambda ids: is_shown.set())
    answer.stream(GrowingReply(pieces(), STOP, lambda: None, Reply))
    (growing,) = api.sent(ANNA)
    assert labels(growing) == "Стоп"
    buttons = ((Button(last, "again:1"),),) if last else ()
    answer.finish(messages("Всё уже здесь. "), markup_of(buttons, ANNA))
    (ended,) = api.sent(ANNA)
    assert labels(ended) == last
    assert ended["text"] == growing["text"] == "Всё уже здесь."


def test_the_second_edit_comes_sooner_than_the_third(anna: Talk, model: ModelServer) -> None:
    model.script(Answer("да " * 100, size=3, pace=0.03))
    said = ask(anna, "вопрос")
    moments = [version["at"] for version in said["_history"]]
    first, second = [after - before for before, after in pairwise(moments)][:2]
    assert first < second


# --- before the first words, and between them


def test_silence_is_explained_in_the_message_that_becomes_the_answer(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.script(Answer("Наконец.", headers_delay=SILENCE_S + 1))
    said = ask(anna, "вопрос")
    first, *_ = said["_history"]
    assert first["text"] == texts.THINKING
    assert labels(first) == "⏹ Стоп"
    asked_at = api.calls_to("sendChatAction", ANNA)[0].at
    assert first["at"] - asked_at > SILENCE_S / 2, "at first only «печатает…» is seen"
    assert said["text"].startswith("Наконец.")
    assert len(api.sent(ANNA)) == 1


def test_a_failure_takes_the_place_of_the_thinking(
    anna: Talk, api: BotApi, model: ModelServer
) -> None:
    model.default = Body(401, b"{}", delay=SILENCE_S + 1)
    said = ask(anna, "вопрос")
    assert said["_history"][0]["text"] == texts.THINKING
    assert len(api.sent(ANNA)) == 1


Step = tuple[str | Status, str]  # a piece, and what is seen after it; "" if nobody looks
STEPS: dict[str, list[Step]] = {
    "before the words": [(Status("ищу"), "ищу"), ("Нашлось. ", "Нашлось.")],
    "the last one counts": [(Status("раз"), ""), (Status("два"), "два"), ("Да. ", "Да.")],
    "after some": [("Я. ", "Я."), (Status("ищу"), "Я.\n\nищу"), ("Вот. ", "Я. Вот.")],
    "over": [("Да. ", "Да."), (Status("ищу"), "Да.\n\nищу"), (Status(""), "Да.")],
    "none at all": [(Status(""), texts.THINKING), ("Да. ", "Да.")],
    "as much as fits": [(Status("щ" * 999), "щ" * STATUS_UNITS), ("Да. ", "Да.")],
}  # fmt: skip


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_what_is_being_done_is_shown_until_words_follow(
    api: BotApi, monkeypatch: pytest.MonkeyPatch, steps: list[Step]
) -> None:
    for name in ("SILENCE_S", "EDIT_EVERY_S", "SECOND_EDIT_S"):
        monkeypatch.setattr(streaming, name, 0.01)
    api.text(ANNA, "вопрос")

    def pieces() -> Iterator[str | Status]:
        for piece, seen in steps:
            yield piece
            if seen:
                api.wait(partial(_is_seen, seen))

    _answer(api).stream(GrowingReply(pieces(), STOP, lambda: None, Reply))


def _is_seen(text: str, api: BotApi) -> bool:
    return [message["text"] for message in api.sent(ANNA)] == [text]


def _answer(
    api: BotApi, on_shown: Callable[[list[int]], None] = lambda ids: None
) -> StreamedAnswer:
    request = Request(ANNA, ANNA, message_id=0, date=0, private=True)
    delivery = Delivery(Telegram(api.token, api.url))
    return StreamedAnswer(
        delivery, Throttle(), EditBudget(), request, [], on_shown, lambda chat_id: None
    )
