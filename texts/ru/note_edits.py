"""Editing notes."""

EDIT_USAGE = "Напишите номер и новый текст: /note_edit 3 купить хлеб"
EDIT_EMPTY = "Новый текст пуст. Чтобы удалить заметку: /note_del номер"
EDIT_PLACEHOLDER = "Новый текст заметки"
BUTTON_COPY = "📋 Скопировать текст"
UNDO = "↩️ Вернуть прежний текст"


def edit_now(number: int) -> str:
    return f"Сейчас в заметке #{number}:\n\n"


def edit_prompt(number: int) -> str:
    return f"Пришлите новый текст заметки #{number} ответом на это сообщение."


def edit_wants_text(number: int) -> str:
    return (
        f"В заметку #{number} годится только текст: файл или наклейку на его место не поставить. "
        "Она осталась прежней."
    )


def note_edited(number: int) -> str:
    return f"Заметка #{number} изменена."


def edit_undone(number: int) -> str:
    return f"Прежний текст заметки #{number} вернулся."


# Why an edit cannot be taken back.
EDIT_KEPT = {
    "undone": "Прежний текст заметки #{number} уже вернулся.",
    "followed": "Заметка #{number} с тех пор менялась ещё раз. Посмотреть: /note {number}",
    "forgotten": "Прежнего текста заметки #{number} больше нет: он хранится 30 дней.",
}
