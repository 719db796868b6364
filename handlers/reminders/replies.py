"""What people reply to the bot's words about a reminder: another time, or something else."""

from handlers import at_once, questions
from handlers.context import App
from handlers.reminders import cards, moving, saying, setting
from handlers.types import Reply, Request
from texts import reminders as texts
from times.reading import UnreadableTimeError
from utf16 import units

# Of the buttons under what is answered: these ask for a time, so that any answer is meant as one.
ASKING = ("remind_to", "remind_note_at", "remind_keep")


def answered(app: App, request: Request) -> Reply:
    """A message that replies to a reminder: another time for it, or something else."""
    action, number = request.answered, request.answered_number
    if not request.args.strip():  # in a group the bot's name alone asks about what is replied to
        return questions.ask(app, request)
    try:
        reading = setting.read_for(app, request, request.args)
    except UnreadableTimeError as error:
        if action in ASKING:
            choices = cards.quick_choices(action, number)
            return Reply(texts.unread_time(error.kind.name), buttons=choices)
        return at_once.plain_text(app, request)
    text = reading.rest.strip()
    if text and action not in ASKING:
        return at_once.plain_text(app, request)
    if units(text) > cards.TEXT_UNITS:
        return Reply(texts.too_long(cards.TEXT_UNITS))
    if action == "remind_note_at":
        return setting.of_note(app, request, number, reading)
    if action == "remind_done" and not reading.rule:
        return saying.snoozed(app, request, number, int(reading.first.timestamp()))
    return moving.moved(app, request, number, reading)
