"""The tree against its definition in RFC 6962, and its test vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiban.tlog import tree
from kiban.tlog.errors import ProofError
from tests.tlog.definition import defined, entries

# The eight entries and roots everybody tests RFC 6962 with (they stand in Certificate Transparency's own tests).
ENTRIES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
ENTRIES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def grown(some: list[bytes]) -> tree.Frontier:
    frontier = tree.Frontier()
    frontier.add(map(tree.leaf_hash, some))
    return frontier


@pytest.mark.parametrize("size", ROOTS)
def test_the_vectors(size):
    assert grown(ENTRIES[:size]).root().hex() == ROOTS[size]


@given(st.integers(0, 600), st.integers(0, 600))
def test_a_tree_that_grows_has_the_root_of_the_definition(size, more):
    frontier = grown(entries(size))
    assert (frontier.size, frontier.root()) == (size, defined(entries(size)))
    frontier.add(map(tree.leaf_hash, entries(size + more)[size:]))
    assert frontier.root() == defined(entries(size + more))


def test_full_subtrees_are_added_whole():
    frontier = tree.Frontier()
    frontier.add([tree.full_root([tree.leaf_hash(one) for one in entries(512)[at : at + 256]]) for at in (0, 256)], 8)
    frontier.add([tree.leaf_hash(b"x")])
    assert frontier.root() == defined([*entries(512), b"x"])


@given(st.data())
def test_an_inclusion_proof_leads_to_the_root_and_nothing_else_does(data):
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    some = entries(size)
    proof = tree.inclusion_proof(index, size, lambda first, end: defined(some[first:end]))
    assert tree.root_from_proof(index, size, tree.leaf_hash(some[index]), proof) == defined(some)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
        assert tree.root_from_proof(index, size, tree.leaf_hash(some[other]), proof) != defined(some)
        with pytest.raises(ProofError):
            tree.root_from_proof(index, size, tree.leaf_hash(some[index]), proof[:-1])
        with pytest.raises(ProofError):
            tree.root_from_proof(index, size, tree.leaf_hash(some[index]), [*proof, proof[0]])


@given(st.data())
def test_a_consistency_proof_holds_for_its_own_two_trees_alone(data):
    new = data.draw(st.integers(1, 300))
    old = data.draw(st.integers(0, new))
    some = entries(new)
    proof = tree.consistency_proof(old, new, lambda first, end: defined(some[first:end]))
    tree.check_consistency(old, new, defined(some[:old]), defined(some), proof)
    if old in (0, new):
        return
    forked = [*some[: old - 1], b"another", *some[old:]]
    for first, second in ((forked[:old], some), (some[:old], forked)):
        with pytest.raises(ProofError):
            tree.check_consistency(old, new, defined(first), defined(second), proof)
    for wrong in (proof[:-1], [*proof, proof[0]], []):
        with pytest.raises(ProofError):
            tree.check_consistency(old, new, defined(some[:old]), defined(some), wrong)
