"""Why a model gave no answer: a sentence for each kind of failure."""

from collections.abc import Mapping

from texts.choice import Failure, Sentences, chosen

SHARED: Sentences = {
    "bad_request": "{name} не понял запрос. Спросите иначе или смените модель: /models.",
    "context_length": "Вопрос вместе с историей не помещается в память модели. "
    "Сократите его или выберите модель с памятью побольше: /models.",
    "no_key": "Нет ключа {name}. Впишите его в файл .env и перезапустите бота.",
    "auth": "{name} не принял ключ. Проверьте его в файле .env и перезапустите бота.",
    "credits": "На счёте {name} не хватает средств. Пополните его и спросите снова.",
    "key_limit": "Этому ключу {name} такой запрос не разрешён. Проверьте права и лимиты.",
    "moderation": "Вопрос не прошёл проверку содержания. Сформулируйте его иначе.",
    "region": "Этой моделью нельзя пользоваться из вашей страны. Выберите другую: /models.",
    "gone": "Такой модели у {name} больше нет. /models — выбрать другую.",
    "too_large": "Вопрос слишком велик для {name}. Пришлите его короче или по частям.",
    "unprocessable": "Модель не умеет выполнять такие запросы. Выберите другую: /models.",
    "no_images": "Эта модель не принимает картинки. Выберите ту, что видит (👁): /models.",
    "tools_refused": "Эта модель не умеет пользоваться инструментами. "
    "Спросите иначе или выберите другую: /models.",
    "rate_minute": "Слишком много вопросов подряд. Подождите минуту и спросите снова.",
    "rate_day": "Вопросы на сегодня закончились. Возвращайтесь завтра.",
    "rate_provider": "Эту модель сейчас спрашивает слишком много людей. "
    "Подождите немного или выберите другую: /models.",
    "overloaded": "Свободных серверов с этой моделью сейчас нет. "
    "Спросите позже или выберите другую: /models.",
    "server": "У {name} что-то сломалось. Спросите ещё раз чуть позже.",
    "timeout": "Модель не успела ответить. Спросите ещё раз, покороче, "
    "или выберите модель побыстрее: /models.",
    "stalled": "Модель замолчала и не продолжает. Спросите ещё раз.",
    "cut": "Связь с {name} оборвалась на полуслове. Спросите ещё раз.",
    "network": "Нет связи с {name}. Проверьте интернет и спросите ещё раз.",
    "proxy": "Прокси, через который бот ходит к {name}, не отвечает или отказывает. Проверьте "
    "MODELS_PROXY в файле .env: адрес, имя и пароль. Если его там нет — HTTPS_PROXY в окружении.",
    "tls": "Не удалось установить защищённое соединение с {name}. "
    "Проверьте сертификаты, дату и время на компьютере бота.",
    "bad_body": "{name} прислал не ответ, а что-то непонятное. Спросите ещё раз, "
    "а если повторится — проверьте адрес сервера в настройках.",
    "empty": "Модель прислала пустой ответ. Спросите ещё раз или другими словами.",
    "reasoning_only": "Модель долго думала, и на сам ответ места не осталось. "
    "Задайте вопрос попроще или выберите другую модель: /models.",
    "cancelled": "Ответ остановлен.",
    ("server", 200): "{name} вместо ответа сообщил об ошибке. Спросите ещё раз "
    "или смените модель: /models.",
    ("timeout", 408): "{name} не дождался вопроса целиком: связь слишком медленная. "
    "Спросите ещё раз.",
    ("server", 500): "Внутренняя ошибка {name}. Спросите ещё раз через минуту.",
    ("server", 502): "Сервер модели ответил ошибкой. Спросите ещё раз "
    "или выберите другую модель: /models.",
    ("overloaded", 503): "Модель сейчас недоступна. Спросите через несколько минут "
    "или смените её: /models.",
    ("timeout", 504): "Сервер модели не ответил вовремя. Спросите ещё раз "
    "или смените модель: /models.",
    ("timeout", 524): "Модель думала дольше, чем {name} готов ждать. "
    "Спросите короче или чуть позже.",
    ("overloaded", 529): "Модель перегружена вопросами. Подождите минуту "
    "или выберите другую: /models.",
}

