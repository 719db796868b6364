"""Words about where the bot runs, for its owner: the webhook, and what watches over the process."""

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


# --- what watches over the process


def no_poll(seconds: int) -> str:
    return f"Опрос Telegram не завершался {seconds} с"


def lane_stands(seconds: int) -> str:
    return f"Очередь стоит: задача ждёт уже {seconds} с сверх своего срока"


def no_write(seconds: int) -> str:
    return f"База не записывает уже {seconds} с"


def not_alive(reasons: list[str]) -> str:
    return f"{'. '.join(reasons)}. Больше не сообщаю systemd, что работаю: он перезапустит меня."


ALIVE_AGAIN = "Снова работаю как следует."
HEALTHY = "Бот работает."
NO_HEARTBEAT = "Бот не запущен: файла {path} нет."


def heartbeat_old(seconds: int) -> str:
    return f"Бот не подавал признаков жизни {seconds} с."
