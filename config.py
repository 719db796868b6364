"""The settings: .env and the environment as one frozen value, every mistake reported together."""

import base64
import difflib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values, set_key

import setting_values as parse
from setting_values import MOST_ID as MOST_ID
from setting_values import Allowed as Allowed
from setting_values import is_token as is_token
from setting_values import user_id as user_id
from setting_values import username as username

ENV_FILE = Path(".env")
NEAR = 0.7  # how alike two names are before one is taken for the other mistyped


@dataclass(frozen=True)
class Mistake:
    """A setting that cannot be used: `kind` is a key of `texts.settings.WRONG`.

    `shown` is the value as it was given, "" when it is a secret.
    """

    setting: str
    kind: str
    shown: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


class ConfigError(Exception):
    """The settings hold mistakes, all of them in `mistakes`."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(", ".join(f"{mistake.setting}: {mistake.kind}" for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Settings:
    """Each field is the setting of the same name in capitals; `.env.example` explains them.

    `provider_mistakes` are about `providers_wrong`: those are not used, the others are.
    `unknown` are names in the file that no setting has, each with the nearest one, or "". `fixed`
    are the names of the settings that were given another value than the usual one.
    """

    token: str = field(repr=False)
    openrouter_api_key: str = field(repr=False)
    owner_id: int  # 0: the first to come
    allowed_users: Allowed
    ask_per_minute: int  # 0: as many as one likes, and so below
    ask_per_day: int
    db_path: Path
    backup_every: int  # seconds; 0: never
    backup_dir: Path | None  # None: sent to the owner
    backup_keep: int
    telegram_api_url: str
    telegram_proxy: str = field(repr=False)  # "": as the environment has it, and so below
    models_proxy: str = field(repr=False)
    webhook_url: str  # "": updates are polled
    webhook_listen: tuple[str, int]
    webhook_secret: str = field(repr=False)  # "": one of its own for each start
    bucket: str  # "": the database is a file of this machine
    bucket_key: str
    bucket_endpoint: str
    bucket_region: str
    aws_access_key_id: str = field(repr=False)
    aws_secret_access_key: str = field(repr=False)
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
    transcribe: str
    transcribe_model: str
    web_search: str
    max_tokens: int
    dialogue_tokens: int
    stall_seconds: int
    chat_threads: int
    question_threads: int
    timezone: ZoneInfo | None
    log_level: str
    provider_mistakes: tuple[Mistake, ...] = ()
    providers_wrong: frozenset[str] = frozenset()
    unknown: Mapping[str, str] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log."""
        found = (getattr(self, name.lower()) for name in SECRETS)
        addresses = (
            self.telegram_api_url,
            self.openrouter_base_url,
            self.openai_base_url,
            self.telegram_proxy,
            self.models_proxy,
        )
        passwords = (unquote(urlsplit(address).password or "") for address in addresses)
        return tuple(filter(None, (*found, self.gigachat_key, *passwords)))

    @property
    def gigachat_key(self) -> str:
        """GigaChat's authorization key, "" when there is none; see `_gigachat_key`."""
        return _gigachat_key(self.gigachat_client_id, self.gigachat_client_secret) or ""


SECRETS = (
    "TOKEN",
    "WEBHOOK_SECRET",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "OPENROUTER_API_KEY",
    "GIGACHAT_CLIENT_SECRET",
    "OPENAI_API_KEY",
)
PROXIES = ("TELEGRAM_PROXY", "MODELS_PROXY")
TELEGRAM = "https://api.telegram.org"
# What begins with one of these concerns that provider alone: a mistake costs no other.
PROVIDERS = ("openrouter", "gigachat", "openai")

