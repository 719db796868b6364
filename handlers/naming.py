"""What things of the database are called in the language that is spoken."""

from storage.models import Model
from texts import models as texts


def model_name(model: Model) -> str:
    """A model's name for people."""
    return texts.named(model.key, model.label)
