"""The table of commands, buttons and jobs: routing, /help and the command menu are made of it."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import texts
from handlers import (
    chat,
    models,
    note_capture,
    note_files,
    note_pages,
    note_stats,
    notes,
)
from handlers.app import App
from handlers.exchange import Reply, Request

Handler = Callable[[App, Request], Reply]


@dataclass(frozen=True)
class Command:
    """`writes`: the handler changes the database and runs in a transaction of its own."""

    name: str
    usage: str
    summary: str
    handler: Handler
    writes: bool = False


@dataclass(frozen=True)
class ButtonKind:
    """Buttons whose data begins with `prefix` and a colon."""

    prefix: str
    handler: Handler
    writes: bool = False


@dataclass(frozen=True)
class JobKind:
    """Long work: `action` is what Telegram shows while it is done."""

    name: str
    handler: Callable[[App, Request, dict[str, Any]], Reply]
    action: str


def help_(app: App, request: Request) -> Reply:
    """/start and /help."""
    rows = (f"/{c.name} {c.usage}".rstrip() + f" — {c.summary}" for c in COMMANDS)
    return Reply("\n".join([texts.GREETING, *rows, "", texts.HELP_END]))


def unknown_command(app: App, request: Request) -> Reply:
    """A command that is not in the table, its name in `args`."""
    names = [command.name for command in COMMANDS]
    close = difflib.get_close_matches(request.args.lower(), names, n=1)
    return Reply(texts.unknown_command(request.args, close[0] if close else None))


def plain_text(app: App, request: Request) -> Reply:
    """A text that is no command."""
    return Reply(texts.PLAIN_TEXT)


def not_text(app: App, request: Request) -> Reply:
    """A sticker, a picture without a caption and the like."""
    return Reply(texts.NOT_TEXT)


COMMANDS: tuple[Command, ...] = (
    Command("start", "", "с чего начать", help_),
    Command("help", "", "список команд", help_),
    Command("note_add", "<текст>", "сохранить заметку", note_capture.add, writes=True),
    Command("note_list", "[N]", "заметки, по N на странице", note_pages.list_),
    Command("note_find", "<слова или #тег>", "найти в заметках", note_pages.find),
    Command("note_tags", "", "теги в заметках", note_pages.tags),
    Command("note", "<номер>", "заметка целиком", notes.show),
    Command("note_edit", "<номер> <текст>", "изменить заметку", notes.edit, writes=True),
    Command("note_del", "<номер>", "удалить заметку", notes.delete, writes=True),
    Command("note_count", "", "сколько заметок", notes.count),
    Command("note_export", "[txt|md|json]", "все заметки файлом", note_files.export),
    Command("note_stats", "[дней]", "заметки по дням на картинке", note_stats.stats),
    Command("models", "", "какие есть модели", models.list_, writes=True),
    Command("model", "[ID]", "какая модель отвечает, сменить", models.model, writes=True),
    Command("ask", "<вопрос>", "спросить модель", chat.ask),
)
BUTTONS: tuple[ButtonKind, ...] = (
    ButtonKind("list", note_pages.press_list),
    ButtonKind("find", note_pages.press_find),
    ButtonKind("note", notes.show),
    ButtonKind("edit", notes.press_edit),
    ButtonKind("del", notes.press_delete, writes=True),
    ButtonKind("undo", notes.press_undo, writes=True),
    ButtonKind("pin", notes.press_pin, writes=True),
    ButtonKind("save", note_capture.press_save, writes=True),
    ButtonKind("model", models.press, writes=True),
)
JOBS: dict[str, JobKind] = {
    job.name: job
    for job in (
        JobKind("export", note_files.make_export, "upload_document"),
        JobKind("import", note_files.make_import, "typing"),
        JobKind("stats", note_stats.make_picture, "upload_photo"),
        JobKind("question", chat.answer, "typing"),
    )
}
