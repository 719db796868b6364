"""From the text of a setting to its value: a parser for each shape, and what can be wrong."""

import os
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOST_ID = (1 << 52) - 1  # of whatever Telegram numbers: at most 52 significant bits
DAY_S = 86_400
SCOPES = ("GIGACHAT_API_PERS", "GIGACHAT_API_B2B", "GIGACHAT_API_CORP")
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")
WEBHOOK_PORTS = (80, 88, 443, 8443)
HEALTH_PATH = "/health"  # of the webhook's server, for whoever watches over the bot
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class WrongValueError(ValueError):
    """A text is no value of its setting; `texts.settings.WRONG` has a sentence for the kind."""

    def __init__(self, kind: str, **facts: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.facts = facts


@dataclass(frozen=True)
class Allowed:
    """Whom `ALLOWED_USERS` lets in; `names` are usernames in lower case, without the @."""

    ids: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids or self.names or self.everyone)


def is_token(text: str) -> bool:
    """Whether a text has the shape of a bot's token."""
    return re.fullmatch(r"\d+:[\w-]+", text, re.ASCII) is not None


def token(text: str) -> str:
    """A bot's token, or nothing."""
    if text and not is_token(text):
        raise WrongValueError("token")
    return text


def key(text: str) -> str:
    """A key of a provider: what a header can carry."""
    if not text.isascii() or any(char.isspace() for char in text):
        raise WrongValueError("key")
    return text


def path(text: str) -> Path:
    """A path, where ~ is the home directory."""
    try:
        return Path(text).expanduser()
    except RuntimeError as exc:  # ~somebody, who is no user of this machine
        raise WrongValueError("no_home") from exc


def url(text: str) -> str:
    """An address of a server, without a slash at its end."""
    parts = urlsplit(text)
    try:
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # the port is no number
        whole = False
    if not whole:
        raise WrongValueError("url")
    return text.rstrip("/")


def url_or_none(text: str) -> str:
    """An address, or nothing."""
    return url(text) if text else ""


def proxy(text: str) -> str:
    """The address of a proxy, or nothing."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in PROXY_SCHEMES and parts.hostname and parts.port != 0
    except ValueError:  # the port is no number
        is_whole = False
    if not is_whole or not text.isascii() or any(char.isspace() for char in text):
        raise WrongValueError("proxy", schemes=", ".join(f"{name}://" for name in PROXY_SCHEMES))
    return text.rstrip("/")


def webhook_url(text: str) -> str:
    """Where Telegram is to deliver updates, or nothing. What its path ends with is kept."""
    if not text:
        return ""
    url(text)
    if unquote(urlsplit(text).path) == HEALTH_PATH:
        raise WrongValueError("webhook_path", path=HEALTH_PATH)
    return text


def require_for_telegram(webhook: str) -> None:
    """Check an address by the rules of Telegram's own servers; a Bot API server has other ones.

    Raises:
        WrongValueError: it is no https, or has a port that they do not visit.
    """
    parts = urlsplit(webhook)
    if parts.scheme != "https":
        raise WrongValueError("webhook_https")
    if (parts.port or 443) not in WEBHOOK_PORTS:
        raise WrongValueError("webhook_port")


def webhook_secret(text: str) -> str:
    """What Telegram takes as the secret of a webhook, or nothing."""
    if not re.fullmatch(r"[\w-]{0,256}", text, re.ASCII):
        raise WrongValueError("webhook_secret")
    return text


def bucket(text: str) -> str:
    """The name of a bucket, or nothing."""
    if text and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text, re.ASCII):
        raise WrongValueError("bucket")
    return text


def object_key(text: str) -> str:
    """The name of an object; there is room for what is added to it."""
    if not re.fullmatch(r"[\w./-]{1,200}", text, re.ASCII) or text.startswith("/"):
        raise WrongValueError("object_key")
    return text


def listen(text: str) -> tuple[str, int]:
    """Host and port to listen at; an IPv6 address stands in brackets."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or parts.netloc != text or parts.username is not None:
        raise WrongValueError("listen")
    return host, port


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words, in capitals."""

    def parse(text: str) -> str:
        if text.upper() not in choices:
            raise WrongValueError("one_of", choices=", ".join(choices))
        return text.upper()

    return parse


def ca_bundle(text: str) -> str:
    """The path of a file of certificates (PEM), or nothing."""
    if not text:
        return ""
    file = path(text)
    if not file.is_file():
        raise WrongValueError("no_file")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except (OSError, ValueError) as exc:
        raise WrongValueError("not_pem") from exc
    return str(file)


def folder(text: str) -> Path | None:
    """A folder that can be written to, or nothing."""
    if not text:
        return None
    found = path(text)
    if not found.is_dir():
        raise WrongValueError("no_folder")
    if not os.access(found, os.W_OK | os.X_OK):
        raise WrongValueError("closed_folder")
    return found


def every(text: str) -> int:
    """Seconds, given as hours (12h) or days (7d); 0 for never."""
    if text.lower() in ("", "off"):
        return 0
    match = re.fullmatch(r"(\d{1,4})([hd])", text, re.ASCII | re.IGNORECASE)
    seconds = int(match[1]) * {"h": 3600, "d": DAY_S}[match[2].lower()] if match else 0
    if not 3600 <= seconds <= 365 * DAY_S:
        raise WrongValueError("every")
    return seconds


def switch(text: str) -> bool:
    """`on` or `off`."""
    if text.lower() not in ("on", "off"):
        raise WrongValueError("switch")
    return text.lower() == "on"


def model_or_off(text: str) -> str:
    """The key of a model, "" when it is turned off."""
    return "" if text.lower() in ("off", "-") else text


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise WrongValueError("whole", least=least, most=most)
        return int(text)

    return parse


def user_id(text: str) -> int:
    """A person's id, given as people write it.

    Raises:
        WrongValueError: it is no number, or one that Telegram gives to nobody.
    """
    if not re.fullmatch(r"\d{1,16}", text, re.ASCII) or not 0 < int(text) <= MOST_ID:
        raise WrongValueError("user_id")
    return int(text)


def username(text: str) -> str:
    """A username in lower case, given with its @.

    Raises:
        WrongValueError: it is none.
    """
    if not re.fullmatch(r"@\w{1,32}", text, re.ASCII):
        raise WrongValueError("username")
    return text[1:].lower()


def owner_id(text: str) -> int:
    """A person's id, 0 for nobody."""
    return user_id(text) if text else 0


def allowed(text: str) -> Allowed:
    """Ids and usernames, separated by commas or spaces; * is everybody."""
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    wrong, ids, names = [], set(), set()
    for word in words:
        try:
            if word.startswith("@"):
                names.add(username(word))
            elif word != "*":
                ids.add(user_id(word))
        except WrongValueError:
            wrong.append(word)
    if wrong:
        raise WrongValueError("allowed", words=", ".join(wrong))
    return Allowed(frozenset(ids), frozenset(names), "*" in words)


def timezone(text: str) -> ZoneInfo | None:
    """A time zone, None for the machine's own."""
    if not text:
        return None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise WrongValueError("timezone") from exc
