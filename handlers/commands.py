"""The tables of what people can do: routing, /help and the command menus are made of them.

A new command is one row of COMMANDS and its words in `texts.commands`.
"""

import difflib
import re
from dataclasses import replace
from functools import partial

import config
import zones
from handlers import (
    access,
    at_once,
    attachments,
    backup,
    digest,
    effects,
    key_status,
    model_choice,
    models,
    owner_settings,
    people,
    preferences,
    questions,
    quota,
    styles,
    timezone,
    tools,
    voice,
    waiting,
)
from handlers.actions import Action as Action
from handlers.actions import TaskKind as TaskKind
from handlers.buttons import button, in_rows
from handlers.context import App, Handler
from handlers.notes import (
    capture,
    files,
    gathering,
    lists,
    packing,
    single,
    stats,
    unpacking,
)
from handlers.parsing import number, page_number
from handlers.reminders import lists as reminder_lists
from handlers.reminders import moving, replies, saying, setting
from handlers.types import Button, Reply, Request
from texts import buttons as texts_buttons
from texts import commands as words
from texts import help as texts
from texts import reminders as texts_reminders
from utf16 import head

NAME_SHOWN = 64  # of a command that there is not
SECTIONS_IN_ROW = 2


def shown(*, to_owner: bool = False, in_group: bool = False) -> list[tuple[str, str]]:
    """The commands that somebody can use there, each with what it does."""
    return [
        (row.name, words.COMMANDS[row.name][1])
        for row in COMMANDS
        if (to_owner or not row.owner_only) and not (in_group and is_kept_from_groups(row))
    ]


def is_kept_from_groups(row: Action) -> bool:
    """Whether it is done in private chats only."""
    return row.private_only or row.owner_only


def start(app: App, request: Request) -> Reply:
    """/start: a greeting of a few lines, with what people come for as buttons."""
    if not request.private:
        return added(app, request)
    is_owner = access.is_owner(app, request.user_id)
    lines = [texts.GREETING, *([texts.GREETING_TO_OWNER] if is_owner else [])]
    keys = [button(words, "menu", name) for name, words in texts.MENU.items()]
    has_own_menu = is_owner or app.preferences.of(request.user_id).language is not None
    return Reply(
        "\n".join(lines),
        buttons=in_rows(keys, SECTIONS_IN_ROW),
        # Perhaps their first message: only now is there a chat to show their own menu in.
        after=(lambda: app.hooks.menu_due(request.user_id)) if has_own_menu else None,
    )


def added(app: App, request: Request) -> Reply:
    """The bot came into a group, or is greeted there: how to ask it."""
    to_help = button(texts.MENU["help"], "help")
    return Reply(texts.GREETING_IN_GROUP, buttons=((to_help,),))


def press_menu(app: App, request: Request, name: str) -> Reply:
    """A button under the greeting."""
    opened = MENU.get(name)
    return opened(app, request) if opened else Reply(toast=texts_buttons.OLD)


def help_(app: App, request: Request) -> Reply:
    """/help: the sections, as buttons that open in the same message."""
    sections = [key for key in texts.SECTIONS if _in_section(app, request, key)]
    keys = [button(texts.SECTIONS[key], "help", key) for key in sections]
    head = texts.HELP_IN_PRIVATE if request.private else texts.GREETING_IN_GROUP
    return Reply(head, buttons=in_rows(keys, SECTIONS_IN_ROW))


def press_help(app: App, request: Request, section: str) -> Reply:
    """A section of the help: its commands; without one, all sections."""
    if not section:
        return replace(help_(app, request), edit=True)
    names = _in_section(app, request, section)
    if not names:
        return Reply(toast=texts_buttons.OLD)
    lines = [texts.SECTIONS[section], "", *map(words.help_row, names)]
    if texts.SECTION_ENDS[section] and request.private:  # they tell of private chats
        lines += ["", texts.SECTION_ENDS[section]]
    return Reply("\n".join(lines), buttons=((button(texts.HELP_BACK, "help"),),), edit=True)


def _in_section(app: App, request: Request, section: str) -> list[str]:
    """The commands of a section that somebody can use there."""
    to_owner = access.is_owner(app, request.user_id)
    can_do = shown(to_owner=to_owner, in_group=not request.private)
    return [name for name, _ in can_do if _section_of(name) == section]


