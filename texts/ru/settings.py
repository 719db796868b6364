"""What is wrong with the settings, for whoever set the bot up."""

from collections.abc import Iterable, Mapping
from typing import Any

from texts.ru.hosting import WEBHOOK_PORTS

# The sentence after the name of a setting, by the kind of mistake.
WRONG: Mapping[str, str] = {
    "missing": "не задан. Получите ключ бота у @BotFather (команда /newbot) и впишите в .env "
    "строкой TOKEN=…\nПопробовать без Telegram: python bot.py --console",
    "token": "должен выглядеть как 123456:ABC-def, его выдаёт @BotFather.",
    "key": "ключ состоит из латинских букв, цифр и знаков без пробелов.",
    "url": "должен быть адресом, который начинается с https:// или http://.",
    "webhook_https": "должен начинаться с https://, по http Telegram обновлений не приносит.",
    "webhook_port": f"Telegram ходит только на порты {WEBHOOK_PORTS}. Уберите порт из адреса или "
    "укажите один из этих.",
    "webhook_path": "путь {path} занят проверкой состояния, выберите другой, например /telegram.",
    "webhook_secret": "должен состоять из 1–256 латинских букв, цифр и знаков _ и -.",
    "proxy": "должен быть адресом прокси, который начинается с {schemes}; например "
    "socks5h://имя:пароль@127.0.0.1:1080.",
    "bucket": "имя бакета — от 3 до 63 строчных латинских букв, цифр, точек и дефисов.",
    "object_key": "имя объекта — до 200 латинских букв, цифр и знаков . _ - /",
    "no_bucket": "не задан. Впишите имя бакета, в котором хранится база.",
    "no_bucket_key": "не задан. Создайте статический ключ доступа сервисному аккаунту и впишите "
    "обе его части в AWS_ACCESS_KEY_ID и AWS_SECRET_ACCESS_KEY.",
    "webhook_and_bucket": "задан вместе с BUCKET. Вебхук — для бота на машине, бакет — для "
    "облачной функции: оставьте что-то одно.",
    "listen": "должен быть адресом и портом этой машины, например 127.0.0.1:8080.",
    "one_of": "должен быть одним из {choices}.",
    "no_file": "такого файла нет.",
    "no_folder": "такой папки нет. Создайте её или укажите другую.",
    "closed_folder": "в эту папку нельзя писать. Дайте права или укажите другую.",
    "every": "должен быть сроком от 1h до 365d, например 12h или 1d; off — без копий.",
    "no_home": "у этого пользователя нет домашней папки.",
    "not_pem": "в файле нет сертификата в формате PEM: он начинается с "
    "-----BEGIN CERTIFICATE-----.",
    "switch": "должно быть on или off.",
    "whole": "должно быть целым числом от {least} до {most}.",
    "user_id": "должен быть числом, например 123456789; своё покажет @userinfobot.",
    "allowed": "не понимаю «{words}»; перечислите через запятую id и @имена, "
    "например 123456789, @anna. Знак * открывает бота всем.",
    "timezone": "нет такого часового пояса; пример: Europe/Moscow.",
    "unreadable": "файл не читается, он должен быть текстом в UTF-8.",
    "gigachat_key": "должен быть ключом авторизации (Base64) из личного кабинета GigaChat, "
    "либо впишите Client ID в GIGACHAT_CLIENT_ID, а Client Secret сюда.",
}
PROVIDERS_WRONG = (
    "В настройках моделей есть ошибки, бот работает без этих поставщиков. "
    "Исправив их, перезапустите бота:"
)
WRONG_HEAD = "В настройках (.env или окружение) есть ошибки:"


def mistake(setting: str, shown: str, kind: str, facts: Mapping[str, object]) -> str:
    """`shown` is the value as it was given, "" when it is a secret or there is none."""
    value = f" «{shown}»" if shown else ""
    return f"{setting}{value}: {WRONG[kind].format(**facts)}"


def mistakes(found: Iterable[Any]) -> list[str]:
    """A sentence for each `config.Mistake`."""
    return [mistake(m.setting, m.shown, m.kind, m.facts) for m in found]


def unknown_setting(name: str, nearest: str) -> str:
    meant = f" Может быть, {nearest}?" if nearest else ""
    return f"В .env есть неизвестная настройка {name}, она ни на что не влияет.{meant}"


def env_is_read_by_others(path: object) -> str:
    return f"Файл {path} с ключами могут прочитать другие пользователи машины: chmod 600 {path}"


NO_OWNER = (
    "Владельца нет, некому впускать людей и делать копии: впишите OWNER_ID в .env "
    "и перезапустите бота."
)
