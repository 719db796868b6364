"""The lines of the log, in Russian, for the bot's owner. The arguments are filled in by logging."""

from collections.abc import Mapping

STARTED = "Бот @%s запущен: https://t.me/%s, база %s"
NO_OWNER_YET = "Владельца у бота ещё нет: им станет первый, кто отправит боту /start"
UNEXPECTED = "Сбой, которого никто не ждал"
BROKEN_RECORD = "запись не собралась"

CATALOGUE_READ = "Каталог %s: моделей %d, новых %d, вернулось %d, пропало %d"
CATALOGUE_EMPTY = "Каталог %s пуст, список моделей прежний"
CATALOGUE_UNREAD = "Каталог %s не прочитан: %s"
CATALOGUE_FAILED = "Сбой при обновлении каталогов"
CATALOGUE_ROWS_SKIPPED = "%s: не поняты записи каталога, их %d"

FELL_BACK = "Вместо %s отвечает %s: %s"
STYLE_UNUSABLE = "Стиль с ключом «%s» нельзя выбрать: ключ в таблице styles пуст или занят"
LIMIT_DROPPED = "Предел ответа не помещается в память модели: спрашиваю без него"
MEMORY_HALVED = "Разговор не помещается в память модели: начало забыто"

# By the kind of `llm.provider.ErrorKind`, as it stands after the name of a provider or a model.
CAUSES: Mapping[str, str] = {
    "bad_request": "запрос не понят",
    "context_length": "вопрос длиннее памяти",
    "no_key": "нет ключа",
    "auth": "ключ не принят",
    "credits": "не хватает средств",
    "key_limit": "ключ исчерпал лимит или ограничен в правах",
    "moderation": "вопрос не прошёл проверку содержания",
    "region": "закрыта для этой страны",
    "gone": "снята с показа",
    "too_large": "вопрос слишком велик",
    "unprocessable": "таких запросов не умеет",
    "rate_minute": "слишком много вопросов за минуту",
    "rate_day": "вопросы на сегодня закончились",
    "rate_provider": "слишком много желающих",
    "overloaded": "нет свободных серверов",
    "server": "ошибка сервера",
    "timeout": "не успела ответить",
    "stalled": "замолчала",
    "cut": "связь оборвалась на полуслове",
    "network": "нет связи",
    "tls": "защищённое соединение не установлено",
    "bad_body": "ответ непонятен",
    "empty": "ответ пуст",
    "reasoning_only": "одни размышления без ответа",
    "cancelled": "остановлена",
}


def no_answer(provider: str, model: str, kind: str, status: int, retry_s: float | None) -> str:
    """`model` is "" when something else than a model was asked, `status` 0 without an answer."""
    who = f"{provider}, модель {model}" if model else provider
    code = f" (статус {status})" if status else ""
    end = "ответа нет" if retry_s is None else f"повтор через {retry_s:.1f} с"
    return f"{who}: {CAUSES[kind]}{code}, {end}"
