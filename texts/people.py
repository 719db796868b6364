"""What the bot says about who may come in, about limits and copies. Decides nothing."""

from collections.abc import Iterable

from texts.common import plural

OWNER_NOW = (
    "Вы первый, кто мне написал, — теперь вы владелец этого бота.\n"
    "Я отвечаю только вам и тем, кого вы впустите. Когда постучится кто-то ещё, я спрошу вас: "
    "«Пустить» или «Отклонить». Все люди: /users, копия базы: /backup"
)
OWNER_ONLY = "Эта команда — для владельца бота. Что можно вам: /help"
OWNER_IN_PRIVATE = "Это я покажу только в личном чате: напишите мне туда."
CLOSED = "Здравствуйте! Этот бот только для своих. Я спрошу владельца и скажу, если он вас впустит."
CLOSED_NO_OWNER = "Здравствуйте! Этот бот только для своих, а впустить вас пока некому."
OWNERLESS = (
    "Здравствуйте! У этого бота ещё нет владельца. Если бот ваш, отправьте мне /start "
    "в личном чате."
)
BLOCKED = "Владелец бота закрыл вам доступ."
CLOSED_TOAST = "Этот бот только для своих."
ALLOW = "Пустить"
DENY = "Отклонить"


def person(name: str, username: str | None, user_id: int) -> str:
    """A name, a username and an id, as far as they are known."""
    shown = f"@{username}, id {user_id}" if username else f"id {user_id}"
    return f"{name} ({shown})" if name else shown


def knock(who: str) -> str:
    return f"Стучится {who}. Пустить?"


def let_in(name: str) -> str:
    return f"{name or 'Здравствуйте'}, владелец бота вас впустил. Что я умею: /help"


SHUT_OUT = "Владелец бота закрыл вам доступ. Ваши заметки сохранены."


def allowed(who: str) -> str:
    return f"Впущен: {who}"


def denied(who: str) -> str:
    return f"Отклонён: {who}"


def allowed_already(who: str) -> str:
    return f"Уже впущен: {who}"


def denied_already(who: str) -> str:
    return f"Уже отклонён: {who}"


def allowed_later(username: str) -> str:
    return f"@{username} мне ещё не писал. Запомню: впущу, когда придёт."


def denied_later(username: str) -> str:
    return f"@{username} мне ещё не писал. Запомню: не впущу, когда придёт."


OWNER_ITSELF = "Это вы, владелец бота: ваш доступ не меняется. Сменить владельца: OWNER_ID в .env"


def whom(command: str) -> str:
    return f"Кого? Напишите id или @имя: /{command} 123456789 или /{command} @anna. Все: /users"


def not_a_person(command: str, given: str) -> str:
    return f"«{given}» — не id и не @имя. Нужно так: /{command} 123456789 или /{command} @anna"


# --- the list of people

ROLE_WORDS = {
    "owner": "владелец",
    "user": "впущен",
    "blocked": "отклонён",
    "listed": "впущен в .env",
    "everyone": "впущен: бот открыт всем",
    "knocked": "ждёт вашего решения",
    "unknown": "не впущен",
}
USERS_HEAD = "Люди (вопросы и токены — за этот месяц):"
USERS_END = "Впустить: /allow id или @имя. Закрыть доступ: /deny id или @имя"


def user_row(who: str, role: str, questions: int, tokens: int) -> str:
    used = f" · {questions_count(questions)}, {tokens_count(tokens)}" if questions or tokens else ""
    return f"{who} — {ROLE_WORDS[role]}{used}"


def users_shown(shown: int, total: int) -> str:
    return f"Показаны {shown} из {total}."


def still_expected(names: Iterable[str]) -> str:
    return "Ещё не приходили: " + ", ".join(names)


def expected_name(username: str, *, blocked: bool) -> str:
    return f"@{username}" + (" (не впущу)" if blocked else "")


# --- limits


def questions_count(number: int) -> str:
    return plural(number, "вопрос", "вопроса", "вопросов")


def tokens_count(number: int) -> str:
    return plural(number, "токен", "токена", "токенов")


def duration(seconds: int) -> str:
    """In the two largest units: 45 с, 12 мин, 5 ч 12 мин."""
    if seconds < 60:
        return f"{max(seconds, 1)} с"
    hours, minutes = divmod(-(-seconds // 60), 60)
    units = ((hours, "ч"), (minutes, "мин"))
    return " ".join(f"{number} {unit}" for number, unit in units if number)


def minute_limit(limit: int, seconds: int) -> str:
    return (
        f"Не так быстро: {questions_count(limit)} в минуту. "
        f"Следующий можно задать через {duration(seconds)}."
    )


def day_limit(limit: int, seconds: int) -> str:
    return (
        f"На сегодня всё: {questions_count(limit)} в день. "
        f"Следующий можно задать завтра, через {duration(seconds)}."
    )


MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip


def usage_row(period: str, questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    row = f"{period}: {questions_count(questions)}, "
    total = prompt_tokens + completion_tokens
    return row + (
        f"{tokens_count(total)} (вопросы {prompt_tokens}, ответы {completion_tokens})"
        if total
        else tokens_count(0)
    )


def usage_today(questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    return usage_row("Сегодня", questions, prompt_tokens, completion_tokens)


def usage_month(month: int, questions: int, prompt_tokens: int, completion_tokens: int) -> str:
    return usage_row(f"За {MONTHS[month - 1]}", questions, prompt_tokens, completion_tokens)


def usage_limits(per_minute: int, per_day: int) -> str:
    shown = [
        f"{questions_count(limit)} в {period}"
        for limit, period in ((per_minute, "минуту"), (per_day, "день"))
        if limit
    ]
    return f"Можно: {', '.join(shown)}." if shown else "Задавать можно сколько угодно."


# --- copies of the database and secrets


def backup_caption(moment: str) -> str:
    return (
        f"Копия базы на {moment}. В ней заметки всех людей: храните её там, где нет чужих. "
        "Как восстановить, сказано в README."
    )


def backup_too_big(megabytes: int) -> str:
    return (
        f"База занимает {megabytes} МБ, а Telegram берёт файлы до 50 МБ. "
        "Скопируйте её на машине бота: python bot.py --backup notes-copy.db"
    )


def backup_written(path: object) -> str:
    return f"Копия базы: {path}"


def env_is_read_by_others(path: object) -> str:
    return f"Файл {path} с ключами могут прочитать другие пользователи машины: chmod 600 {path}"


NO_OWNER = "Владельца нет, некому впускать людей и делать копии: впишите OWNER_ID в .env"
