"""What is wrong with the settings, for whoever set the bot up."""

from collections.abc import Iterable, Mapping
from typing import Any

from texts.en.hosting import WEBHOOK_PORTS

# The sentence after the name of a setting, by the kind of mistake.
WRONG: Mapping[str, str] = {
    "missing": "is not set. Get the key of the bot from @BotFather (command /newbot) and put it into "
    ".env as a line TOKEN=…\nTo try without Telegram: python bot.py --console",
    "token": "must look like 123456:ABC-def, @BotFather gives it.",
    "key": "the key consists of Latin letters, digits and signs without spaces.",
    "url": "must be an address that begins with https:// or http://.",
    "webhook_https": "must begin with https://, Telegram brings no updates by http.",
    "webhook_port": f"Telegram comes to the ports {WEBHOOK_PORTS} only. Remove the port from the address "
    "or give one of these.",
    "webhook_path": "the path {path} is taken by the health check, choose another, for example /telegram.",
    "webhook_secret": "must consist of 1–256 Latin letters, digits and the signs _ and -.",
    "proxy": "must be the address of a proxy that begins with {schemes}; for example "
    "socks5h://name:password@127.0.0.1:1080.",
    "bucket": "the name of a bucket is 3 to 63 lower-case Latin letters, digits, dots and hyphens.",
    "object_key": "the name of an object is up to 200 Latin letters, digits and the signs . _ - /",
    "no_bucket": "is not set. Give the name of the bucket that keeps the database.",
    "no_bucket_key": "is not set. Create a static access key of the service account and put "
    "both of its parts into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "webhook_and_bucket": "is set together with BUCKET. A webhook is for a bot on a machine, a bucket for "
    "a cloud function: leave one of them.",
    "listen": "must be an address and a port of this machine, for example 127.0.0.1:8080.",
    "one_of": "must be one of {choices}.",
    "no_file": "there is no such file.",
    "no_folder": "there is no such folder. Create it or give another.",
    "closed_folder": "this folder cannot be written to. Give the rights or name another.",
    "every": "must be a time from 1h to 365d, for example 12h or 1d; off makes no copies.",
    "no_home": "this user has no home folder.",
    "not_pem": "the file holds no certificate in PEM format: it begins with "
    "-----BEGIN CERTIFICATE-----.",
    "switch": "must be on or off.",
    "whole": "must be a whole number from {least} to {most}.",
    "user_id": "must be a number, for example 123456789; @userinfobot shows yours.",
    "allowed": "“{words}” is not understood; list ids and @names with commas, "
    "for example 123456789, @anna. The sign * opens the bot to all.",
    "timezone": "there is no such time zone; an example: Europe/Moscow.",
    "unreadable": "the file cannot be read, it must be text in UTF-8.",
    "gigachat_key": "must be the authorization key (Base64) of your GigaChat account, "
    "or put Client ID into GIGACHAT_CLIENT_ID and Client Secret here.",
}
PROVIDERS_WRONG = (
    "There are mistakes in the settings of models, the bot works without these providers. "
    "Correct them and restart the bot:"
)
WRONG_HEAD = "There are mistakes in the settings (.env or the environment):"


def mistake(setting: str, shown: str, kind: str, facts: Mapping[str, object]) -> str:
    """`shown` is the value as it was given, "" when it is a secret or there is none."""
    value = f" “{shown}”" if shown else ""
    return f"{setting}{value}: {WRONG[kind].format(**facts)}"


def mistakes(found: Iterable[Any]) -> list[str]:
    """A sentence for each `config.Mistake`."""
    return [mistake(m.setting, m.shown, m.kind, m.facts) for m in found]


def unknown_setting(name: str, nearest: str) -> str:
    meant = f" Did you mean {nearest}?" if nearest else ""
    return f"There is an unknown setting {name} in .env, it has no effect.{meant}"


def env_is_read_by_others(path: object) -> str:
    return f"Other users of this machine can read the file {path} with its keys: chmod 600 {path}"


NO_OWNER = (
    "There is no owner, so nobody can let people in and no copies are made: put OWNER_ID into .env "
    "and restart the bot."
)
