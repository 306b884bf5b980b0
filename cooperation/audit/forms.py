"""What came of a call."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.spelling import LineInput
from cooperation.audit.models import AuditResult


class NoteForm(forms.Form):
    """The result, and a few words if need be."""

    result = forms.ChoiceField(choices=AuditResult.choices, label=_("Result of the call"))
    note = LineInput(label=_("Note"), required=False, max_length=500)
