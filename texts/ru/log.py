"""The lines of the log, for the bot's owner. The arguments are filled in by logging."""

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

FILE_NOT_READ = "Присланный файл не прочитан: %s"
FILE_NOT_DELETED = "GigaChat: присланный файл не удалён (%s), попробую при обновлении каталога"
NOT_TRANSCRIBED = "%s не записал голосовое: %s"
TOOLS_REFUSED = "%s не принимает инструменты: спрашиваю без них"
TOOL_FAILED = "Сбой инструмента %s"
FILES_REFUSED = "%s не принимает файлы (%s): спрашиваю без них"
SEES_INSTEAD = "%s не видит картинок, отвечает %s"
FELL_BACK = "Вместо %s отвечает %s: %s"
STYLE_UNUSABLE = "Стиль с ключом «%s» нельзя выбрать: ключ в таблице styles пуст или занят"
LIMIT_DROPPED = "Предел ответа не помещается в память модели: спрашиваю без него"
MEMORY_HALVED = "Разговор не помещается в память модели: начало забыто"

# --- Telegram: taking in what was written

TELEGRAM_SILENT = "Telegram не отвечает (%s), пробую дальше"
CONNECTION_LOST = "Нет связи с Telegram (%s), пробую дальше"
CONNECTION_RESTORED = "Связь с Telegram восстановлена, отвечаю на накопившееся"
POLL_THROTTLED = "Telegram просит опрашивать реже: следующий опрос через %s с"
POLL_FAILED = "Сбой опроса Telegram, пробую дальше"
UPDATES_NOT_STORED = (
    "База не записывает (%s): новые обновления остаются у Telegram, он пришлёт их снова"
)
CHAT_MOVED = "Группа %s стала супергруппой %s: разговор и ответы продолжаются в ней"
INLINE_FILE_REFUSED = "Файл заметки для чужого чата не принят, предлагаю словами: %s"
INLINE_TOO_LATE = "Ответ в строку ввода опоздал: %s"
INLINE_UNANSWERED = "Строка ввода осталась без ответа: %s"
INLINE_FAILED = "Строка ввода осталась без ответа: внутренняя ошибка"
INLINE_UNREADABLE = "Запрос из строки ввода не разобрать, он пропущен"
UPDATE_WITHOUT_ID = "Обновление без номера пропущено: сохранить его нельзя"
FILE_NOT_FETCHED = "Файл из Telegram не получен (%s), повторю"

# --- Telegram: saying replies

CHAT_CLOSED = "Чат %s закрыт для бота (%s), ответ туда не отправляю"
CHAT_THROTTLED = "Telegram просит подождать %s с в чате %s, отвечу там позже"
SEND_FAILED = "Telegram недоступен (%s), повторю"
PART_REFUSED = "Telegram отказал (%s), эту часть ответа пропускаю"
WORDS_REFUSED = "Telegram не принял начало ответа (%s), покажу его со следующими словами"
WORDS_NOT_SHOWN = "Начало ответа пока не показано (%s), повторю"
ENTITIES_REFUSED = "Telegram не принял разметку (%s), отправляю простым текстом"
FILE_REFUSED = "Telegram не принял файл (%s), говорю об этом в чате"
ALBUM_REFUSED = "Telegram не принял альбом (%s), отправляю файлы по одному"
NOT_EDITED = "Сообщение не изменилось (%s), отправляю новое"
NOT_DELETED = "Сообщение не удалено (%s), оно останется в чате"
ACTION_NOT_SHOWN = "Не показано «%s» (%s), на ответ это не влияет"
MENU_NOT_SHOWN = "Меню команд не обновлено (%s), повторю"
OWNER_MENU_WAITS = "Меню владельца пока не показано (%s), покажу после его /start"

# --- the order of the work

BACKLOG_GROWS = "Очередь растёт: сообщений %s, вопросов и файлов %s"
BACKLOG_DONE = "Очередь разобрана: осталось %s"
LANE_FAILED = "Сбой в очереди %s, скоро попробую снова"
TASK_SET_ASIDE = "На задаче %s (%s) бот прерывался раз за разом, больше её не беру"
TASK_CANCELLED = "Задача %s отменена: у %s больше нет доступа"
TASK_UNREADABLE = "Задача %s (%s) не читается и забыта"
TASK_AUTHOR_UNKNOWN = "Чья задача %s, не узнать: об отказе от неё не скажу никому"
UPDATE_UNREADABLE = "Обновление не читается и забыто"
HANDLER_FAILED = "Сбой обработчика на обновлении %s, говорю об этом в чате"
WORK_FAILED = "Сбой работы %s, говорю об этом в чате"
STOPPING = "Останавливаюсь: заканчиваю начатое, нового не беру"
STOPPED_UNFINISHED = "Не все ответы закончены: они продолжатся при следующем запуске"

# --- a database that does not take or give anything

WRITE_FAILED = "База не записывает (%s), повторю"
LANE_WAITS = "База не записывает (%s), очередь %s подождёт"
UPDATE_WAITS = "База не записывает (%s), обновление %s подождёт"
WORK_NOT_STORED = "База не записывает (%s): работа %s не удалась, говорю об этом в чате"
REPLY_NOT_STORED = "База не записывает (%s): ответ отправляю, не сохранив его"
OLD_NOT_FORGOTTEN = "База не записывает (%s), старое удалю через час"
OBJECT_CHANGED = "Базу в бакете тем временем изменил кто-то ещё: беру её заново и повторяю"
INBOX_SILENT = "Принятое другими вызовами не читается (%s), скоро посмотрю снова"
STEPS_NOT_ENDED = "Время вызова вышло, а начатое не закончилось: его продолжит следующий вызов"
NOT_SAVED = "База не сохраняется (%s), с ответами подожду"
STARTS_NOT_RELEASED = "База не записывает (%s): прерванным задачам эта остановка зачтётся как сбой"
NOT_MAINTAINED = "База сейчас занята (%s), уберу за ней через минуту"
DATABASE_LOST = "Файл базы %s удалён или заменён: новых обновлений не принимаю"
DATABASE_BACK = "Файл базы %s снова на месте"
OWNER_NOT_TOLD = "Сказать об этом владельцу не удалось (%s), повторю"
BACKUP_FAILED = "Копия по расписанию не получилась"
BACKUP_KEPT = "Копия базы: %s"
WAITING_UNREAD = "База не читается (%s), скоро посмотрю снова"
APOLOGY_UNSAID = "Сказать в чате о неполадке с базой не удалось: %s"

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
    "no_images": "картинок не принимает",
    "tools_refused": "инструментов не принимает",
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
    "proxy": "прокси не отвечает или отказывает",
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
