"""Make a demonstration world from a seed and print its addresses, logins and keys as one JSON object."""

import json
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.clock import now, today
from accounts.models import User
from config.packs.loading import install
from config.packs.reading import Pack
from config.worlds.chance import dice
from config.worlds.counted import count_world
from config.worlds.ground import ground
from config.worlds.making import make_country, make_small
from config.worlds.naming import Namer
from config.worlds.printed import printed_again, world_made
from config.worlds.published import publish_figures
from lifecycle.ledger import sign_head
from lifecycle.seals import seal_all
from quality.rollups.counting import Moment

SCALES = {"small": make_small, "country": make_country}


class Command(BaseCommand):
    """The same seed makes the same world; a database that has one keeps it and says so."""

    help = "Make a demonstration world. Example: manage.py seed_world --seed 7 --scale small --json"

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--scale", choices=sorted(SCALES), default="small")
        parser.add_argument("--json", action="store_true", help="print the world as one JSON object")

    def handle(self, *, seed, scale, **options):
        pack = Pack.named(settings.COUNTRY_PACK)
        started = time.monotonic()
        if made := world_made():
            self.stderr.write(f"A world is already here: seed {made.detail['seed']}, {made.detail['scale']}.")
            printed = printed_again(made, Namer(pack, dice(seed, "names")))
        elif User.objects.exists():
            raise CommandError(
                "People are here already: a demonstration world is made in an empty database only.", returncode=2
            )
        else:
            install(pack.code, now(), dry_run=False)
            with transaction.atomic():
                printed = SCALES[scale](ground(pack, seed, now(), today()))
            if count_world(Moment(today(), now())) and scale == "small":
                publish_figures(printed["users"], today(), now())
            if scale == "small":  # a country's acts are sealed by the workers, a minute's worth at a time
                seal_all(at=now())
                sign_head(at=now())
            self.stderr.write(f"Made in {time.monotonic() - started:.1f} s.")
        if options["json"]:
            self.stdout.write(json.dumps(printed, ensure_ascii=False))
