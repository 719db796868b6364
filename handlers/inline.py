"""Inline queries: `@bot words` in any chat shows one's own notes that fit, to be sent there.

Nothing is written down: a query lives for some seconds, and what comes of it is Telegram's.
"""

from dataclasses import dataclass

from entities import Entities, within
from handlers import access
from handlers.context import App
from handlers.formatting import RichText, preview
from handlers.notes import cards
from handlers.parsing import MOST_NOTE, number
from handlers.types import Attachment
from storage.note_rows import Note
from storage.paging import Page, PageTurn, Place
from storage.search import Query
from texts import inline as texts
from texts import notes as texts_notes
from utf16 import MESSAGE_UNITS, head, units

PAGE = 20
TITLE_UNITS, DESCRIPTION_UNITS = 60, 120


@dataclass(frozen=True)
class InlineQuery:
    """What somebody has typed after the bot's name; `offset` is the `next_offset` of an answer.

    `language` is what the person's Telegram speaks (IETF), "" when it does not say.
    """

    id: str
    user_id: int
    text: str
    offset: str = ""
    language: str = ""


@dataclass(frozen=True)
class InlineResult:
    """A note as it is offered, and what is sent when it is chosen: the file with the text, if any.

    With `markdown` the text has a model's marks, else `entities` are how Telegram formats it.
    """

    number: int
    title: str
    description: str
    text: str
    entities: Entities = ()
    markdown: bool = False
    file: Attachment | None = None


@dataclass(frozen=True)
class InlineAnswer:
    """A page of results; `next_offset` is empty on the last one.

    `button` stands above them and opens the chat with the bot; empty for none.
    """

    results: tuple[InlineResult, ...] = ()
    next_offset: str = ""
    button: str = ""


def answer(app: App, query: InlineQuery) -> InlineAnswer:
    """The notes that hold all words of a query; without words the newest."""
    if not access.has_access(app, query.user_id):
        return InlineAnswer(button=texts.OPEN)
    words = Query.of(query.text).words
    turn = _turn(query.offset)
    page = _page(app, query, turn, is_search=bool(words))
    if turn is None and not page.notes:
        return InlineAnswer(button=texts.NOTHING_FOUND if words else texts.NO_NOTES)
    results = tuple(_result(note, words) for note in page.notes)
    return InlineAnswer(results, str(page.notes[-1].number) if page.older else "")


def _turn(offset: str) -> PageTurn | None:
    """To the notes older than the one that an offset names."""
    try:
        return PageTurn(older=True, place=Place(False, number(offset, most=MOST_NOTE)))
    except ValueError:
        return None


def _page(app: App, query: InlineQuery, turn: PageTurn | None, *, is_search: bool) -> Page:
    if is_search:
        page = app.search.find(query.user_id, query.text, PAGE, turn)
    else:
        page = app.search.newest(query.user_id, PAGE, turn)
    is_first_again = turn is not None and page.notes and page.notes[0].number >= turn.place.number
    return Page([]) if is_first_again else page  # what came after it has been deleted meanwhile


def _result(note: Note, words: list[str]) -> InlineResult:
    shown = cards.text_of(note).strip()
    first, _, rest = shown.partition("\n")
    around = RichText()
    around.add_excerpt(" ".join((shown if words else rest).split()), words, DESCRIPTION_UNITS)
    named = cards.file_of(note).strip() or texts_notes.note_button(note.number)
    # More than this much of it fits into no message; marks make it shorter, never longer.
    text = head(note.text, MESSAGE_UNITS) if note.markdown else preview(note.text, MESSAGE_UNITS)
    return InlineResult(
        note.number,
        preview(first, TITLE_UNITS) or preview(named, TITLE_UNITS),
        around.text,
        text if shown or note.file else named,
        within(note.entities, 0, units(text)),
        note.markdown,
        note.file,
    )