def _section_of(command: str) -> str:
    if command in {row.name for row in COMMANDS if row.owner_only}:
        return "owner"
    return next((key for key, names in SECTIONS.items() if command in names), "more")


def unknown_command(app: App, request: Request) -> Reply:
    """A command that is not in the table, or one with something clinging to it, in `args`."""
    can_do = shown(to_owner=access.is_owner(app, request.user_id))
    names = {name.replace("_", ""): name for name, _ in can_do}
    # /note-add,x, /NoteAdd and /noteadd are all note_add without its separators.
    typed = re.match(r"[a-z0-9_-]*", request.args.lower())
    plain = re.sub(r"[_-]", "", typed[0]) if typed else ""
    near = difflib.get_close_matches(plain, names, n=1)
    suggested = names[near[0]] if near else None
    return Reply(texts.unknown_command(head(request.args, NAME_SHOWN), suggested))


def as_written(handler: Handler) -> Handler:
    """The handler, to which an answer that is replied to is given as the model wrote it."""

    def given(app: App, request: Request) -> Reply:
        if request.replied is None or request.replied_turn is None:
            return handler(app, request)
        answer = app.turns.answer_in(request.chat_id, request.replied_turn)
        if not answer:
            return handler(app, request)
        replied = replace(request.replied, text=answer, markdown=True, entities=())
        return handler(app, replace(request, quoted=answer, replied=replied))

    return given


def edited(app: App, request: Request) -> Reply:
    """A message was edited: the note made of it says the same, the question is asked anew.

    Which reminder was made of it is not known.
    """
    if capture.made_of(app, request) is not None:
        return capture.edited(app, request)
    if at_once.is_reminder(request) and not questions.is_asked(app, request):
        return Reply(texts_reminders.EDITED, as_reply=True)
    return questions.edited(app, request)


def not_text(app: App, request: Request) -> Reply:
    """A sticker, a picture without a caption and the like."""
    return Reply(texts.NOT_TEXT)


def only_in_private(app: App, request: Request, link: str) -> Reply:
    """Something that a group is not shown, with a button to the chat where it is."""
    to_chat = Button(texts.OPEN_PRIVATE_CHAT, url=link)
    return Reply(texts.ONLY_IN_PRIVATE, buttons=((to_chat,),), toast=texts.ONLY_IN_PRIVATE)


def foreign_button(app: App, request: Request) -> Reply:
    """A button under what was said to somebody else."""
    return Reply(toast=texts_buttons.FOREIGN)


def old_button(app: App, request: Request) -> Reply:
    """A button of a version that is no more, or data that no version has made."""
    return Reply(toast=texts_buttons.OLD)


