"""Installing a country pack: everything it says is there afterwards, nothing that is there is removed."""

import datetime

from django.db import transaction

from config.packs.calendar import install_periods
from config.packs.catalogue import install_indicators
from config.packs.checks import install_checks
from config.packs.figures import install_figures
from config.packs.participants import install_participants
from config.packs.places import install_territories
from config.packs.reading import Pack
from config.packs.tally import Tally
from config.packs.words import install_terms
from exchange.copying import take_statistics
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, OpenSpell
from institutions.territory.models import Territory, TerritoryParent
from quality.observations.models import Observation

FILLED = (Territory, TerritoryParent, Institution, InstitutionKind, InstitutionPlace, OpenSpell, Observation)


def install(code: str, at: datetime.datetime, dry_run: bool = False) -> Tally:
    """Install a pack in one transaction; with `dry_run` the same work is done and taken back. Raises LookupError."""
    pack, tally = Pack.named(code), Tally()
    with transaction.atomic():
        install_terms(pack, tally)
        install_territories(pack, at, tally)
        install_periods(pack, at.date(), tally)
        install_indicators(pack, tally)
        install_checks(pack, tally)
        install_participants(pack, at, tally)
        install_figures(pack, at, tally)
        take_statistics(*FILLED)
        transaction.set_rollback(dry_run)
    return tally
