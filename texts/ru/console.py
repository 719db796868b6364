"""The chat in the terminal."""

BOT = "Бот"
YOU = "Вы"
CONSOLE_HELLO = (
    "Разговор с ботом в терминале: без Telegram и без ключа бота.\n"
    "Пишите команды, например /help. Кнопка нажимается своим номером, \\ в конце строки "
    "продолжает её на следующей. Выход: Ctrl-D."
)


def file_saved(path: object) -> str:
    return f"Файл сохранён: {path}"
