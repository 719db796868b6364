"""Lists of notes: /note_list, /note_find, /note_tags, and the buttons that turn their pages."""

import re
from dataclasses import replace

from handlers.context import App
from handlers.formatting import RichText, preview
from handlers.notes import cards
from handlers.parsing import whole
from handlers.types import Button, Reply, Request
from storage.note_rows import Note
from storage.paging import Page, PageTurn, Place
from storage.search import Query
from texts import failures as texts
from texts import notes as texts_notes

LIST_DEFAULT = 10
LIST_MOST = 50
FOUND_SIZE = 10
FOUND_ROOM = 250  # units of a note around the hit
PAGE_UNITS = 3900  # a page is one message, or it could not be edited
ROW_UNITS = 40  # the head of a note and the blank line before it
QUERY_SHOWN = 100
TAGS_SHOWN = 100
TAG_SHOWN = 32
BUTTONS_IN_ROW = 5
TURN = re.compile(r"(\d{1,9}):([<>])(p?)(\d{1,9})", re.ASCII)


def list_(app: App, request: Request) -> Reply:
    """/note_list [N]: the pinned notes, then the newest, N on a page."""
    size = whole(request.args, LIST_DEFAULT, LIST_MOST)
    if size is None:
        return Reply(texts_notes.list_limit_wrong(LIST_MOST))
    return _list_page(app, request, size, None)


def find(app: App, request: Request) -> Reply:
    """/note_find <words>: notes that contain all of them, newest first."""
    query = request.args.strip()
    if not query:
        return Reply(texts_notes.FIND_EMPTY)
    page = app.search.find(request.user_id, query, FOUND_SIZE)
    number = app.search.remember(request.user_id, query) if page.older else 0
    return _found_page(app, query, page, number)


def tags(app: App, request: Request) -> Reply:
    """/note_tags: all tags, the most used first."""
    found = app.search.tags(request.user_id)
    if not found:
        return Reply(texts_notes.TAGS_NONE)
    rows = [
        texts_notes.tag_row(preview(tag, TAG_SHOWN), notes) for tag, notes in found[:TAGS_SHOWN]
    ]
    more = [texts_notes.tags_more(len(found) - TAGS_SHOWN)] if len(found) > TAGS_SHOWN else []
    return Reply(
        "\n".join([texts_notes.tags_head(len(found)), "", *rows, *more, "", texts_notes.TAGS_HOW])
    )


def press_list(app: App, request: Request) -> Reply:
    """◀ and ▶ under a list."""
    turn = TURN.fullmatch(request.args)
    if turn is None or not 1 <= int(turn[1]) <= LIST_MOST:
        return Reply(toast=texts.OLD_BUTTON)
    return replace(_list_page(app, request, int(turn[1]), _turn(turn)), edit=True)


def press_find(app: App, request: Request) -> Reply:
    """◀ and ▶ under what was found."""
    turn = TURN.fullmatch(request.args)
    query = app.search.recall(request.user_id, int(turn[1])) if turn else None
    if turn is None or query is None:
        return Reply(toast=texts.OLD_BUTTON)
    page = app.search.find(request.user_id, query, FOUND_SIZE, _turn(turn))
    return replace(_found_page(app, query, page, int(turn[1])), edit=True)


def _list_page(app: App, request: Request, size: int, turn: PageTurn | None) -> Reply:
    page = app.notes.page(request.user_id, size, turn)
    if not page.notes:
        return Reply(texts_notes.NOTES_NONE)
    rich = RichText()
    rich.add(texts_notes.notes_list_head(app.notes.count(request.user_id)))
    room = PAGE_UNITS // len(page.notes) - ROW_UNITS
    for note in page.notes:
        rich.add(f"\n\n{cards.head_of(app, note)}\n")
        rich.add(preview(cards.body_of(note), room))
    return Reply(rich.text, rich.entities, _buttons(page, f"list:{size}"))


def _found_page(app: App, query: str, page: Page, number: int) -> Reply:
    shown = preview(query, QUERY_SHOWN)
    if not page.notes:
        return Reply(texts_notes.found_none(shown))
    whole_result = not page.newer and not page.older
    rich = RichText()
    rich.add(
        texts_notes.found_head(len(page.notes)) if whole_result else texts_notes.found_many(shown)
    )
    words = Query.of(query).words
    for note in page.notes:
        rich.add(f"\n\n{cards.head_of(app, note)}\n")
        rich.add_excerpt(note.text, words, FOUND_ROOM)
    return Reply(rich.text, rich.entities, _buttons(page, f"find:{number}"))


def _buttons(page: Page, kind: str) -> tuple[tuple[Button, ...], ...]:
    """A button for each note, and the arrows where there is a page to turn to."""
    opening = [Button(texts_notes.note_button(n.number), f"note:{n.number}") for n in page.notes]
    rows = [
        tuple(opening[at : at + BUTTONS_IN_ROW]) for at in range(0, len(opening), BUTTONS_IN_ROW)
    ]
    arrows = []
    if page.newer:
        arrows.append(Button(texts_notes.BUTTON_NEWER, f"{kind}:<{_place(page.notes[0])}"))
    if page.older:
        arrows.append(Button(texts_notes.BUTTON_OLDER, f"{kind}:>{_place(page.notes[-1])}"))
    return (*rows, tuple(arrows)) if arrows else tuple(rows)


def _place(note: Note) -> str:
    return f"{'p' if note.pinned else ''}{note.number}"


def _turn(found: re.Match[str]) -> PageTurn:
    return PageTurn(older=found[2] == ">", place=Place(bool(found[3]), int(found[4])))
