"""What is wrong with the database's file or with its copy, for the bot's owner."""

from collections.abc import Mapping
from datetime import datetime

from texts.ru.counts import moment, notes_count

# By the kind of `db.FileError`; the facts are filled in.
UNUSABLE: Mapping[str, str] = {
    "read_only": "База не открылась: файл базы {path} доступен только для чтения. "
    "Разрешите запись в файл и его папку или укажите другой файл в DB_PATH.",
    "no_database": "База не открылась: {path} — не база SQLite или файл повреждён. "
    "Восстановите его из копии (python bot.py --restore ФАЙЛ) или укажите другой файл в DB_PATH.",
    "corrupt": "База не открылась: файл базы {path} повреждён. Восстановите его из копии "
    "(python bot.py --restore ФАЙЛ) или укажите другой файл в DB_PATH.",
    "busy": "База не открылась: база {path} занята другой программой. "
    "Закройте её и запустите бота снова.",
    "full": "База не открылась: на диске нет места для базы {path}. "
    "Освободите место и запустите бота снова.",
    "cannot_open": "База не открылась: не получается открыть файл базы {path}. "
    "Проверьте DB_PATH и права.",
    "io": "База не открылась: диск с базой {path} не читается или не пишется. "
    "Проверьте диск и место.",
    "other": "База не открылась: {reason} ({path}).",
    "no_access": "Не получается открыть файл базы {path}: {reason}. "
    "Проверьте DB_PATH и права на папку.",
    "no_lock": "Не получается создать файл рядом с базой {path}: {reason}. "
    "Проверьте DB_PATH и права на папку.",
    "newer": "База {path} создана более новой версией бота (версия базы {version}, "
    "эта программа знает {known}). Обновите программу.",
    "foreign": "{path} — база другой программы. Укажите в DB_PATH другой файл.",
}
NOT_COPIED: Mapping[str, str] = {
    **{kind: f"Копия не получилась. {sentence}" for kind, sentence in UNUSABLE.items()},
    "no_source": "Копировать нечего: базы {path} нет. Проверьте DB_PATH.",
    "exists": "Файл {path} уже есть, поверх него не пишу: назовите другой.",
    "no_target": "Не получается создать {path}: {reason}.",
}
NOT_RESTORED: Mapping[str, str] = {
    **{kind: f"Не восстановлено, база прежняя. {sentence}" for kind, sentence in UNUSABLE.items()},
    **{
        kind: f"Не восстановлено, база прежняя. {sentence}"
        for kind, sentence in {
            "no_copy": "Копии {path} нет. Проверьте имя файла.",
            "same": "{path} — это и есть база бота. Назовите файл копии.",
            "corrupt": "Копия {path} повреждена. Возьмите другую.",
            "no_database": "{path} — не база SQLite или файл повреждён. Возьмите другую копию.",
            "foreign": "{path} — не копия базы этого бота. Проверьте имя файла.",
            "newer": "Копия {path} сделана более новой версией бота (версия базы {version}, эта "
            "программа знает {known}). Обновите программу.",
            "full": "На диске нет места. Освободите его и повторите.",
            "cannot_open": "Не получается открыть {path}. Проверьте права.",
            "not_written": "Рядом с {path} не получается записать: {reason}. Проверьте права и "
            "место на диске.",
        }.items()
    },
}


def unusable(kind: str, facts: Mapping[str, object]) -> str:
    return UNUSABLE[kind].format(**facts)


def not_copied(kind: str, facts: Mapping[str, object]) -> str:
    return NOT_COPIED[kind].format(**facts)


def not_restored(kind: str, facts: Mapping[str, object]) -> str:
    return NOT_RESTORED[kind].format(**facts)


def restored(copy: object, path: object, notes: int | None, kept: object | None) -> str:
    """`notes` are those in the copy, `kept` is where the former database is now."""
    held = f" ({notes_count(notes)})" if notes is not None else ""
    former = f"\nПрежняя база цела: {kept}" if kept else ""
    return f"База {path} восстановлена из копии {copy}{held}.{former}\nЗапустите бота."


def already_running(path: object) -> str:
    return (
        f"С базой {path} уже работает другой запущенный бот. Остановите его "
        "или укажите другой файл в DB_PATH."
    )


def backup_written(path: object) -> str:
    return f"Копия базы: {path}"


def backup_caption(made_at: datetime) -> str:
    return (
        f"Копия базы на {moment(made_at)}. В ней заметки всех людей: храните её там, где нет чужих. "
        "Как восстановить, сказано в docs/backup.md."
    )


def backup_too_big(megabytes: int) -> str:
    return (
        f"База занимает {megabytes} МБ, а Telegram берёт файлы до 50 МБ. "
        "Скопируйте её на машине бота: python bot.py --backup notes-copy.db"
    )


DUE_BACKUPS_AGAIN = "✅ Копии по расписанию снова получаются."


def no_due_backup(reason: str) -> str:
    return f"⚠️ Копия по расписанию не получилась: {reason} Попробую снова, и скажу, когда выйдет."


def too_big_for_telegram(megabytes: int) -> str:
    return (
        f"база занимает {megabytes} МБ, а Telegram берёт файлы до 50 МБ. "
        "Укажите папку для копий в BACKUP_DIR и перезапустите бота."
    )


def system_said(reason: str) -> str:
    return f"«{reason}». Проверьте место на диске и BACKUP_DIR, подробности в журнале."


def lost(path: object) -> str:
    """The file was deleted or replaced while the bot was at work."""
    return (
        f"⚠️ Файл базы {path} удалён или заменён, пока я работал. Новых сообщений не принимаю: "
        "сутки они ждут в Telegram. Верните файл на место, и я продолжу. Если его больше нет, "
        "остановите меня, восстановите базу из копии и запустите меня снова."
    )


BACK = "✅ Файл базы снова на месте, принимаю всё, что ждало."
