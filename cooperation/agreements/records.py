"""What all pages of one agreement share: the revision its reader sees, and the frame around it."""

from django.db.models import Prefetch
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.models import Agreement, Revision, RevisionParty
from cooperation.agreements.rules import AGREEMENT, party_houses
from cooperation.agreements.standing import revision_for
from cooperation.pages.records import RecordPage
from institutions.registry.scope import HOUSE_ROLES, houses


class Record(RecordPage):
    """A page of one agreement."""

    scope = Agreement
    related = (
        "kind",
        "initiator",
        "latest__kind",
        "latest__frozen",
        "shown__kind",
        "shown__frozen",
        "concluded__frozen",
    )
    prefetch = tuple(
        Prefetch(f"{revision}__parties", RevisionParty.objects.select_related("institution"))
        for revision in ("shown", "latest")
    )
    machine, word, plural = AGREEMENT, "agreement", _("Agreements")

    @property
    def agreement(self) -> Agreement:
        found: Agreement = self.get_object()
        return found

    def called(self) -> str:
        return self.agreement.title or self.agreement.number

    def is_member(self) -> bool:
        """Whether the reader belongs to a party of the revision now shown."""
        return bool(houses(self.request.user, *HOUSE_ROLES) & party_houses(self.agreement))

    def revision(self) -> Revision:
        """The revision this reader sees."""
        found = revision_for(self.agreement, houses(self.request.user))
        if found is None:
            raise Http404
        return found