OPENROUTER: Sentences = {
    "no_key": "Нет ключа OpenRouter. Получите его бесплатно на https://openrouter.ai/keys, "
    "впишите в файл .env: OPENROUTER_API_KEY=… — и перезапустите бота.",
    "auth": "OpenRouter не принял ключ. Проверьте OPENROUTER_API_KEY в файле .env "
    "или создайте новый: https://openrouter.ai/keys. Потом перезапустите бота.",
    "credits": "На счёте OpenRouter не хватает средств, а с долгом не отвечают "
    "и бесплатные модели. Пополнить: https://openrouter.ai/credits.",
    "key_limit": "Ключ OpenRouter исчерпал свой лимит или ограничен в правах. "
    "Изменить: https://openrouter.ai/settings/keys.",
    "gone": "Этой модели на OpenRouter больше нет, или её не пускают настройки приватности "
    "вашего аккаунта. /models — выбрать другую.",
    "rate_minute": "Слишком много вопросов за минуту: бесплатным моделям можно задать 20. "
    "Подождите немного и спросите снова.",
    "rate_day": "Бесплатные вопросы на сегодня закончились: их 50 в день, а после покупки "
    "10 кредитов — 1000.",
}
GIGACHAT: Sentences = {
    "auth": "GigaChat не принял ключ. Проверьте GIGACHAT_CLIENT_SECRET в файле .env: нужен "
    "ключ авторизации из проекта на https://developers.sber.ru/studio. Потом перезапустите бота.",
    "credits": "Токены этой модели GigaChat закончились. Пополните пакет "
    "на https://developers.sber.ru/studio или выберите другую модель: /models.",
    "key_limit": "Этому ключу GigaChat такой запрос не разрешён. Проверьте тариф "
    "на https://developers.sber.ru/studio или выберите другую модель: /models.",
    "rate_provider": "GigaChat просит не спешить: вопросов сразу больше, чем позволяет "
    "тариф. Подождите немного и спросите снова.",
    "tls": "Сертификат GigaChat не проверен: о нём знает только корневой сертификат "
    "Минцифры. Скачайте Russian Trusted Root CA (PEM) на https://www.gosuslugi.ru/crt, укажите "
    "путь к файлу в настройке GIGACHAT_CA_BUNDLE и перезапустите бота.",
}
GIGACHAT_TOKEN: Sentences = {
    **GIGACHAT,
    "bad_request": "GigaChat не выдал токен: GIGACHAT_SCOPE не подходит к ключу. Для частных лиц "
    "это GIGACHAT_API_PERS, для компаний — GIGACHAT_API_B2B или GIGACHAT_API_CORP. "
    "Исправьте и перезапустите бота.",
    "gone": "По адресу GIGACHAT_AUTH_URL токены не выдают. Проверьте его в файле .env "
    "и перезапустите бота.",
    "bad_body": "По адресу GIGACHAT_AUTH_URL пришёл не токен, а что-то непонятное. "
    "Проверьте его в файле .env и перезапустите бота.",
}
OPENAI: Sentences = {
    "auth": "{name} не принял ключ. Проверьте OPENAI_API_KEY в файле .env и перезапустите бота.",
    "network": "Нет связи с {name}. Проверьте, что сервер моделей запущен, "
    "и его адрес в OPENAI_BASE_URL.",
}
# For people who did not set the bot up, where they would read of settings.
GUEST: Sentences = {
    "bad_body": "{name} прислал не ответ, а что-то непонятное. Спросите ещё раз чуть позже.",
}
NO_ANSWER = "Сейчас я не могу ответить: неполадка на стороне бота."
NO_ANSWER_OWNER_KNOWS = (
    "Сейчас я не могу ответить: неполадка на стороне бота, его владелец уже знает. "
    "Спросите, пожалуйста, позже."
)
OWN: Mapping[str, Sentences] = {
    "openrouter": OPENROUTER,
    "gigachat": GIGACHAT,
    "gigachat_token": GIGACHAT_TOKEN,
    "openai": OPENAI,
}


def explain(failure: Failure) -> str:
    """What happened and what to do about it, for whoever set the bot up."""
    return chosen(failure, OWN.get(failure.provider, {}), SHARED)


def explain_to_guest(failure: Failure, *, owner_knows: bool) -> str:
    """The same for everybody else: without keys, money and settings, which are not theirs."""
    if failure.is_for_owner:
        return NO_ANSWER_OWNER_KNOWS if owner_knows else NO_ANSWER
    return chosen(failure, GUEST, SHARED)


def for_owner(failure: Failure) -> str:
    return f"⚠️ Меня спрашивают, а я не могу ответить. {explain(failure)}"


def is_over(label: str) -> str:
    return f"✅ {label} снова отвечает."
