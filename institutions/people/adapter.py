"""What allauth tells of signing in: each act leaves an Event, a new password ends what the old one opened."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from accounts.clock import now
from accounts.models import User
from institutions.people.keys import change_password, note_sign_in


class Adapter(DefaultAccountAdapter):
    """allauth's own ways, with their record."""

    def post_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        note_sign_in(user, at=now())
        return super().post_login(request, user, **kwargs)

    def logout(self, request: Any) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            note_sign_in(user, at=now(), name="sign_out")

    def set_password(self, user: Any, password: str) -> None:
        change_password(user, password, at=now())
