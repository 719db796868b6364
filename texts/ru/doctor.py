"""What `python bot.py --check` says, for whoever set the bot up.

What is wrong is followed by an arrow and by what to do about it.
"""

from collections.abc import Mapping
from datetime import datetime

from texts.ru.counts import duration, models_count, moment, plural

OPTION = "проверить настройки, связь, базу и ключи и сказать, что исправить"
ASK_OPTION = "вместе с --check: задать каждой модели вопрос в один токен"
ASK_ALONE = "--ask пишут вместе с --check"
RIGHT, WRONG, DOUBT = "✓", "✗", "!"


def summary(wrong: int) -> str:
    if not wrong:
        return "Всё в порядке."
    return f"Исправить: {plural(wrong, 'место', 'места', 'мест')}."


def late(title: str, seconds: float) -> str:
    return f"{title}: не закончено за {seconds:.0f} с → проверьте сеть и диск и повторите"


def failed(title: str, kind: str) -> str:
    return f"{title}: проверка сломалась ({kind}) → сообщите разработчику, в журнале подробности"


BROKEN = "Сбой проверки %s"

TITLES: Mapping[str, str] = {
    "settings": "Настройки",
    "files": "Права на файлы",
    "telegram": "Telegram",
    "database": "База",
    "disk": "Диск",
    "time": "Время",
    "openrouter": "OpenRouter",
    "gigachat": "GigaChat",
    "openai": "Сервер моделей",
    "providers": "Модели",
}

# --- Telegram


def by_proxy(telegram: str, proxy: str) -> str:
    return f"{telegram} через прокси {proxy}"


def bot_known(username: str, telegram: str) -> str:
    return f"Telegram ({telegram}): бот @{username}, https://t.me/{username}"


def inline(username: str, *, is_on: bool) -> str:
    if is_on:
        return f"Заметки в любом чате: наберите там @{username} и слово"
    return f"Заметки в любом чате по @{username} выключены; включить — у @BotFather, /setinline"


TOKEN_REFUSED = "Telegram: ключ не принят → возьмите действующий у @BotFather командой /token"


def telegram_silent(telegram: str, reason: str) -> str:
    return (
        f"Telegram: {telegram} не отвечает ({reason}) → проверьте интернет и TELEGRAM_API_URL; "
        "если Telegram отсюда закрыт, нужен рабочий TELEGRAM_PROXY"
    )


def telegram_refused(description: str) -> str:
    return f"Telegram: отказал («{description}») → проверьте TELEGRAM_API_URL"


def polled(pending: int) -> str:
    return f"Обновления: бот спрашивает сам, вебхука нет, ждёт {pending}"


def webhook_here(host: str, pending: int) -> str:
    return f"Обновления: вебхук на {host} стоит, ждёт {pending}"


def webhook_foreign(host: str) -> str:
    return (
        f"Обновления: бот спрашивает сам, а они уходят на вебхук ({host}) → остановите другую "
        "копию бота с этим TOKEN; при запуске бот снимет вебхук"
    )


def webhook_missing(host: str) -> str:
    return f"Обновления: вебхук на {host} ещё не стоит → запустите бота, он поставит его сам"


def webhook_failing(error: str, at: datetime) -> str:
    return (
        f"Обновления: Telegram не смог доставить последнее {moment(at)} («{error}») → проверьте "
        "прокси с https и WEBHOOK_LISTEN"
    )


# --- the clock


CLOCK_RIGHT = "Часы: идут верно"
CLOCK_UNCHECKED = "Часы: сверить не с чем → повторите, когда Telegram ответит"


def clock_wrong(ahead_s: float) -> str:
    way = "спешат" if ahead_s > 0 else "отстают"
    return f"Часы: {way} на {duration(round(abs(ahead_s)))} → включите синхронизацию времени (NTP)"


# --- models

NO_PROVIDER = (
    "Модели: ключа нет, заметки работают, а вопросы нет → бесплатный ключ: "
    "https://openrouter.ai/keys, впишите его в .env: OPENROUTER_API_KEY=…"
)


def provider_right(name: str, models: int) -> str:
    return f"{name}: ключ принят, {models_count(models)}"


def provider_wrong(name: str, sentences: str) -> str:
    """One of `texts.errors`: the first sentence says what is wrong."""
    line = " → ".join(sentences.split(". ", 1))
    return line if name in line else f"{name}: {line}"


def no_list(name: str) -> str:
    return f"{name}: по адресу из настроек нет списка моделей → проверьте …_BASE_URL в .env"


def provider_empty(name: str) -> str:
    return f"{name}: каталог пуст → проверьте, что на сервере есть модели"


def answered(name: str, model: str, ms: int) -> str:
    return f"{name}: модель {model} ответила за {ms / 1000:.1f} с"


def not_answered(name: str, model: str, sentences: str) -> str:
    return f"{name}: модель {model} не ответила → {sentences}"
