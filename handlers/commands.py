"""The table of commands, buttons and tasks: routing, /help and the command menu are made of it."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from handlers import access, backup, key_status, models, people, questions, quota, styles
from handlers.context import App, Handler
from handlers.notes import capture, files, lists, single, stats
from handlers.types import Answer, Reply, Request
from texts import help as texts


@dataclass(frozen=True)
class Command:
    """`writes`: the handler changes the database and runs in a transaction of its own.

    What is `owner_only` is refused to others, and they are not shown it.
    """

    name: str
    usage: str
    summary: str
    handler: Handler
    writes: bool = False
    owner_only: bool = False


@dataclass(frozen=True)
class ButtonKind:
    """Buttons whose data begins with `prefix` and a colon."""

    prefix: str
    handler: Handler
    writes: bool = False
    owner_only: bool = False


@dataclass(frozen=True)
class TaskKind:
    """Work outside the transaction: `action` is what Telegram shows while it is done.

    With `grows` the handler returns an Answer, which can be seen growing. What is `timed` may wait
    for a moment far ahead; other kinds wait for seconds at the most.
    """

    name: str
    handler: Callable[[App, Request, dict[str, Any]], Reply | Answer]
    action: str = ""
    grows: bool = False
    owner_only: bool = False
    timed: bool = False


def shown(*, to_owner: bool) -> tuple[Command, ...]:
    """The commands somebody is told about."""
    return tuple(command for command in COMMANDS if to_owner or not command.owner_only)


def help_(app: App, request: Request) -> Reply:
    """/start and /help."""
    to_owner = access.is_owner(app, request.user_id)
    rows = (f"/{c.name} {c.usage}".rstrip() + f" — {c.summary}" for c in shown(to_owner=to_owner))
    return Reply(
        "\n".join([texts.GREETING, *rows, "", texts.HELP_END]),
        # Their chat may have come to be just now, and with it the place for a menu.
        after=(lambda: app.hooks.owner_came(request.user_id)) if to_owner else None,
    )


def unknown_command(app: App, request: Request) -> Reply:
    """A command that is not in the table, its name in `args`."""
    to_owner = access.is_owner(app, request.user_id)
    names = [command.name for command in shown(to_owner=to_owner)]
    close = difflib.get_close_matches(request.args.lower(), names, n=1)
    return Reply(texts.unknown_command(request.args, close[0] if close else None))


def edited(app: App, request: Request) -> Reply:
    """A message was edited: the note made of it says the same, the question is asked anew."""
    if app.notes.made_of(request.user_id, (request.chat_id, request.message_id)) is not None:
        return capture.edited(app, request)
    return questions.edited(app, request)


def not_text(app: App, request: Request) -> Reply:
    """A sticker, a picture without a caption and the like."""
    return Reply(texts.NOT_TEXT)


COMMANDS: tuple[Command, ...] = (
    Command("start", "", "с чего начать", help_),
    Command("help", "", "список команд", help_),
    Command("note_add", "<текст>", "сохранить заметку", capture.add, writes=True),
    Command("note_list", "[N]", "заметки, по N на странице", lists.list_),
    Command("note_find", "<слова или #тег>", "найти в заметках", lists.find),
    Command("note_tags", "", "теги в заметках", lists.tags),
    Command("note", "<номер>", "заметка целиком", single.show),
    Command("note_edit", "<номер> <текст>", "изменить заметку", single.edit, writes=True),
    Command("note_del", "<номер>", "удалить заметку", single.delete, writes=True),
    Command("note_count", "", "сколько заметок", single.count),
    Command("note_export", "[txt|md|json]", "все заметки файлом", files.export),
    Command("note_stats", "[дней]", "заметки по дням на картинке", stats.stats),
    Command("models", "[слово]", "какие есть модели", models.list_, writes=True),
    Command("model", "[ID]", "какая модель отвечает, сменить", models.model, writes=True),
    Command("note_ask", "<вопрос>", "ответить по моим заметкам", questions.note_ask, writes=True),
    Command("ask", "<вопрос>", "спросить модель", questions.ask, writes=True),
    Command("new", "", "начать разговор заново", questions.new, writes=True),
    Command("stop", "", "остановить ответ", questions.stop),
    Command("mode", "[стиль]", "как отвечать: выбрать стиль", styles.mode, writes=True),
    Command(
        "model_default",
        "<ID>",
        "модель для всех, кто не выбрал свою",
        models.default,
        writes=True,
        owner_only=True,
    ),
    Command("models_update", "", "обновить список моделей", models.update, owner_only=True),
    Command(
        "limits", "", "сколько осталось на ключе OpenRouter", key_status.limits, owner_only=True
    ),
    Command("usage", "", "сколько вопросов и токенов", quota.usage),
    Command("users", "", "кто может мне писать", people.users, owner_only=True),
    Command("allow", "<id|@имя>", "впустить человека", people.allow, writes=True, owner_only=True),
    Command("deny", "<id|@имя>", "закрыть доступ", people.deny, writes=True, owner_only=True),
    Command("backup", "", "копия базы файлом", backup.backup, owner_only=True),
)
BUTTONS: tuple[ButtonKind, ...] = (
    ButtonKind("list", lists.press_list),
    ButtonKind("find", lists.press_find),
    ButtonKind("note", single.show),
    ButtonKind("edit", single.press_edit),
    ButtonKind("del", single.press_delete, writes=True),
    ButtonKind("undo", single.press_undo, writes=True),
    ButtonKind("pin", single.press_pin, writes=True),
    ButtonKind("save", capture.press_save, writes=True),
    ButtonKind("model", models.press, writes=True),
    ButtonKind("mode", styles.press, writes=True),
    ButtonKind("stop", questions.stop_button),
    ButtonKind("again", questions.again, writes=True),
    ButtonKind("keep", questions.keep, writes=True),
    ButtonKind("models", models.turn),
    ButtonKind("allow", people.press_allow, writes=True, owner_only=True),
    ButtonKind("deny", people.press_deny, writes=True, owner_only=True),
)
TASKS: dict[str, TaskKind] = {
    task.name: task
    for task in (
        TaskKind("export", files.make_export, "upload_document"),
        TaskKind("import", files.make_import, "typing"),
        TaskKind("stats", stats.make_picture, "upload_photo"),
        TaskKind("question", questions.answer, grows=True),
        TaskKind("queue_notice", questions.queue_notice),
        TaskKind("models_update", models.make_update, "typing", owner_only=True),
        TaskKind("limits", key_status.fetch, "typing", owner_only=True),
        TaskKind("backup", backup.make, "upload_document", owner_only=True),
    )
}
