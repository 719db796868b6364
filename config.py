"""The settings: .env and the environment as one frozen value, every mistake reported together."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values, set_key

import texts

ENV_FILE = Path(".env")
MOST_USER_ID = (1 << 52) - 1  # Telegram: at most 52 significant bits


class ConfigError(Exception):
    """The settings hold mistakes; `mistakes` has a Russian sentence for each, for the owner."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Allowed:
    """Whom `ALLOWED_USERS` lets in; `names` are usernames in lower case, without the @."""

    ids: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids or self.names or self.everyone)


@dataclass(frozen=True)
class Settings:
    """Each field is the setting of the same name in capitals; `.env.example` explains them."""

    token: str = field(repr=False)
    openrouter_api_key: str = field(repr=False)
    owner_id: int  # 0: the first to come
    allowed_users: Allowed
    ask_per_minute: int  # 0: as many as one likes, and so below
    ask_per_day: int
    db_path: Path
    telegram_api_url: str
    openrouter_base_url: str
    max_tokens: int
    chat_threads: int
    question_threads: int
    timezone: ZoneInfo | None
    log_level: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log."""
        addresses = (self.telegram_api_url, self.openrouter_base_url)
        passwords = (urlsplit(address).password or "" for address in addresses)
        return tuple(filter(None, (self.token, self.openrouter_api_key, *passwords)))


def is_token(text: str) -> bool:
    """Whether a text has the shape of a bot's token."""
    return re.fullmatch(r"\d+:[\w-]+", text, re.ASCII) is not None


def _token(text: str) -> str:
    if text and not is_token(text):
        raise ValueError("должен выглядеть как 123456:ABC-def, его выдаёт @BotFather")
    return text


def _key(text: str) -> str:
    if not text.isascii() or any(sign.isspace() for sign in text):
        raise ValueError("ключ состоит из латинских букв, цифр и знаков без пробелов")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("должен быть адресом, который начинается с https:// или http://")
    return text.rstrip("/")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"должно быть целым числом от {least} до {most}")
        return int(text)

    return parse


def user_id(text: str) -> int:
    """A person's id, given as people write it.

    Raises:
        ValueError: it is no number, or one that Telegram gives to nobody.
    """
    if not re.fullmatch(r"\d{1,16}", text, re.ASCII) or not 0 < int(text) <= MOST_USER_ID:
        raise ValueError("должен быть числом, например 123456789; своё покажет @userinfobot")
    return int(text)


def username(text: str) -> str:
    """A username in lower case, given with its @.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"@\w{1,32}", text, re.ASCII):
        raise ValueError("имя пишется с @: латинские буквы, цифры и _")
    return text[1:].lower()


def _owner_id(text: str) -> int:
    return user_id(text) if text else 0


def _allowed(text: str) -> Allowed:
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    wrong, ids, names = [], set(), set()
    for word in words:
        try:
            if word.startswith("@"):
                names.add(username(word))
            elif word != "*":
                ids.add(user_id(word))
        except ValueError:
            wrong.append(word)
    if wrong:
        raise ValueError(
            f"не понимаю «{', '.join(wrong)}»; перечислите через запятую id и @имена, "
            "например 123456789, @anna. Знак * открывает бота всем"
        )
    return Allowed(frozenset(ids), frozenset(names), "*" in words)


def _timezone(text: str) -> ZoneInfo | None:
    if not text:
        return None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError("нет такого часового пояса; пример: Europe/Moscow") from exc


def _log_level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("должен быть одним из DEBUG, INFO, WARNING, ERROR")
    return text.upper()


# name -> (default, parser); a parser raises ValueError with the words for the owner
SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "TOKEN": ("", _token),
    "OPENROUTER_API_KEY": ("", _key),
    "OWNER_ID": ("", _owner_id),
    "ALLOWED_USERS": ("", _allowed),
    "ASK_PER_MINUTE": ("0", _whole(0, 1_000_000)),
    "ASK_PER_DAY": ("0", _whole(0, 1_000_000)),
    "DB_PATH": ("notes.db", Path),
    "TELEGRAM_API_URL": ("https://api.telegram.org", _url),
    "OPENROUTER_BASE_URL": ("https://openrouter.ai/api/v1", _url),
    "MAX_TOKENS": ("1500", _whole(1, 1_000_000)),
    "CHAT_THREADS": ("8", _whole(1, 100)),
    "QUESTION_THREADS": ("256", _whole(1, 1000)),
    "TIMEZONE": ("", _timezone),
    "LOG_LEVEL": ("INFO", _log_level),
}


def load(
    environ: Mapping[str, str], env_file: Path = ENV_FILE, *, token_needed: bool = False
) -> Settings:
    """Read the settings: the environment wins over `env_file`, an empty value means the default.

    Raises:
        ConfigError: with every mistake found.
    """
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    given = {**_read_env_file(env_file, mistakes), **environ}
    for name, (default, parse) in SETTINGS.items():
        text = given.get(name, "").strip() or default
        try:
            values[name.lower()] = parse(text)
        except ValueError as exc:
            # A secret is not repeated, even a mistyped one.
            shown = "" if name in ("TOKEN", "OPENROUTER_API_KEY") else f" «{text}»"
            mistakes.append(f"{name}{shown}: {exc}.")
    if token_needed and values.get("token") == "":
        mistakes.append(texts.TOKEN_MISSING)
    if mistakes:
        raise ConfigError(mistakes)
    return Settings(**values)


def _read_env_file(env_file: Path, mistakes: list[str]) -> dict[str, str]:
    try:
        found = dotenv_values(env_file, interpolate=False)
    except (OSError, UnicodeDecodeError):
        mistakes.append(f"{env_file}: файл не читается, он должен быть текстом в UTF-8.")
        return {}
    return {name: value or "" for name, value in found.items()}


def is_read_by_others(env_file: Path = ENV_FILE) -> bool:
    """Whether other users of the machine can read `env_file`, and the secrets in it."""
    if os.name != "posix":
        return False
    try:
        return bool(env_file.stat().st_mode & 0o077)
    except OSError:
        return False


def save_token(token: str, env_file: Path = ENV_FILE) -> None:
    """Put `TOKEN` into `env_file` (mode 0600), keeping whatever else stands there."""
    env_file.touch(mode=0o600)
    env_file.chmod(0o600)
    set_key(env_file, "TOKEN", token, quote_mode="never")
