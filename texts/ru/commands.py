"""What the commands are called for in /help and in the menus: what follows each, what it does."""

# name: (what follows it, what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("", "с чего начать"),
    "help": ("", "список команд"),
    "note_add": ("<текст>", "сохранить заметку"),
    "note_list": ("[N]", "заметки, по N на странице"),
    "note_find": ("<слова или #тег>", "найти в заметках"),
    "note_tags": ("", "теги в заметках"),
    "note": ("<номер>", "заметка целиком"),
    "note_edit": ("<номер> [текст]", "изменить заметку"),
    "note_del": ("<номер>", "удалить заметку"),
    "note_count": ("", "сколько заметок"),
    "note_export": ("[txt|md|json|zip]", "все заметки файлом"),
    "note_stats": ("[дней]", "заметки по дням на картинке"),
    "remind": ("<когда> <о чём>", "напомнить"),
    "reminders": ("", "какие напоминания ждут"),
    "digest": ("[ЧЧ:ММ|off]", "сводка дня по утрам"),
    "timezone": ("[город]", "часовой пояс"),
    "models": ("[слово]", "какие есть модели"),
    "model": ("[ID]", "какая модель отвечает, сменить"),
    "note_ask": ("<вопрос>", "ответить по моим заметкам"),
    "ask": ("<вопрос>", "спросить модель"),
    "new": ("", "начать разговор заново"),
    "stop": ("", "остановить ответ"),
    "mode": ("[стиль]", "как отвечать: выбрать стиль"),
    "model_default": ("<ID>", "модель для всех, кто не выбрал свою"),
    "models_update": ("", "обновить список моделей"),
    "limits": ("", "сколько осталось на ключе OpenRouter"),
    "usage": ("", "сколько вопросов и токенов"),
    "settings": ("", "язык, модель, стиль и другое"),
    "tools": ("", "что модель может делать для вас"),
    "users": ("", "кто может мне писать"),
    "allow": ("<id|@имя>", "впустить человека"),
    "deny": ("<id|@имя>", "закрыть доступ"),
    "backup": ("", "копия базы файлом"),
}


def help_row(name: str) -> str:
    """A command with what follows it and what it does, as /help shows it."""
    usage, summary = COMMANDS[name]
    return f"/{name} {usage}".rstrip() + f" — {summary}"
