"""The arithmetic of the record: vectors published with Certificate Transparency, and what holds for every tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.merkle import Node, consistency_ranges, inclusion_ranges, root_of
from lifecycle.verify_audit import (
    EMPTY,
    consistency_holds,
    inclusion_holds,
    leaf_hash,
    node_hash,
    signature_holds,
    tree_hash,
)

# github.com/google/certificate-transparency, merkletree/merkle_tree_test.cc: inputs, roots, paths, proofs
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",  # pragma: allowlist secret
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",  # pragma: allowlist secret
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",  # pragma: allowlist secret
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",  # pragma: allowlist secret
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",  # pragma: allowlist secret
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",  # pragma: allowlist secret
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",  # pragma: allowlist secret
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",  # pragma: allowlist secret
]
SECOND, PAIR, LAST_HALF = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",  # pragma: allowlist secret
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",  # pragma: allowlist secret
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",  # pragma: allowlist secret
)
FIFTH, LAST_PAIR = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",  # pragma: allowlist secret
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",  # pragma: allowlist secret
)
THIRD_PAIR = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"  # pragma: allowlist secret
PATHS = [
    (1, 1, []),
    (1, 8, [SECOND, PAIR, LAST_HALF]),
    (6, 8, [FIFTH, LAST_PAIR, ROOTS[3]]),
    (3, 3, [ROOTS[1]]),
    (2, 5, [ROOTS[0], PAIR, FIFTH]),
]
PROOFS = [
    (1, 1, []),
    (1, 8, [SECOND, PAIR, LAST_HALF]),
    (6, 8, [THIRD_PAIR, LAST_PAIR, ROOTS[3]]),
    (2, 5, [PAIR, FIFTH]),
]
# RFC 8032, 7.1: public key, message, signature
SIGNATURES = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",  # pragma: allowlist secret
        "",
        # pragma: allowlist nextline secret
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",  # pragma: allowlist secret
        "72",
        # pragma: allowlist nextline secret
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",  # pragma: allowlist secret
        "af82",
        # pragma: allowlist nextline secret
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",  # pragma: allowlist secret
        # pragma: allowlist nextline secret
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        # pragma: allowlist nextline secret
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


def grown(leaves: list[bytes]) -> dict[Node, bytes]:
    """Every complete subtree over the hashes of leaves, as the database keeps them."""
    found, row, level = {}, leaves, 0
    while row:
        found |= {(level, place): each for place, each in enumerate(row)}
        row = [node_hash(row[each], row[each + 1]) for each in range(0, len(row) - 1, 2)]
        level += 1
    return found


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(f"entry {number}".encode()) for number in range(count)]


VECTOR = [leaf_hash(bytes.fromhex(each)) for each in INPUTS]


def test_roots_are_those_of_the_published_vectors():
    assert tree_hash([]) == EMPTY
    nodes = grown(VECTOR)
    for size, root in enumerate(ROOTS, 1):
        assert tree_hash(VECTOR[:size]).hex() == root
        assert root_of((0, size), nodes).hex() == root


@pytest.mark.parametrize(("number", "size", "path"), PATHS)
def test_proofs_of_inclusion_are_those_of_the_published_vectors(number, size, path):
    nodes = grown(VECTOR[:size])
    assert [root_of(each, nodes).hex() for each in inclusion_ranges(number - 1, size)] == path
    steps, root = [bytes.fromhex(each) for each in path], bytes.fromhex(ROOTS[size - 1])
    assert inclusion_holds(VECTOR[number - 1], number - 1, size, steps, root)


@pytest.mark.parametrize(("first", "size", "path"), PROOFS)
def test_proofs_of_consistency_are_those_of_the_published_vectors(first, size, path):
    nodes = grown(VECTOR[:size])
    assert [root_of(each, nodes).hex() for each in consistency_ranges(first, size)] == path
    roots = bytes.fromhex(ROOTS[first - 1]), bytes.fromhex(ROOTS[size - 1])
    assert consistency_holds(first, size, *roots, [bytes.fromhex(each) for each in path])


@pytest.mark.parametrize(("key", "message", "signature"), SIGNATURES)
def test_signatures_are_those_of_the_published_vectors(key, message, signature):
    told = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    assert signature_holds(*told)
    spoiled = bytearray(told[2])
    spoiled[17] ^= 1
    assert not signature_holds(told[0], told[1], bytes(spoiled))
    assert not signature_holds(told[0], told[1] + b"x", told[2])
    order = 2**252 + 27742317777372353535851937790883648493
    again = told[2][:32] + (int.from_bytes(told[2][32:], "little") + order).to_bytes(32, "little")
    assert not signature_holds(told[0], told[1], again), "a second spelling of one signature"


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proved_and_a_changed_one_is_not(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    nodes, root = grown(leaves), tree_hash(leaves)
    path = [root_of(each, nodes) for each in inclusion_ranges(index, size)]
    assert root_of((0, size), nodes) == root
    assert len(path) <= size.bit_length()
    assert inclusion_holds(leaves[index], index, size, path, root)
    assert not inclusion_holds(leaf_hash(b"other"), index, size, path, root)
    for other in {index - 1, index + 1, size}:
        assert not inclusion_holds(leaves[index], other, size, path, root)
    assert not inclusion_holds(leaves[index], index, size, [*path, root], root)
    if path:
        assert not inclusion_holds(leaves[index], index, size, path[:-1], root)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 100), st.data())
def test_any_two_heads_are_consistent_and_a_rewritten_past_is_not(first, more, data):
    size = first + more
    leaves = leaves_of(size)
    nodes = grown(leaves)
    path = [root_of(each, nodes) for each in consistency_ranges(first, size)]
    old, new = tree_hash(leaves[:first]), tree_hash(leaves)
    assert consistency_holds(first, size, old, new, path)
    if not first:
        return
    other = list(leaves)
    other[data.draw(st.integers(0, first - 1))] = leaf_hash(b"rewritten")
    rewritten = [root_of(each, grown(other)) for each in consistency_ranges(first, size)]
    for steps in (path, rewritten):
        assert not consistency_holds(first, size, old, tree_hash(other), steps)
