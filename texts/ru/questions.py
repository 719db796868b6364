"""Questions and their answers."""

from texts.ru.counts import plural

ASK_EMPTY = "О чём спросить? Напишите вопрос после команды: /ask почему небо голубое?"


def short_footer(latency_ms: int, model: str) -> str:
    return f"{max(1, round(latency_ms / 1000))} с · {model}"


def answer_footer(latency_ms: int, model: str, tokens: int | None) -> str:
    count = f"; {plural(tokens, 'токен', 'токена', 'токенов')}" if tokens is not None else ""
    return f"({latency_ms} мс; модель: {model}{count})"


NOTE_ASK_EMPTY = "О чём спросить ваши заметки? Например: /note_ask когда встреча с Анной?"
NOTE_ASK_NONE = (
    "В ваших заметках об этом ничего нет. Спросите другими словами или просто модель: /ask"
)
ASK_FAILED = (
    "Не получилось получить ответ: внутренняя ошибка, она записана в журнал. Попробуйте ещё раз."
)
ANSWER_GONE = "Этот ответ уже не хранится. Задайте вопрос заново."
DIALOGUE_RESET = "Тот разговор закончен командой /new. Задайте вопрос заново."
ASKING_AGAIN = "Спрашиваю ещё раз…"
ASKED_AGAIN = "Этот вопрос уже задан заново: ответ ниже."
GOING_ON = "Продолжаю…"
GONE_ON = "Этот ответ уже продолжен: смотрите ниже."
EDITED_TOO_LATE = (
    "Вы изменили вопрос больше чем через минуту, поэтому ответ остался прежним. "
    "Спросить с новым текстом?"
)
AGAIN_BUTTON = "🔁 Ещё раз"
UNLIMITED_BUTTON = "🔁 Ещё раз без ограничения"
EDITED_BUTTON = "🔁 Спросить заново"
GO_ON_BUTTON = "▶️ Продолжить"
KEEP_BUTTON = "💾 В заметки"
STOP_BUTTON = "⏹ Стоп"
STOPPED = "Останавливаю."
STOPPED_EMPTY = "Остановлено, ответа ещё не было."
STOPPED_BY_YOU = "⏹ Остановлено."
NOTHING_RUNS = "Останавливать нечего: ответ уже закончен."
NEW_DIALOGUE = "Начинаем с чистого листа: прежний разговор я больше не учитываю."
ALREADY_NEW = "Разговор и так ещё не начат. Спрашивайте!"
FORGOT_HALF = "ℹ️ Разговор стал длинным: его начало забыто. Начать заново: /new"
TOO_LONG = "✂️ Ответ упёрся в предел длины."
STOPPED_BY_EDIT = "⏹ Остановлено: вопрос изменён."


def fell_back(label: str, why: str) -> str:
    return f"ℹ️ Вместо {label} ответила запасная модель. {why}"


def broke_off(why: str) -> str:
    return f"⚠️ Ответ оборвался. {why}"


def already_kept(number: int) -> str:
    return f"Уже сохранено: заметка #{number}."
