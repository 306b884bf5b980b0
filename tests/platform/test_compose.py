"""docker-compose.yml and the Dockerfile have the right form and start commands that exist."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("build")}


def test_it_runs_the_same_services_as_the_one_command() -> None:
    assert set(OURS) == {"prepare", "web", "ticks", "heavy", "beat"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_a_command_of_ours_that_takes_these_words(name: str) -> None:
    python, script, command, *words = OURS[name]["command"]
    assert (python, script) == ("python", "manage.py")
    parser = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
    assert parser.parse_args(words)


def test_every_service_waits_for_one_that_exists_and_every_volume_is_declared() -> None:
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])


def test_the_broker_keeps_its_messages_and_the_cache_is_another_server() -> None:
    broker, cache = COMPOSE["services"]["broker"]["command"], COMPOSE["services"]["cache"]["command"]
    assert "noeviction" in broker and broker[broker.index("--appendonly") + 1] == "yes"
    assert "allkeys-lru" in cache


def test_the_image_copies_only_what_exists() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert copied
    assert all((ROOT / name).exists() for name in copied)