# name -> (default, parser); a parser raises WrongValueError
VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "TOKEN": ("", parse.token),
    "OPENROUTER_API_KEY": ("", parse.key),
    "OWNER_ID": ("", parse.owner_id),
    "ALLOWED_USERS": ("", parse.allowed),
    "ASK_PER_MINUTE": ("0", parse.whole(0, 1_000_000)),
    "ASK_PER_DAY": ("0", parse.whole(0, 1_000_000)),
    "DB_PATH": ("notes.db", parse.path),
    "BACKUP_EVERY": ("", parse.every),
    "BACKUP_DIR": ("", parse.folder),
    "BACKUP_KEEP": ("7", parse.whole(1, 1000)),
    "TELEGRAM_API_URL": (TELEGRAM, parse.url),
    "TELEGRAM_PROXY": ("", parse.proxy),
    "MODELS_PROXY": ("", parse.proxy),
    "WEBHOOK_URL": ("", parse.webhook_url),
    "WEBHOOK_LISTEN": ("127.0.0.1:8080", parse.listen),
    "WEBHOOK_SECRET": ("", parse.webhook_secret),
    "BUCKET": ("", parse.bucket),
    "BUCKET_KEY": ("notes.db", parse.object_key),
    "BUCKET_ENDPOINT": ("https://storage.yandexcloud.net", parse.url),
    "BUCKET_REGION": ("ru-central1", parse.key),
    "AWS_ACCESS_KEY_ID": ("", parse.key),
    "AWS_SECRET_ACCESS_KEY": ("", parse.key),
    "OPENROUTER_BASE_URL": ("https://openrouter.ai/api/v1", parse.url),
    "GIGACHAT_CLIENT_ID": ("", parse.key),
    "GIGACHAT_CLIENT_SECRET": ("", parse.key),
    "GIGACHAT_SCOPE": ("GIGACHAT_API_PERS", parse.one_of(*parse.SCOPES)),
    "GIGACHAT_AUTH_URL": ("https://ngw.devices.sberbank.ru:9443/api/v2/oauth", parse.url),
    "GIGACHAT_BASE_URL": ("https://api.giga.chat/v1", parse.url),
    "GIGACHAT_CA_BUNDLE": ("", parse.ca_bundle),
    "GIGACHAT_PROFANITY_CHECK": ("on", parse.switch),
    "OPENAI_BASE_URL": ("", parse.url_or_none),
    "OPENAI_API_KEY": ("", parse.key),
    "FALLBACK_MODEL": ("openrouter/free", parse.model_or_off),
    "TRANSCRIBE": ("auto", parse.one_of("AUTO", "OFF")),
    "TRANSCRIBE_MODEL": ("", str),
    "WEB_SEARCH": ("off", parse.one_of("OFF", "ON", "ALL")),
    "MAX_TOKENS": ("4000", parse.whole(1, 1_000_000)),
    "DIALOGUE_TOKENS": ("6000", parse.whole(0, 10_000_000)),
    "STALL_SECONDS": ("60", parse.whole(1, 600)),
    "CHAT_THREADS": ("8", parse.whole(1, 100)),
    "QUESTION_THREADS": ("256", parse.whole(1, 1000)),
    "TIMEZONE": ("", parse.timezone),
    "LOG_LEVEL": ("INFO", parse.one_of(*parse.LOG_LEVELS)),
}


def load(
    environ: Mapping[str, str],
    env_file: Path = ENV_FILE,
    *,
    token_needed: bool = False,
    bucket_needed: bool = False,
) -> Settings:
    """Read the settings: the environment wins over `env_file`, an empty value counts for none.

    Raises:
        ConfigError: with every mistake found. Mistakes about providers alone are no reason: the
            bot can do without one, see `Settings.provider_mistakes`.
    """
    settings, mistakes = examine(
        environ, env_file, token_needed=token_needed, bucket_needed=bucket_needed
    )
    if "" in settings.providers_wrong:
        raise ConfigError(mistakes)
    return settings


