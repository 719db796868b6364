"""Answers to inline queries, as the Bot API takes them."""

import logging
from collections.abc import Callable
from typing import Any

from telebot import types

from entities import within
from handlers.inline import InlineAnswer, InlineResult
from handlers.types import Reply
from telegram.api import RefusedError, Telegram, entities_of, translated
from telegram.delivery import messages_of
from texts import log as texts
from utf16 import CAPTION_UNITS, head, units

START = "inline"  # what the button above the results gives to /start
TOO_OLD = "query is too old"

log = logging.getLogger(__name__)

Json = dict[str, Any]

# The kinds of files that Telegram keeps and sends again, each with what is shown of it.
CACHED: dict[str, Callable[[str, str, str, str], types.InlineQueryResult]] = {
    "photo": lambda id_, file, title, description: types.InlineQueryResultCachedPhoto(
        id_, file, title, description
    ),
    "document": lambda id_, file, title, description: types.InlineQueryResultCachedDocument(
        id_, file, title, description
    ),
    "video": lambda id_, file, title, description: types.InlineQueryResultCachedVideo(
        id_, file, title, description
    ),
    "animation": lambda id_, file, title, description: types.InlineQueryResultCachedMpeg4Gif(
        id_, file, title
    ),
    "voice": lambda id_, file, title, description: types.InlineQueryResultCachedVoice(
        id_, file, title
    ),
    "audio": lambda id_, file, title, description: types.InlineQueryResultCachedAudio(id_, file),
}


def send(telegram: Telegram, query_id: str, answer: InlineAnswer) -> None:
    """Answer a query, for this person only; once more in words if a file is refused.

    An answer that comes too late is nobody's fault and only logged.

    Raises:
        TelegramError.
    """
    try:
        try:
            _call(telegram, query_id, answer, [_result(result) for result in answer.results])
        except RefusedError as error:
            if TOO_OLD in error.description or not any(r.file for r in answer.results):
                raise
            log.warning(texts.INLINE_FILE_REFUSED, error)
            _call(telegram, query_id, answer, [_article(result) for result in answer.results])
    except RefusedError as error:
        if TOO_OLD not in error.description:
            raise
        log.info(texts.INLINE_TOO_LATE, error)


def _call(
    telegram: Telegram, query_id: str, answer: InlineAnswer, results: list[types.InlineQueryResult]
) -> None:
    button = types.InlineQueryResultsButton(answer.button, start_parameter=START)
    with translated():
        telegram.bot.answer_inline_query(
            query_id,
            results,
            cache_time=0,
            is_personal=True,
            next_offset=answer.next_offset,
            button=button if answer.button else None,
        )


def _result(result: InlineResult) -> types.InlineQueryResult:
    cached = CACHED.get(result.file.kind) if result.file is not None else None
    if result.file is None or cached is None:
        return _article(result)
    made = cached(str(result.number), result.file.file_id, result.title, result.description)
    if caption := head(result.text, CAPTION_UNITS).rstrip():
        marks = () if result.markdown else within(result.entities, 0, units(caption))
        made.caption, made.caption_entities = caption, entities_of(marks)
    return made


def _article(result: InlineResult) -> types.InlineQueryResult:
    """A note as words; of one that is only a file, what it is called."""
    text = result.text if result.text.strip() else result.title
    reply = Reply(text, result.entities, markdown=result.markdown)
    first, entities = messages_of(reply)[0]
    content = types.InputTextMessageContent(first, entities=entities_of(entities))
    return types.InlineQueryResultArticle(
        str(result.number), result.title, content, description=result.description or None
    )
