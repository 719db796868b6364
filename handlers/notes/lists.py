"""Lists of notes: /note_list, /note_find, /note_tags, and the buttons that turn their pages."""

import re
from dataclasses import replace

from entities import addresses
from handlers.buttons import Rows, arrows, button, in_rows
from handlers.context import App
from handlers.formatting import RichText, preview
from handlers.notes import cards
from handlers.parsing import number, whole
from handlers.types import Reply, Request
from storage.folding import fold
from storage.note_rows import Note
from storage.paging import Page, PageTurn, Place
from storage.search import Query
from texts import buttons as texts_buttons
from texts import notes as texts_notes

LIST_DEFAULT = 10
LIST_MOST = 50
FOUND_SIZE = 10
FOUND_ROOM = 250  # units of a note around the hit
PAGE_UNITS = 3900  # a page is one message, or it could not be edited
ROW_UNITS = 40  # the head of a note and the blank line before it
QUERY_SHOWN = 100
TAGS_SIZE = 20
TAGS_IN_ROW = 2
TAG_SHOWN = 32
BUTTONS_IN_ROW = 5
TURN = re.compile(r"([<>])(p?)(\d{1,9})", re.ASCII)


def list_(app: App, request: Request) -> Reply:
    """/note_list [N]: the pinned notes, then the newest, N on a page; words are looked for."""
    given = request.args.strip()
    if given and not given.lstrip("+-").isdigit():
        return find(app, request)
    size = whole(request.args, LIST_DEFAULT, LIST_MOST)
    if size is None:
        return Reply(texts_notes.list_limit_wrong(LIST_MOST))
    return _list_page(app, request, size, None)


def find(app: App, request: Request) -> Reply:
    """/note_find <words>: notes that contain all of them, newest first."""
    query = request.args.strip()
    return _found(app, request.user_id, query) if query else Reply(texts_notes.FIND_EMPTY)


def tags(app: App, request: Request) -> Reply:
    """/note_tags: all tags as buttons, the most used first."""
    return _tags_page(app, request, 0)


def press_tags(app: App, request: Request, page: int) -> Reply:
    """◀ and ▶ under the tags."""
    return replace(_tags_page(app, request, page), edit=True)


def press_tag(app: App, request: Request, tag: str) -> Reply:
    """A tag: the notes that have it."""
    return _found(app, request.user_id, tag) if tag.strip() else Reply(toast=texts_buttons.OLD)


def press_list(app: App, request: Request, size: int, turn: PageTurn) -> Reply:
    """◀ and ▶ under a list."""
    return replace(_list_page(app, request, size, turn), edit=True)


def press_find(app: App, request: Request, query_number: int, turn: PageTurn) -> Reply:
    """◀ and ▶ under what was found."""
    query = app.search.recall(request.user_id, query_number)
    if query is None:
        return Reply(toast=texts_buttons.OLD)
    page = app.search.find(request.user_id, query, FOUND_SIZE, turn)
    return replace(_found_page(app, request.user_id, query, page, query_number), edit=True)


def page_size(text: str) -> int:
    """How many notes a list's button shows; ValueError for what no list has."""
    return number(text, most=LIST_MOST)


def page_turn(text: str) -> PageTurn:
    """To which side of which note a button turns: `>p5` means after #5, which is pinned.

    Raises:
        ValueError: it is none.
    """
    found = TURN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return PageTurn(older=found[1] == ">", place=Place(bool(found[2]), int(found[3])))


def _list_page(app: App, request: Request, size: int, turn: PageTurn | None) -> Reply:
    page = app.notes.page(request.user_id, size, turn)
    if not page.notes:
        return Reply(texts_notes.NOTES_NONE)
    rich = RichText()
    clock = app.clock_of(request.user_id)
    rich.add(texts_notes.notes_list_head(app.notes.count(request.user_id)))
    room = PAGE_UNITS // len(page.notes) - ROW_UNITS
    for note in page.notes:
        rich.add(f"\n\n{cards.head_of(clock, note)}\n")
        rich.add(preview(cards.body_of(note), room))
    return Reply(rich.text, rich.entities, _buttons(page, "list", size))


def _tags_page(app: App, request: Request, page: int) -> Reply:
    """A page of tags, the last if too far; those that no button can carry stand in the text."""
    found = app.search.tags(request.user_id)
    if not found:
        return Reply(texts_notes.TAGS_NONE)
    pages = -(-len(found) // TAGS_SIZE)
    page = min(page, pages - 1)
    keys, lines = [], [texts_notes.tags_head(len(found)), texts_notes.TAGS_HOW]
    for tag, notes in found[page * TAGS_SIZE :][:TAGS_SIZE]:
        try:
            words = texts_notes.tag_button(preview(tag, TAG_SHOWN), notes)
            keys.append(button(words, "tag", tag))
        except ValueError:
            lines.append(texts_notes.tag_row(preview(tag, QUERY_SHOWN), notes))
    if pages > 1:
        lines.append(texts_buttons.page_of(page + 1, pages))
    rows = in_rows(keys, TAGS_IN_ROW) + arrows("tags", page, pages)
    return Reply("\n".join(lines), buttons=rows)


def _found(app: App, user_id: int, query: str) -> Reply:
    page = app.search.find(user_id, query, FOUND_SIZE)
    query_number = app.search.remember(user_id, query) if page.older else 0
    return _found_page(app, user_id, query, page, query_number)


def _found_page(app: App, user_id: int, query: str, page: Page, query_number: int) -> Reply:
    shown = preview(query, QUERY_SHOWN)
    if not page.notes:
        return Reply(texts_notes.found_none(shown))
    whole_result = not page.newer and not page.older
    rich = RichText()
    rich.add(
        texts_notes.found_head(len(page.notes)) if whole_result else texts_notes.found_many(shown)
    )
    words = Query.of(query).words
    clock = app.clock_of(user_id)
    for note in page.notes:
        rich.add(f"\n\n{cards.head_of(clock, note)}\n")
        rich.add_excerpt(_found_in(note, words), words, FOUND_ROOM)
    return Reply(rich.text, rich.entities, _buttons(page, "find", query_number))


def _found_in(note: Note, words: list[str]) -> str:
    """What is shown of a note that was found; its hidden links only if a word is in one."""
    links = [url for url in addresses(note.entities) if any(word in fold(url) for word in words)]
    return "\n".join([cards.body_of(note), *links])


def _buttons(page: Page, action: str, of: int) -> Rows:
    """A button for each note, and the arrows where there is a page to turn to."""
    opening = [button(texts_notes.note_button(n.number), "note", n.number) for n in page.notes]
    turns = []
    if page.newer:
        turns.append(button(texts_buttons.BACK, action, of, f"<{_place(page.notes[0])}"))
    if page.older:
        turns.append(button(texts_buttons.FORWARD, action, of, f">{_place(page.notes[-1])}"))
    return in_rows(opening, BUTTONS_IN_ROW) + in_rows(turns, 2)


def _place(note: Note) -> str:
    """A note's place in a list, as `page_turn` reads it."""
    return f"{'p' if note.pinned else ''}{note.number}"
