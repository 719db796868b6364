"""What messages hold that is neither a text nor a file, as a text that a note can keep."""

from collections.abc import Callable, Iterable
from typing import Any

MAP = "https://maps.google.com/maps?q={0},{1}"
LINES_MOST = 100


def is_kept(message: Any) -> bool:
    """Whether there is such a thing in a message."""
    return any(getattr(message, kind, None) is not None for kind in LINES)


def as_text(message: Any) -> str:
    """A place, a contact, a poll and the like in a few lines; "" when there is none."""
    for kind, lines in LINES.items():
        found = getattr(message, kind, None)
        if found is not None:
            return "\n".join([line for line in lines(found) if line][:LINES_MOST])
    return ""


def _location(place: Any) -> Iterable[str]:
    at = _rounded(place.latitude), _rounded(place.longitude)
    return f"📍 {at[0]}, {at[1]}", MAP.format(*at)


def _venue(venue: Any) -> Iterable[str]:
    at = _rounded(venue.location.latitude), _rounded(venue.location.longitude)
    return f"📍 {venue.title}", str(venue.address or ""), MAP.format(*at)


def _contact(contact: Any) -> Iterable[str]:
    names = (contact.first_name, contact.last_name)
    number = str(contact.phone_number or "")
    shown = f"+{number}" if number.isdigit() else number  # so that it can be called
    return f"👤 {' '.join(str(name) for name in names if name)}", shown


def _poll(poll: Any) -> Iterable[str]:
    """The answers with their votes, of a quiz the right ones with a tick."""
    right = poll.correct_option_ids or ()
    yield f"📊 {poll.question}"
    for number, option in enumerate(poll.options or ()):
        votes = f" — {option.voter_count}" if poll.total_voter_count else ""
        yield f"{'✅' if number in right else '▫️'} {option.text}{votes}"
    yield f"💡 {poll.explanation}" if poll.explanation else ""


def _checklist(checklist: Any) -> Iterable[str]:
    yield f"📋 {checklist.title}"
    for task in checklist.tasks:
        yield f"{'☑' if task.completion_date else '☐'} {task.text}"


def _dice(dice: Any) -> Iterable[str]:
    return (f"{dice.emoji} {dice.value}",)


def _game(game: Any) -> Iterable[str]:
    return f"🎮 {game.title}", str(game.description or "")


def _rounded(degrees: Any) -> str:
    """To a metre."""
    return f"{float(degrees):.5f}".rstrip("0").rstrip(".")


# By the field of a message; a venue has a location, too.
LINES: dict[str, Callable[[Any], Iterable[str]]] = {
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "poll": _poll,
    "checklist": _checklist,
    "dice": _dice,
    "game": _game,
}
