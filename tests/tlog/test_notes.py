"""Signed notes, checkpoints, cosignatures, proofs, a witness: with the specifications' examples, and our own."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from kiban.tlog import ed25519, proofs, tiles, tree, witnessing
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import COSIGNATURE, Head, Key, Note
from kiban.tlog.signing import Signer, checkpoint
from tests.tlog.definition import defined, entries

# tlog-cosignature.md: a checkpoint with the signature of its log and of a witness.
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+\
ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/\
zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
ORIGIN = "log.example/1"
# RFC 8032, section 7.1, tests 1 to 3: secret, public, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


def signer(name: str = ORIGIN, **more: int) -> Signer:
    return Signer(name, Ed25519PrivateKey.generate(), **more)


def signed(some: list[bytes], *signers: Signer) -> str:
    return checkpoint(ORIGIN, len(some), defined(some), *signers)


class TestNotes:
    def test_the_example_of_the_specification_is_read(self):
        head = Head.read(EXAMPLE)
        assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
        log, witness = head.note.signatures
        assert log[1] == bytes.fromhex("033de0ae")
        assert int.from_bytes(witness[2][:8], "big") == 1679315147  # the time the specification writes beside it

    def test_a_head_is_signed_by_its_key_and_no_other(self):
        log = signer()
        note = Head.read(signed(entries(5), log, signer())).note
        assert note.is_signed_by(log.key)
        assert not note.is_signed_by(signer("other.example/1").key)

    @pytest.mark.parametrize("kind", [1, COSIGNATURE])
    def test_a_signature_under_another_text_is_refused(self, kind):
        who = signer(kind=kind)
        text = "log.example/1\n5\nAAAA\n"
        said = text + "\n" + who.line(text, 17)
        assert Note.read(said).is_signed_by(who.key)
        with pytest.raises(ProofError):
            Note.read(said.replace("\n5\n", "\n6\n")).is_signed_by(who.key)

    def test_a_key_is_written_and_read_as_a_vkey(self):
        key = signer().key
        assert Key.read(str(key)) == key
        for wrong in ("", "a+b", str(key)[:-2], str(key).replace("log", "lag"), "a+00000000+AAAA"):
            with pytest.raises(ProofError):
                Key.read(wrong)

    @given(st.text(max_size=200))
    def test_what_is_no_note_is_refused_with_a_sentence(self, said):
        for read in (Note.read, Head.read, proofs.Proof.read, Key.read):
            with pytest.raises(ProofError):
                read(said)

    @pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
    def test_ed25519_by_hand(self, public, message, signature):
        key, text, value = (bytes.fromhex(one) for one in (public, message, signature))
        assert ed25519.is_right_by_hand(key, text, value)
        assert not ed25519.is_right_by_hand(key, text + b"x", value)
        assert not ed25519.is_right_by_hand(key, text, value[:32] + bytes(32))

    @settings(max_examples=20)
    @given(st.binary(max_size=100), st.integers(0, 63))
    def test_by_hand_as_by_the_library(self, message, at):
        key = Ed25519PrivateKey.generate()
        public, value = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
        assert ed25519.is_right_by_hand(public, message, bytes(value))
        value[at] ^= 1
        assert not ed25519.is_right_by_hand(public, message, bytes(value))
        assert not ed25519.is_right(public, message, bytes(value))


class TestProofs:
    def test_a_proof_is_read_back_and_holds(self):
        log, some = signer(), entries(77)
        path = tree.inclusion_proof(30, 77, lambda first, end: defined(some[first:end]))
        said = proofs.written(30, path, signed(some, log), b"what it was made of")
        proof = proofs.Proof.read(said)
        proof.check(some[30], [log.key])
        assert (proof.index, proof.extra) == (30, b"what it was made of")
        for entry, key in ((some[31], log.key), (some[30], signer().key)):
            with pytest.raises(ProofError):
                proof.check(entry, [key])
        assert proofs.Proof.read(proofs.written(30, path, signed(some, log))).extra == b""


class TestTiles:
    def test_names_are_those_of_the_specification(self):
        assert tiles.name(0, 1234067) == "tile/0/x001/x234/067"
        assert tiles.name("entries", 273, 112) == "tile/entries/273.p/112"

    def test_the_tree_of_seventy_thousand(self):
        """The example of tlog-tiles.md."""
        assert [list(tiles.widths(level, 70_000))[-1] for level in range(3)] == [(273, 112), (1, 17), (0, 1)]
        assert (tiles.levels(70_000), tiles.levels(256), tiles.levels(0)) == (3, 2, 0)

    @given(st.lists(st.binary(max_size=40), max_size=30))
    def test_a_bundle_is_taken_apart(self, some):
        bundled = tiles.bundle(some)
        assert tiles.entries(bundled) == some
        if some:
            with pytest.raises(ProofError):
                tiles.entries(bundled[:-1] if some[-1] else bundled + b"\x00")


class TestWitness:
    def ask(self, log: Signer, old: int, some: list[bytes], seen: witnessing.Seen, **wrong: str) -> witnessing.Answer:
        proof = tree.consistency_proof(min(old, len(some)), len(some), lambda first, end: defined(some[first:end]))
        body = wrong.get("body") or witnessing.request(old, proof, signed(some, log))
        return witnessing.answer(body, {ORIGIN: [self.key]}, lambda _: seen, self.witness, 1_700_000_000)

    @pytest.fixture(autouse=True)
    def _made(self) -> None:
        self.log, self.witness = signer(), signer("witness.example", kind=COSIGNATURE)
        self.key = self.log.key

    def test_it_vouches_for_what_goes_on_from_what_it_saw(self):
        some, seen = entries(9), witnessing.Seen(4, defined(entries(4)))
        answer = self.ask(self.log, 4, some, seen)
        assert (answer.status, answer.remember) == (200, witnessing.Seen(9, defined(some)))
        assert Note.read(signed(some, self.log) + answer.body).is_signed_by(self.witness.key)
        assert self.ask(self.log, 0, some, witnessing.Seen()).status == 200

    def test_it_refuses_as_the_specification_says(self):
        some, seen = entries(9), witnessing.Seen(4, defined(entries(4)))
        forked = [*entries(3), b"another", *entries(9)[4:]]
        assert self.ask(signer(), 4, some, seen).status == 403
        assert self.ask(self.log, 5, some, seen).status == 409
        assert self.ask(self.log, 5, some, seen).body == "4\n"
        assert self.ask(self.log, 4, forked, seen).status == 422
        assert self.ask(self.log, 10, some, seen).status == 400
        assert self.ask(self.log, 4, [*entries(3), b"x"], seen).status == 409
        for body in ("", "old 4\n", "old 4\nxx\n\n" + signed(some, self.log), "old 04\n\n" + signed(some, self.log)):
            assert self.ask(self.log, 4, some, seen, body=body or " ").status == 400
        elsewhere = checkpoint("other.example", 9, defined(some), self.log)
        assert self.ask(self.log, 4, some, seen, body=witnessing.request(4, [], elsewhere)).status == 404

    def test_nothing_is_remembered_of_what_it_refuses(self):
        assert self.ask(self.log, 4, entries(9), witnessing.Seen()).remember is None

    def test_lines_of_base64_are_standard(self):
        some = entries(9)
        body = witnessing.request(4, [b"\xff" * 32], signed(some, self.log))
        assert base64.b64encode(b"\xff" * 32).decode() in body
