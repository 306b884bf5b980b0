"""How a person wants the pages: colours and language, kept with the account. No Event: nobody else is concerned."""

from accounts.models import User


def keep_preferences(*, by: User, **chosen: str) -> None:
    """Writes theme and language where they differ; the door has checked that they are on offer."""
    changed = {name: value for name, value in chosen.items() if getattr(by, name) != value}
    if changed:
        User.objects.filter(pk=by.pk).update(**changed)
