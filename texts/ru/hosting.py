"""Words about where the bot runs, for its owner: the webhook, and what watches over the process."""

from collections.abc import Mapping

WEBHOOK_PORTS = "80, 88, 443 и 8443"

# What Telegram says when it refuses a webhook (Client.cpp and WebhookActor.cpp of its server), in
# lower case, and what the owner can do about it.
WEBHOOK_REFUSALS = {
    "https url must be provided": "адрес должен начинаться с https://.",
    "only on ports": f"Telegram ходит только на порты {WEBHOOK_PORTS}. Уберите порт из адреса или "
    "укажите один из этих.",
    "is reserved": "адрес ведёт в местную сеть, а Telegram приходит из интернета. Нужно имя, "
    "которое видно всем.",
    "ipv6": "у этого имени есть только адрес IPv6, а Telegram ходит по IPv4. Добавьте запись A.",
    "resolve host": "такого имени Telegram не нашёл. Проверьте, нет ли опечатки и есть ли у имени "
    "запись A.",
    "getaddrinfo": "такого имени Telegram не нашёл. Проверьте, нет ли опечатки и есть ли у имени "
    "запись A.",
    "invalid webhook url": "это не адрес. Пример: https://bot.example.org/telegram",
    "secret token": "секрет в WEBHOOK_SECRET должен состоять из 1–256 латинских букв, цифр и "
    "знаков _ и -.",
}


def webhook_refused(url: str, description: str) -> str:
    """Why Telegram does not take this address; `description` is what it said."""
    said = description.lower()
    for part, advice in WEBHOOK_REFUSALS.items():
        if part in said:
            return f"Telegram не принял WEBHOOK_URL «{url}»: {advice}"
    return f"Telegram не принял WEBHOOK_URL «{url}»: «{description}»."


def port_taken(host: str, port: int, reason: str | None) -> str:
    """The webhook's server cannot listen there; `reason` is the system's."""
    return (
        f"Не получается слушать {host}:{port} ({reason or 'причина неизвестна'}). "
        "Освободите порт или укажите другой адрес в WEBHOOK_LISTEN."
    )


# --- whether the bot is alive


def no_poll(seconds: int) -> str:
    return f"опрос Telegram не завершался {seconds} с"


def lane_stands(seconds: int) -> str:
    return f"одна и та же задача ждёт своей очереди {seconds} с"


def no_write(seconds: int) -> str:
    return f"в базу не получается записать {seconds} с"


def health(age_s: float | None, most_s: float) -> str:
    """What the health check says; `age_s`: since the last sign of life, None: there was none."""
    if age_s is None:
        return "Бот не запущен."
    if age_s > most_s:
        return f"Бот не подавал признаков жизни {age_s:.0f} с. Причина — в его журнале."
    return "Бот работает."


# --- a function whose database is an object in a bucket

# By the kind of `cloud.bucket.BucketError`.
BUCKET = {
    "no_bucket": "Бакета «{bucket}» нет по адресу {endpoint}. Создайте его или исправьте BUCKET.",
    "refused": "Бакет «{bucket}» не пускает: проверьте AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY и "
    "что у сервисного аккаунта есть роль storage.editor.",
    "silent": "Бакет «{bucket}» ({endpoint}) не отвечает как следует: {reason}. Обновление остаётся "
    "у Telegram, попробую снова.",
    "changed": "Базу в бакете «{bucket}» всё время меняет кто-то ещё. Попробую снова.",
    "disk": "Базе из бакета «{bucket}» не хватает места в /tmp функции ({reason}). Для такой базы "
    "нужна машина.",
    "over": "Время вызова вышло раньше, чем база сохранилась. Попробую снова.",
}
# By the kind of `db.DatabaseUnusableError`.
OBJECTS = {
    "newer": "Объект {key} создан более новой версией бота (версия базы {version}, эта программа "
    "знает {known}). Обновите функцию.",
    "no_database": "Объект {key} — не база SQLite или повреждён. Восстановите его из копии или "
    "укажите другой в BUCKET_KEY.",
    "corrupt": "Объект {key} — не база SQLite или повреждён. Восстановите его из копии или "
    "укажите другой в BUCKET_KEY.",
    "foreign": "Объект {key} — база другой программы. Укажите другой в BUCKET_KEY.",
}
OBJECT_UNUSABLE = "База из объекта {key} не открылась: {reason}."


def bucket(kind: str, name: str, endpoint: str, reason: object) -> str:
    """Why the bucket does not give or take anything."""
    return BUCKET[kind].format(bucket=name, endpoint=endpoint, reason=reason)


def object_unusable(kind: str, key: str, facts: Mapping[str, object]) -> str:
    """Why the object cannot serve as the database."""
    return OBJECTS.get(kind, OBJECT_UNUSABLE).format(**{**facts, "key": key})


HEALTH_OPTION = "сказать, работает ли запущенный бот: статус выхода 0 или 1"

# --- lines of the log

NOT_ALIVE = "Бот не работает как следует: %s. Сигналы systemd прекращаю, он перезапустит бота"
ALIVE_AGAIN = "Бот снова работает как следует"
PROBE_FAILED = "Пробная запись в базу не удалась: %s"
NO_HEARTBEAT_WRITTEN = "Не получается отметить, что бот работает, в файле %s: %s"
PROXY_FAILS = "прокси не отвечает или отказывает"
WEBHOOK_WAITS = "Telegram не отвечает (%s), пробую дальше"
ANOTHER_POLLS = (
    "С этим TOKEN опрашивает Telegram ещё одна копия бота: остановите её. Пробую дальше."
)
WEBHOOK_LOST = (
    "Вебхук снят или заменён: с этим TOKEN работает ещё одна копия бота, остановите её. "
    "Ставлю вебхук снова"
)
WEBHOOK_UNDELIVERED = "Telegram не смог доставить обновление: %s"
WEBHOOK_TAKES_OVER = (
    "Обновления этого бота уходят на вебхук: с этим TOKEN работает ещё одна копия, остановите её. "
    "Пробую дальше."
)
WEBHOOK_NO_SECRET = "Запрос к вебхуку без верного секрета отклонён"
WEBHOOK_NO_UPDATE = "На вебхук пришло не обновление: %d байт"
WEBHOOK_FAILED = "Сбой приёма обновления"
HEALTH_FAILED = "Сбой проверки состояния"
FUNCTION_NO_SECRET = (
    "Запрос отклонён: WEBHOOK_SECRET не задан, а без него не узнать, Telegram ли это"
)
FUNCTION_NO_TELEGRAM = "Telegram не отвечает (%s): обновление сохранено, попробую снова"
FUNCTION_FAILED = "Сбой, которого никто не ждал: попробую снова"
FUNCTION_TIME_SHORT = "Таймаут функции не больше %d с, работать некогда: увеличьте его до 300 с"