def examine(
    environ: Mapping[str, str],
    env_file: Path = ENV_FILE,
    *,
    token_needed: bool = False,
    bucket_needed: bool = False,
) -> tuple[Settings, list[Mistake]]:
    """As `load`, but with all mistakes beside settings in which the defaults stand for them."""
    mistakes: list[Mistake] = []
    in_file = _read_env_file(env_file, mistakes)
    given = in_file | {name: text for name, text in environ.items() if text.strip()}
    values = _parsed(given, mistakes)
    wrong = {mistake.setting for mistake in mistakes}
    if "GIGACHAT_CLIENT_SECRET" not in wrong and not _is_gigachat_key_right(values):
        mistakes.append(Mistake("GIGACHAT_CLIENT_SECRET", "gigachat_key"))
    if values["webhook_url"] and values["telegram_api_url"] == TELEGRAM:
        try:
            parse.require_for_telegram(values["webhook_url"])
        except parse.WrongValueError as error:
            mistakes.append(Mistake("WEBHOOK_URL", error.kind, values["webhook_url"]))
    if token_needed and values["token"] == "" and "TOKEN" not in wrong:
        mistakes.append(Mistake("TOKEN", "missing"))
    if values["bucket"] or bucket_needed:
        mistakes += _bucket_mistakes(values, wrong)
    settings = Settings(
        **values,
        provider_mistakes=tuple(mistakes),
        providers_wrong=frozenset(_provider(mistake.setting) for mistake in mistakes),
        unknown={name: _nearest(name) for name in in_file if name not in VARIABLES},
        fixed=frozenset(_fixed(values)),
    )
    return settings, mistakes


def overridden(settings: Settings, texts: Mapping[str, str]) -> Settings:
    """The settings with others in the place of those that are not fixed: name to text."""
    changed = {}
    for name, text in texts.items():
        if name in VARIABLES and name not in settings.fixed:
            with suppress(parse.WrongValueError):  # of a version that took other values
                changed[name.lower()] = parsed(name, text)
    return replace(settings, **changed) if changed else settings


def parsed(name: str, text: str) -> Any:
    """The value of a setting.

    Raises:
        WrongValueError: the text is none.
    """
    return VARIABLES[name][1](text)


def _fixed(values: Mapping[str, Any]) -> Iterator[str]:
    for name, (default, parser) in VARIABLES.items():
        if values[name.lower()] != parser(default):
            yield name


def _parsed(given: Mapping[str, str], mistakes: list[Mistake]) -> dict[str, Any]:
    """The values by the names of their fields; the default stands in for a wrong one."""
    values: dict[str, Any] = {}
    for name, (default, parser) in VARIABLES.items():
        text = given.get(name, "").strip() or default
        try:
            values[name.lower()] = parser(text)
        except parse.WrongValueError as error:
            # A secret is not repeated, even a mistyped one; a proxy's address may hold one.
            shown = "" if name in SECRETS + PROXIES else text
            mistakes.append(Mistake(name, error.kind, shown, error.facts))
            values[name.lower()] = parser(default)
    return values


def _bucket_mistakes(values: Mapping[str, Any], wrong: Iterable[str]) -> Iterator[Mistake]:
    """What keeps a function from its bucket; `wrong` names the settings that were told of."""
    for name in ("BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        if not values[name.lower()] and name not in wrong:
            yield Mistake(name, "no_bucket" if name == "BUCKET" else "no_bucket_key")
    if values["webhook_url"]:
        yield Mistake("WEBHOOK_URL", "webhook_and_bucket", values["webhook_url"])


def _nearest(name: str) -> str:
    return next(iter(difflib.get_close_matches(name.upper(), VARIABLES, 1, NEAR)), "")


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


def _read_env_file(env_file: Path, mistakes: list[Mistake]) -> dict[str, str]:
    try:
        found = dotenv_values(env_file, interpolate=False)
    except (OSError, UnicodeDecodeError):
        mistakes.append(Mistake(str(env_file), "unreadable"))
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


def save(name: str, value: str, env_file: Path = ENV_FILE) -> None:
    """Put a setting into `env_file` (mode 0600), keeping whatever else stands there."""
    env_file.touch(mode=0o600)
    env_file.chmod(0o600)
    set_key(env_file, name, value, quote_mode="never")