COMMANDS: tuple[Action, ...] = (
    Action("start", start),
    Action("help", help_),
    Action("note_add", as_written(capture.add), writes=True),
    Action("note_list", lists.list_, private_only=True),
    Action("note_find", lists.find, private_only=True),
    Action("note_tags", lists.tags, private_only=True),
    Action("note", as_written(single.note), writes=True, private_only=True),
    Action("note_edit", single.edit, writes=True),
    Action("note_del", single.delete, writes=True),
    Action("note_count", single.count, private_only=True),
    Action("note_export", files.export, private_only=True),
    Action("note_stats", stats.stats, private_only=True),
    Action("remind", setting.remind, writes=True),
    Action("reminders", reminder_lists.list_, private_only=True),
    Action("digest", digest.digest, writes=True, private_only=True),
    Action("timezone", timezone.timezone, writes=True),
    Action("models", model_choice.list_, writes=True),
    Action("model", models.model, writes=True),
    Action("note_ask", questions.note_ask, writes=True, private_only=True),
    Action("ask", as_written(voice.heard_first(questions.ask)), writes=True),
    Action("new", questions.new, writes=True),
    Action("stop", waiting.stop),
    Action("mode", styles.mode, writes=True),
    Action("model_default", models.default, writes=True, owner_only=True),
    Action("models_update", models.update, owner_only=True),
    Action("limits", key_status.limits, owner_only=True),
    Action("usage", quota.usage),
    Action("settings", preferences.show, writes=True, private_only=True),
    Action("tools", tools.list_, private_only=True),
    Action("users", people.users, owner_only=True),
    Action("allow", people.allow, writes=True, owner_only=True),
    Action("deny", people.deny, writes=True, owner_only=True),
    Action("backup", backup.backup, owner_only=True),
)
# The sections of /help beside the owner's; what stands in none of them is in "more".
SECTIONS: dict[str, tuple[str, ...]] = {
    "notes": tuple(row.name for row in COMMANDS if row.name.startswith("note")),
    "reminders": ("remind", "reminders", "timezone", "digest"),
    "questions": ("ask", "new", "stop", "mode", "usage", "tools"),
    "models": ("models", "model"),
}
# What stands under the greeting: the keys of `texts.help.MENU`.
MENU: dict[str, Handler] = {
    "notes": lists.list_,
    "models": model_choice.list_,
    "styles": styles.mode,
    "settings": preferences.show,
    "help": help_,
}
# What people type instead; in groups these may be meant for other bots and need our name.
ALIASES: dict[str, str] = {
    "add": "note_add", "save": "note_add", "note_new": "note_add", "new_note": "note_add",
    "notes": "note_list", "list": "note_list", "note_all": "note_list",
    "find": "note_find", "search": "note_find", "note_search": "note_find",
    "tags": "note_tags", "tag": "note_tags", "note_tag": "note_tags",
    "edit": "note_edit", "del": "note_del", "delete": "note_del", "note_delete": "note_del",
    "count": "note_count", "export": "note_export", "stats": "note_stats",
    "style": "mode", "styles": "mode", "modes": "mode",
    "commands": "help", "menu": "help", "cancel": "stop", "reset": "new", "clear": "new",
    "config": "settings", "options": "settings", "preferences": "settings",
    "language": "settings", "lang": "settings",
}  # fmt: skip
# Messages that are no command of ours, by the name of a test in routing: the first that fits.
MESSAGES: tuple[Action, ...] = (
    Action("added", added),
    Action("unknown_command", unknown_command),
    Action("answered", as_written(replies.answered), writes=True),
    Action("export", files.import_),
    Action("voice", voice.sent, writes=True),
    Action("file", attachments.sent, writes=True),
    Action("album", attachments.joined, writes=True, quiet=True),
    Action("forwarded", gathering.sent, writes=True),
    Action("unreadable", attachments.unreadable),
    Action("worth_keeping", gathering.sent, writes=True),
    Action("mention", as_written(voice.heard_first(questions.ask)), writes=True),
    Action("question", as_written(voice.plain_text), writes=True),
    Action("not_text", not_text),
)
# Buttons under messages about a reminder: a reply to one may be another time for it.
ANSWERED = ("remind_edit", "remind_done", *replies.ASKING)
EDITED = Action("edited", as_written(edited), writes=True)
BUTTONS: tuple[Action, ...] = (
    Action("menu", press_menu, writes=True, private_only=True, fields=(str,)),
    Action("help", press_help, fields=(str,)),
    Action("list", lists.press_list, private_only=True, fields=(lists.page_size, lists.page_turn)),
    Action("find", lists.press_find, private_only=True, fields=(number, lists.page_turn)),
    Action("tags", lists.press_tags, private_only=True, fields=(page_number,)),
    Action("tag", lists.press_tag, private_only=True, fields=(str,)),
    Action("note", single.press_open, private_only=True, fields=(number,)),
    Action("edit", single.press_edit, private_only=True, fields=(number,)),
    Action("del", single.press_delete, writes=True, fields=(number,)),
    Action("undo", single.press_undo, writes=True, fields=(number,)),
    Action("pin", single.press_pin, writes=True, private_only=True, fields=(number,)),
    Action("unedit", single.press_unedit, writes=True, fields=(number, number)),
    Action("save", capture.press_save, writes=True),
    Action("gathered", gathering.press_save, writes=True, fields=(number,)),
    Action("ungather", gathering.press_cancel, writes=True, fields=(number,)),
    Action("stop_pack", packing.stop),
    Action("model", model_choice.press, writes=True, fields=(number, page_number, str)),
    Action("models", model_choice.turn, fields=(page_number, str)),
    Action("remind_note", setting.press_note, private_only=True, fields=(number,)),
    Action(
        "remind_note_at",
        setting.press_note_at,
        writes=True,
        private_only=True,
        fields=(number, moving.choice),
    ),
    Action("remind_edit", moving.press_edit, fields=(number,)),
    Action("remind_to", moving.press_to, writes=True, fields=(number, moving.choice)),
    Action("remind_keep", moving.press_keep, fields=(number,)),
    Action("remind_open", moving.press_open, fields=(number,)),
    Action("remind_pause", moving.press_pause, writes=True, fields=(number,)),
    Action("remind_resume", moving.press_resume, writes=True, fields=(number,)),
    Action("remind_cancel", moving.press_cancel, writes=True, fields=(number,)),
    Action("remind_undo", moving.press_undo, writes=True, fields=(number,)),
    Action("remind_done", saying.press_done, writes=True, fields=(number,)),
    Action(
        "remind_snooze",
        saying.press_snooze,
        writes=True,
        fields=(number, number, saying.snooze_name),
    ),
    Action("zone", timezone.press, writes=True, fields=(zones.known,)),
    Action("reminders", reminder_lists.press_page, private_only=True, fields=(page_number,)),
    Action(
        "permit", models.press_permit, writes=True, owner_only=True, fields=(config.user_id, str)
    ),
    Action("mode", styles.press, writes=True, fields=(str,)),
    Action("settings", preferences.press, writes=True, private_only=True, fields=(str,)),
    Action("set", preferences.press_set, writes=True, private_only=True, fields=(str, str)),
    Action("owner_settings", owner_settings.press, writes=True, owner_only=True, fields=(str,)),
    Action("owner_set", owner_settings.press_set, writes=True, owner_only=True, fields=(str, str)),
    Action(
        "model_default",
        partial(model_choice.press, purpose=model_choice.FOR_ALL),
        writes=True,
        owner_only=True,
        fields=(number, page_number, str),
    ),
    Action(
        "models_default",
        partial(model_choice.turn, purpose=model_choice.FOR_ALL),
        writes=True,
        owner_only=True,
        fields=(page_number, str),
    ),
    Action("look", attachments.look, writes=True, fields=(number,)),
    Action("retell", attachments.retell, writes=True, fields=(number,)),
    Action("about", attachments.about, writes=True, fields=(number,)),
    Action("stop", waiting.stop_button, writes=True, fields=(number,)),
    Action("stop_all", waiting.stop_all, writes=True),
    Action("again", questions.again, writes=True, fields=(number,)),
    Action("unlimited", questions.again_unlimited, writes=True, fields=(number,)),
    Action("more", questions.go_on, writes=True, fields=(number,)),
    Action("keep_voice", voice.keep, writes=True, fields=(number,)),
    Action("keep", questions.keep, writes=True, fields=(number,)),
    Action("back", effects.back, writes=True, private_only=True, fields=(number,)),
    Action("do", effects.do, writes=True, private_only=True, fields=(number,)),
    Action("tools", tools.press, writes=True, private_only=True, fields=(tools.tool_name,)),
    Action("users", people.press_users, owner_only=True, fields=(page_number,)),
    Action("person", people.press_person, owner_only=True, fields=(config.user_id,)),
    Action("allow", people.press_allow, writes=True, owner_only=True, fields=(config.user_id,)),
    Action("deny", people.press_deny, writes=True, owner_only=True, fields=(config.user_id,)),
)
# What the bot has asked, by the kind of `types.Prompt`: the handler is given the answer.
PROMPTS: tuple[Action, ...] = (
    Action("note_edit", single.answer_edit, writes=True, fields=(number,)),
)
FOREIGN_BUTTON = Action("foreign", foreign_button)
OLD_BUTTON = Action("old", old_button)
TASKS: dict[str, TaskKind] = {
    task.name: task
    for task in (
        TaskKind("export", files.make_export, "upload_document"),
        TaskKind("import", files.make_import, "typing"),
        TaskKind("pack", packing.make_part, "upload_document", reports=True),
        TaskKind("unpack", unpacking.make_import, "typing", reports=True),
        TaskKind("stats", stats.make_picture, "upload_photo"),
        TaskKind("question", questions.answer, grows=True),
        TaskKind("transcribe", voice.transcribe, grows=True, lane="question"),
        TaskKind("gathering", attachments.gathered, gathers=True),
        TaskKind("quiet_album", attachments.forget_quiet),
        TaskKind("queue_notice", waiting.queue_notice),
        TaskKind(saying.REMINDER, saying.say, retried=True),
        TaskKind("models_update", models.make_update, "typing", owner_only=True),
        TaskKind("limits", key_status.fetch, "typing", owner_only=True),
        TaskKind("backup", backup.make, "upload_document", owner_only=True),
        TaskKind(backup.DUE, backup.make_due, owner_only=True, timed=True),
    )
}
