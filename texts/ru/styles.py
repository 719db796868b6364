"""Styles of answers."""

STYLES_HEAD = "Как мне отвечать:"
STYLES_END = (
    "Выбрать: /mode professor. Свой стиль: /mode custom Отвечай одним предложением.\n"
    "Стиль действует во всех ваших вопросах."
)
CUSTOM_EMPTY = (
    "Опишите стиль после команды, например: /mode custom Отвечай как опытный юрист, кратко."
)
CUSTOM_CHOSEN = "Теперь отвечаю в вашем собственном стиле. Вернуть обычный: /mode default"


def style_row(key: str, label: str, chosen: bool) -> str:
    return f"{'* ' if chosen else ''}{key} — {label}"


def custom_row(prompt: str) -> str:
    shown = prompt if len(prompt) <= 200 else prompt[:200] + "…"
    return f"* custom — {shown}"


def style_button(label: str, chosen: bool) -> str:
    return f"{'✓ ' if chosen else ''}{label}"


def style_chosen(label: str) -> str:
    return f"Теперь отвечаю так: {label}."


def style_unknown(key: str) -> str:
    return f"Стиля «{key}» нет. Посмотрите список: /mode"
