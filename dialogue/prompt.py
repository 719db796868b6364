"""What a model is sent: pure functions from a question, and what belongs to it, to messages."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from acting.tool import mark
from dialogue.attachments import IMAGE, Shown
from documents.reading import Document
from files import Attachment
from llm.tools import Tool
from storage.turns import Turn
from texts import prompts as texts

CONTEXT_TOKENS = 8192  # of a model that does not say how much it takes
MESSAGE_TOKENS = 4  # what a message costs beside its text
BYTES_A_TOKEN = 4  # of UTF-8; on the safe side for Russian and English alike
SPARE_TOKENS = 32  # what a provider adds to the messages
LEAST_ANSWER = 64  # tokens: an answer shorter than that says nothing
LEAST_TAIL = 64  # tokens: so much of the answer before, or nothing
FRAME_TOKENS = 64  # what stands around a document
PICTURE_TOKENS = 1000  # about what one of 1,600 px costs

Messages = list[dict[str, Any]]
NONE_SHOWN = Shown()


class Note(Protocol):
    """A note, or the part of it that matters."""

    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def created_at(self) -> int: ...


def system(style: str, now: datetime, name: str = "") -> str:
    """How to answer, and what a model cannot know by itself: what time it is where somebody lives.

    `name` is theirs, "" when it is not to be told.
    """
    zone = getattr(now.tzinfo, "key", None) or now.tzname() or ""
    return f"{style}\n\n{texts.now(now, zone, name)}".strip()


def messages(
    system: str,
    memory: Iterable[Turn],
    content: str,
    attachments: Sequence[Attachment] = (),
    shown: Shown = NONE_SHOWN,
) -> Messages:
    """The whole request: how to answer, what was said before (oldest first), the question.

    Of all files the model is given what is `shown`.
    """
    first = [{"role": "system", "content": system}] if system else []
    earlier = [message for turn in memory for message in _turn_messages(turn, shown)]
    asked = {"role": "user", "content": _with_files(content, attachments, shown)}
    return [*first, *earlier, asked]


def question(turn: Turn) -> str:
    """The question with the message that it is about; so it is remembered, too."""
    if not turn.quoted:
        return turn.question
    return texts.quoted(turn.quoted, turn.question, mark(turn.quoted))


def about_notes(
    turn: Turn, notes: Iterable[Note], room: int, local: Callable[[int], datetime]
) -> str:
    """The question with the notes that bear upon it, of at most `room` tokens, and their dates."""
    rows = []
    for note in notes:
        row = _head(texts.note_for_model(note.number, local(note.created_at), note.text), room)
        room -= _tokens(row)
        rows.append(row)
    framed = "\n\n".join(row for row in rows if row)
    return texts.about_notes(framed, turn.question, mark(framed))


def excerpts(
    files: Iterable[Attachment], documents: Mapping[str, Document], room: int
) -> tuple[dict[str, str], dict[str, float]]:
    """The documents in frames, of at most `room` tokens together, the first ones first.

    Also how much of the whole document each is, from 0 to 1. Both are keyed by file_id.
    """
    framed, shares = {}, {}
    for file in (file for file in files if file.file_id in documents):
        document = documents[file.file_id]
        text = _head(document.text, room - FRAME_TOKENS)
        room -= _tokens(text) + FRAME_TOKENS
        framed[file.file_id] = texts.document(file.filename, text, mark(file.filename + text))
        shares[file.file_id] = document.share * len(text) / max(len(document.text), 1)
    return framed, shares


def texts_cost(shown: Shown) -> int:
    """Tokens that the documents take, estimated."""
    return sum(map(_tokens, shown.texts.values()))


def documents_room(answer: int, context: int | None) -> int:
    """Tokens that documents may take: most of what is to be read."""
    context = context or CONTEXT_TOKENS
    return (context - min(answer, context // 2)) * 3 // 4


def notes_room(answer: int, context: int | None) -> int:
    """Tokens that notes may take, whatever is kept for a dialogue: half of what is to be read."""
    context = context or CONTEXT_TOKENS
    return (context - min(answer, context // 2)) // 2


def memory_room(system: str, content: str, dialogue: int, answer: int, context: int | None) -> int:
    """Tokens left for what was said before; `dialogue` is the most, the question included."""
    context = context or CONTEXT_TOKENS
    room = context - min(answer, context // 2) - cost(messages(system, (), content))
    return min(dialogue - cost(messages("", (), content)), room)


def fitting_memory(earlier: Iterable[Turn], room: int) -> list[Turn]:
    """The newest turns (given newest first) of `room` tokens together, oldest first, none cut.

    If not even the newest fits, the end of its answer is taken.
    """
    fitting: list[Turn] = []
    for turn in earlier:
        size = cost(_turn_messages(turn))
        if size > room:
            if not fitting and room >= LEAST_TAIL:
                fitting.append(_cut(turn, room))
            break
        room -= size
        fitting.insert(0, turn)
    return fitting


def answer_tokens(wanted: int | None, context: int | None, sent: Messages) -> int | None:
    """How long the answer may be, beside what is sent; None: as long as the provider lets it."""
    if wanted is None or context is None:
        return wanted
    return min(wanted, max(context - cost(sent) - SPARE_TOKENS, min(LEAST_ANSWER, context)))


def cost(sent: Sequence[dict[str, Any]]) -> int:
    """Tokens that messages take, estimated."""
    return sum(
        MESSAGE_TOKENS
        + _content_tokens(message["content"])
        + sum(_tokens(json.dumps(call)) for call in message.get("tool_calls", ()))
        for message in sent
    )


def tools_cost(tools: Iterable[Tool]) -> int:
    """Tokens that it takes to describe tools, estimated."""
    return sum(_tokens(json.dumps(tool.function, ensure_ascii=False)) for tool in tools)


def _content_tokens(content: str | list[dict[str, Any]]) -> int:
    if isinstance(content, str):
        return _tokens(content)
    return sum(_tokens(part["text"]) if "text" in part else PICTURE_TOKENS for part in content)


def _with_files(
    text: str, attachments: Sequence[Attachment], shown: Shown
) -> str | list[dict[str, Any]]:
    """A message's content: a text or, when there is something to see, a list of parts."""
    parts = [shown.parts[file.file_id] for file in attachments if file.file_id in shown.parts]
    left_out = [f for f in attachments if f.file_id not in {*shown.parts, *shown.texts}]
    marks = [texts.left_out("" if f.kind == IMAGE else f.filename) for f in left_out]
    framed = [shown.texts[file.file_id] for file in attachments if file.file_id in shown.texts]
    whole = "\n".join([*framed, *marks, text])
    if not parts:
        return whole
    return [{"type": "text", "text": texts.with_parts(len(parts), whole)}, *parts]


def _turn_messages(turn: Turn, shown: Shown = NONE_SHOWN) -> Messages:
    return [
        {"role": "user", "content": _with_files(question(turn), turn.attachments, shown)},
        {"role": "assistant", "content": turn.answer or ""},
    ]


def _cut(turn: Turn, room: int) -> Turn:
    """The beginning of a question and the end of its answer: what one can go on from."""
    asked = _head(turn.question, room // 4)
    left = room - _tokens(asked) - 2 * MESSAGE_TOKENS - _tokens(texts.answer_tail(""))
    encoded = (turn.answer or "").encode(errors="replace")[-max(left, 1) * BYTES_A_TOKEN :]
    tail = encoded.decode(errors="ignore")
    return replace(turn, question=asked, quoted="", answer=texts.answer_tail(tail))


def _head(text: str, tokens: int) -> str:
    """The beginning of a text, of at most so many tokens."""
    return text.encode(errors="replace")[: max(tokens, 0) * BYTES_A_TOKEN].decode(errors="ignore")


def _tokens(text: str) -> int:
    return -(-len(text.encode(errors="replace")) // BYTES_A_TOKEN)
