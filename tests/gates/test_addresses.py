"""The URL gate: each address is scoped, or on the short list of open ones, or shows only what is one's own."""

from accounts.doors import Door
from accounts.scoped import Scoped
from config.edge import PUBLIC_ADDRESSES
from tests.gates.addresses import addresses, with_moves
from tests.gates.declared import OPEN, PERMISSIONS, PERSONAL


def test_there_are_addresses_to_look_at():
    assert len(addresses()) >= 40


def test_every_address_has_a_name_of_its_own():
    names = [address.name for address in addresses()]
    assert all(names)
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def test_every_own_address_is_scoped_or_declared():
    for address in addresses():
        if not address.is_own:
            continue
        scoped = isinstance(address.door, type) and issubclass(address.door, Scoped) and address.door.scope is not None
        declared = address.name in OPEN or address.name in PERSONAL
        assert scoped or declared, f"{address.name}: {address.door} is neither scoped nor declared open or personal"


def test_what_is_open_says_so_and_nothing_else_is():
    for address in addresses():
        says = bool(getattr(address.door, "public", False)) or address.name in PUBLIC_ADDRESSES
        if address.is_own:
            assert says == (address.name in OPEN), address.name


def test_packages_are_open_by_the_short_list_only():
    package = {address.name for address in addresses() if not address.is_own}
    assert package & PUBLIC_ADDRESSES == PUBLIC_ADDRESSES & {address.name for address in addresses()}


def test_every_api_view_is_a_door():
    for address in addresses():
        if address.is_api and address.is_own and address.name not in OPEN:
            assert issubclass(address.door, Door), address.name


def test_every_own_address_stands_in_the_table_of_permissions():
    own = {address.name for address in with_moves(addresses()) if address.is_own}
    assert own == set(PERMISSIONS), own ^ set(PERMISSIONS)
