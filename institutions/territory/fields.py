"""A word of a vocabulary in the body of a request."""

from typing import Any

from rest_framework import serializers

from accounts.wording import UNKNOWN
from institutions.territory.models import Term


class TermField(serializers.SlugRelatedField):
    """A word of a vocabulary by its code; `as_code` hands the code itself to the action."""

    default_error_messages = {"does_not_exist": UNKNOWN, "invalid": UNKNOWN}

    def __init__(self, vocabulary: str = "", as_code: bool = False, **options: Any) -> None:
        self.as_code = as_code
        super().__init__(slug_field="code", queryset=Term.objects.filter(vocabulary=vocabulary), **options)

    def to_internal_value(self, data: Any) -> Any:
        term = super().to_internal_value(data)
        return term.code if self.as_code else term
