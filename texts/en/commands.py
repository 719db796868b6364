"""What the commands are called for in /help and in the menus: what follows each, what it does."""

# name: (what follows it, what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("", "where to begin"),
    "help": ("", "all commands"),
    "note_add": ("<text>", "save a note"),
    "note_list": ("[N]", "your notes, N on a page"),
    "note_find": ("<words or #tag>", "search your notes"),
    "note_tags": ("", "tags in your notes"),
    "note": ("<number>", "a whole note"),
    "note_edit": ("<number> [text]", "change a note"),
    "note_del": ("<number>", "delete a note"),
    "note_count": ("", "how many notes there are"),
    "note_export": ("[txt|md|json|zip]", "all notes as a file"),
    "note_stats": ("[days]", "notes by day, as a chart"),
    "remind": ("<when> <what>", "remind me"),
    "reminders": ("", "what is waiting"),
    "digest": ("[HH:MM|off]", "a digest each morning"),
    "timezone": ("[city]", "your time zone"),
    "models": ("[word]", "which models there are"),
    "model": ("[ID]", "which model answers, change it"),
    "note_ask": ("<question>", "answer from my notes"),
    "ask": ("<question>", "ask the model"),
    "new": ("", "begin a new conversation"),
    "stop": ("", "stop the answer"),
    "mode": ("[style]", "how to answer: choose a style"),
    "model_default": ("<ID>", "the model of all who have not chosen one"),
    "models_update": ("", "read the list of models again"),
    "limits": ("", "what is left on the OpenRouter key"),
    "usage": ("", "how many questions and tokens"),
    "settings": ("", "language, model, style and more"),
    "tools": ("", "what the model can do for you"),
    "users": ("", "who may write to me"),
    "allow": ("<id|@name>", "let somebody in"),
    "deny": ("<id|@name>", "shut somebody out"),
    "backup": ("", "a copy of the database as a file"),
}


def help_row(name: str) -> str:
    """A command with what follows it and what it does, as /help shows it."""
    usage, summary = COMMANDS[name]
    return f"/{name} {usage}".rstrip() + f" — {summary}"
