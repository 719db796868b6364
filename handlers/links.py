"""Links that open the private chat with the bot, and the command that they carry there.

The command travels in the parameter of /start, which takes 64 letters, digits, - and _.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

PARAMETER_CHARS = 64


def to_private_chat(username: str, command: str = "") -> str:
    """The link; of a command too long for it only the name is carried."""
    link, name = f"https://t.me/{username}", command.partition(" ")[0]
    for carried in (command, name):
        parameter = urlsafe_b64encode(carried.encode()).decode().rstrip("=")
        if carried and len(parameter) <= PARAMETER_CHARS:
            return f"{link}?start={parameter}"
    return link


def command_in(parameter: str) -> str:
    """The command that a link has carried, "" when there is none in it."""
    if not parameter.isascii() or len(parameter) > PARAMETER_CHARS:
        return ""
    try:
        return urlsafe_b64decode(parameter + "=" * (-len(parameter) % 4)).decode()
    except ValueError:  # neither Base64 nor UTF-8
        return ""
