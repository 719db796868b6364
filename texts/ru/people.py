"""Who may come in."""

from collections.abc import Iterable

from texts.ru.counts import questions_count, tokens_count

OWNER_FIRST = "Вы первый, кто мне написал, — теперь вы владелец этого бота."
OWNER_NOW = "Владельца у этого бота ещё не было — теперь вы владелец."
OWNER_CAN = (
    "Я отвечаю только вам и тем, кого вы впустите. Когда постучится кто-то ещё, я спрошу вас: "
    "«Пустить» или «Отклонить». Все люди: /users, копия базы: /backup"
)
OWNER_ONLY = "Эта команда — для владельца бота. Что можно вам: /help"
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


def access_request(who: str) -> str:
    return f"Стучится {who}. Пустить?"


def access_granted(name: str) -> str:
    return f"{name or 'Здравствуйте'}, владелец бота вас впустил. Что я умею: /help"


ACCESS_REVOKED = "Владелец бота закрыл вам доступ. Ваши заметки сохранены."


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


OWNER_ITSELF = (
    "Это вы, владелец бота: ваш доступ не меняется. Чтобы сменить владельца, впишите его id "
    "в .env (OWNER_ID) и перезапустите бота."
)


def whom(command: str) -> str:
    return f"Кого? Напишите id или @имя: /{command} 123456789 или /{command} @anna. Все: /users"


def not_a_person(command: str, given: str) -> str:
    return f"«{given}» — не id и не @имя. Нужно так: /{command} 123456789 или /{command} @anna"


ROLE_WORDS = {
    "owner": "владелец",
    "user": "впущен",
    "blocked": "отклонён",
    "listed": "впущен в .env",
    "everyone": "впущен: бот открыт всем",
    "asked": "ждёт вашего решения",
    "unknown": "не впущен",
}
USERS_HEAD = "Люди (вопросы и токены — за этот месяц):"
USERS_END = "Впустить: /allow id или @имя. Закрыть доступ: /deny id или @имя"


def user_row(who: str, role: str, questions: int, tokens: int) -> str:
    used = f" · {questions_count(questions)}, {tokens_count(tokens)}" if questions or tokens else ""
    return f"{who} — {ROLE_WORDS[role]}{used}"


def users_page(page: int, pages: int) -> str:
    return f"Страница {page} из {pages}."


def still_expected(names: Iterable[str]) -> str:
    return "Ещё не приходили: " + ", ".join(names)


def expected_name(username: str, *, blocked: bool) -> str:
    return f"@{username}" + (" (не впущу)" if blocked else "")
