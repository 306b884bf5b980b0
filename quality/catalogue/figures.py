"""Numbers as machines write them."""

from decimal import Decimal


def plain(number: Decimal | None) -> str | None:
    """A number as text: no idle noughts, no exponent; None stays None."""
    if number is None:
        return None
    return f"{number.normalize():f}" if number else "0"
