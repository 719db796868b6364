"""What `python bot.py --check` says of the machine: see `texts.doctor`."""

from datetime import datetime

from texts.ru.counts import moment

SETTINGS_RIGHT = "Настройки: ошибок нет"


def cured(mistake: str) -> str:
    line = mistake.replace("\n", " ").rstrip(".")
    return f"{line} → исправьте в .env или в окружении"


def zone(name: str, local: datetime) -> str:
    return f"Часовой пояс: {name}, сейчас {moment(local)}"


MACHINE_ZONE = "как на этой машине"
# --- the database

RUNNING = "Бот: работает на этой базе"
NOT_RUNNING = "Бот: сейчас не запущен"


def database_right(path: object, version: int, megabytes: float, whole: bool | None) -> str:
    state = "цела" if whole else "проверить целость не хватило времени"
    return f"База: {path}, версия {version}, {megabytes:.1f} МБ, {state}"


def database_old(version: int, known: int) -> str:
    return f"База: версия {version}, при запуске бот доведёт её до {known}"


def database_new(path: object) -> str:
    return f"База: {path} ещё нет, бот создаст её при запуске"


def database_unusable(sentences: str) -> str:
    """One of `texts.database.UNUSABLE`: the last sentence says what to do."""
    return " → ".join(sentences.rsplit(". ", 1))


def not_writable(path: object) -> str:
    return f"База: в {path} нельзя писать → дайте права или укажите другой файл в DB_PATH"


def no_folder(path: object) -> str:
    return f"База: папки {path} нет → создайте её или укажите другой файл в DB_PATH"


def room(megabytes: float) -> str:
    return f"Диск: свободно {megabytes:.0f} МБ"


def no_room(megabytes: float, needed: float) -> str:
    return f"Диск: свободно {megabytes:.0f} МБ → освободите хотя бы {needed:.0f} МБ"


def local_disk(kind: str) -> str:
    return f"Диск: местный ({kind})"


def network_disk(kind: str) -> str:
    return (
        f"Диск: база лежит на сетевом диске ({kind}), там она может испортиться → перенесите её "
        "на диск этой машины, DB_PATH"
    )


# --- people and files


def owner_known(user_id: int, source: str) -> str:
    return f"Владелец: id {user_id} ({source})"


OWNER_BY_START = "первым отправил /start"
OWNER_TO_COME = "Владелец: пока никто → отправьте боту /start первым или впишите OWNER_ID в .env"
OWNER_NOBODY = "Владелец: никто, и никто им не станет, потому что задан ALLOWED_USERS → впишите OWNER_ID в .env"


def private(files: str) -> str:
    return f"Права на файлы: другим закрыты ({files})"


def read_by_others(path: object) -> str:
    return f"Права на файлы: {path} могут прочитать другие → chmod 600 {path}"
