"""What each field of a model is to a reader: the declaration that exports, erasure and the field gate read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Disclosure:
    """Field names by class of reader; `subject` is the path to the person a personal field speaks of."""

    public: tuple[str, ...] = ()
    institution: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    subject: str = ""
