"""The one way a call is refused."""

from typing import Any


class RefusedError(Exception):
    """What the server answers instead of a result; `parameters` carries retry_after."""

    def __init__(
        self, status: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(words: str) -> RefusedError:
    return RefusedError(400, f"Bad Request: {words}")
