"""The settings: .env and the environment as one frozen value, every mistake reported together."""

import base64
import os
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values, set_key

from texts import common as texts

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
    """Each field is the setting of the same name in capitals; `.env.example` explains them.

    `provider_mistakes` has Russian sentences for the owner, `providers_wrong` the providers that
    they concern: those are not used, the others are.
    """

    token: str = field(repr=False)
    openrouter_api_key: str = field(repr=False)
    owner_id: int  # 0: the first to come
    allowed_users: Allowed
    ask_per_minute: int  # 0: as many as one likes, and so below
    ask_per_day: int
    db_path: Path
    telegram_api_url: str
    openrouter_base_url: str
    gigachat_client_id: str
    gigachat_client_secret: str
    gigachat_scope: str
    gigachat_auth_url: str
    gigachat_base_url: str
    gigachat_ca_bundle: str
    gigachat_profanity_check: bool
    openai_base_url: str
    openai_api_key: str
    fallback_model: str
    max_tokens: int
    dialogue_tokens: int
    stall_seconds: int
    chat_threads: int
    question_threads: int
    timezone: ZoneInfo | None
    log_level: str
    provider_mistakes: tuple[str, ...] = ()
    providers_wrong: frozenset[str] = frozenset()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log."""
        found = (getattr(self, name.lower()) for name in SECRETS)
        addresses = (self.telegram_api_url, self.openrouter_base_url, self.openai_base_url)
        passwords = (urlsplit(address).password or "" for address in addresses)
        return tuple(filter(None, (*found, self.gigachat_key, *passwords)))

    @property
    def gigachat_key(self) -> str:
        """GigaChat's authorization key, "" when there is none; see `_gigachat_key`."""
        return _gigachat_key(self.gigachat_client_id, self.gigachat_client_secret) or ""


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
    try:
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # the port is no number
        whole = False
    if not whole:
        raise ValueError("должен быть адресом, который начинается с https:// или http://")
    return text.rstrip("/")


def _url_or_none(text: str) -> str:
    return _url(text) if text else ""


def _scope(text: str) -> str:
    if text not in SCOPES:
        raise ValueError(f"должен быть одним из {', '.join(SCOPES)}")
    return text


def _ca_bundle(text: str) -> str:
    if not text:
        return ""
    if not Path(text).is_file():
        raise ValueError("такого файла нет")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(text)
    except (OSError, ValueError) as exc:
        raise ValueError(
            "в файле нет сертификата в формате PEM: он начинается с -----BEGIN CERTIFICATE-----"
        ) from exc
    return text


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("должно быть on или off")
    return text.lower() == "on"


def _model_or_off(text: str) -> str:
    return "" if text.lower() in ("off", "-") else text


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


SCOPES = ("GIGACHAT_API_PERS", "GIGACHAT_API_B2B", "GIGACHAT_API_CORP")
SECRETS = ("TOKEN", "OPENROUTER_API_KEY", "GIGACHAT_CLIENT_SECRET", "OPENAI_API_KEY")
# What begins with one of these concerns that provider alone: a mistake costs no other.
PROVIDERS = ("openrouter", "gigachat", "openai")

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
    "GIGACHAT_CLIENT_ID": ("", _key),
    "GIGACHAT_CLIENT_SECRET": ("", _key),
    "GIGACHAT_SCOPE": ("GIGACHAT_API_PERS", _scope),
    "GIGACHAT_AUTH_URL": ("https://ngw.devices.sberbank.ru:9443/api/v2/oauth", _url),
    "GIGACHAT_BASE_URL": ("https://api.giga.chat/v1", _url),
    "GIGACHAT_CA_BUNDLE": ("", _ca_bundle),
    "GIGACHAT_PROFANITY_CHECK": ("on", _switch),
    "OPENAI_BASE_URL": ("", _url_or_none),
    "OPENAI_API_KEY": ("", _key),
    "FALLBACK_MODEL": ("openrouter/free", _model_or_off),
    "MAX_TOKENS": ("1500", _whole(1, 1_000_000)),
    "DIALOGUE_TOKENS": ("6000", _whole(0, 10_000_000)),
    "STALL_SECONDS": ("60", _whole(1, 600)),
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
        ConfigError: with every mistake found. Mistakes about providers alone are no reason: the
            bot can do without one, see `Settings.provider_mistakes`.
    """
    mistakes: dict[str, str] = {}  # the setting, or what else is wrong -> a sentence
    values: dict[str, Any] = {}
    given = {**_read_env_file(env_file, mistakes), **environ}
    for name, (default, parse) in SETTINGS.items():
        text = given.get(name, "").strip() or default
        try:
            values[name.lower()] = parse(text)
        except ValueError as exc:
            # A secret is not repeated, even a mistyped one.
            shown = "" if name in SECRETS else f" «{text}»"
            mistakes[name] = f"{name}{shown}: {exc}."
            values[name.lower()] = parse(default)
    if "GIGACHAT_CLIENT_SECRET" not in mistakes and not _is_gigachat_key_right(values):
        mistakes["GIGACHAT_CLIENT_SECRET"] = texts.GIGACHAT_SECRET_WRONG
    if token_needed and values["token"] == "" and "TOKEN" not in mistakes:
        mistakes["TOKEN"] = texts.TOKEN_MISSING
    wrong = {name: _provider(name) for name in mistakes}
    if not all(wrong.values()):
        raise ConfigError(list(mistakes.values()))
    return Settings(
        **values,
        provider_mistakes=tuple(mistakes.values()),
        providers_wrong=frozenset(wrong.values()),
    )


def _provider(name: str) -> str:
    """The provider that a setting concerns, "" when it concerns the whole bot."""
    prefix = name.partition("_")[0].lower()
    return prefix if prefix in PROVIDERS else ""


def _is_gigachat_key_right(values: Mapping[str, Any]) -> bool:
    client_id, secret = values["gigachat_client_id"], values["gigachat_client_secret"]
    return not (client_id or secret) or bool(_gigachat_key(client_id, secret))


def _gigachat_key(client_id: str, secret: str) -> str | None:
    """The authorization key: the secret when it is one already, else made of the two.

    None: there is no secret, or it is no key and without an id none can be made of it.
    """
    with suppress(ValueError):
        if b":" in base64.b64decode(secret, validate=True):
            return secret
    made = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return made if client_id and secret else None


def _read_env_file(env_file: Path, mistakes: dict[str, str]) -> dict[str, str]:
    try:
        found = dotenv_values(env_file, interpolate=False)
    except (OSError, UnicodeDecodeError):
        mistakes[".env"] = f"{env_file}: файл не читается, он должен быть текстом в UTF-8."
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
