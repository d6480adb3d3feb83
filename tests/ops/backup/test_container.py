"""The file of a backup: cut anywhere, changed anywhere, or opened with another key, it says so and gives nothing."""

from __future__ import annotations

import io
import json
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiban.ops.backup import container, contents, keys
from kiban.ops.backup.container import CHUNK, Reader, Writer
from kiban.ops.backup.contents import DATABASE, FILES, MANIFEST, Manifest
from kiban.ops.backup.errors import BackupError, DamagedError

KEY = X25519PrivateKey.generate()
BOOK = Manifest("2026-11-29T12:00:00+09:00", "0", 180006, 1, [], 1, 1, {"care.person": 2}, {})


@pytest.fixture(params=[None, KEY], ids=["in clear", "encrypted"])
def key(request):
    return request.param


def written(key: X25519PrivateKey | None, content: dict[str, bytes], **book_says: object) -> bytes:
    """A backup of these parts; the book may be made to say something else."""
    file = io.BytesIO()
    writer = Writer(file, {"moment": BOOK.moment}, key.public_key() if key else None)
    noted = {name: contents.put(writer, name, 0o640, iter([data])) for name, data in content.items()}
    book = json.loads(BOOK.text()) | {"parts": {name: vars(part) for name, part in noted.items()}} | book_says
    contents.put(writer, MANIFEST, 0o600, iter([json.dumps(book).encode()]))
    writer.end()
    return file.getvalue()


def read(data: bytes, key: X25519PrivateKey | None) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    contents.take(Reader(io.BytesIO(data), key), lambda name, _mode, pieces: found.update({name: b"".join(pieces)}))
    return found


def some_parts(size: int) -> dict[str, bytes]:
    return {f"{FILES}ca/a.pem": b"a", f"{FILES}empty": b"", DATABASE: random.Random(size).randbytes(size)}


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_what_was_written_is_read(key, size):
    parts = some_parts(size)
    assert read(written(key, parts), key) == parts


def test_an_encrypted_one_shows_nothing_of_what_is_in_it():
    assert b"secret words" not in written(KEY, {DATABASE: b"secret words"})
    assert b"secret words" in written(None, {DATABASE: b"secret words"})


def chunks_of(whole: bytes) -> range:
    """Where the chunks of a backup begin."""
    file = io.BytesIO(whole)
    container.head_of(file)
    return range(file.tell(), len(whole), CHUNK + Reader(io.BytesIO(whole), KEY).seal.extra)


def test_cut_anywhere(key):
    whole = written(key, some_parts(3 * CHUNK))
    places = random.Random(1)
    for place in [0, 10, len(whole) - 1, *chunks_of(whole), *(places.randrange(len(whole)) for _ in range(30))]:
        with pytest.raises(BackupError):
            read(whole[:place], key)


def test_a_bit_turned_anywhere(key):
    whole = written(key, some_parts(3 * CHUNK))
    places = random.Random(2)
    for place in [0, 20, 60, len(whole) - 1, *(places.randrange(len(whole)) for _ in range(40))]:
        changed = bytearray(whole)
        changed[place] ^= 1 << places.randrange(8)
        with pytest.raises(BackupError):
            read(bytes(changed), key)


def test_something_after_the_end_or_chunks_in_another_order(key):
    whole = written(key, some_parts(3 * CHUNK))
    one, two, three = chunks_of(whole)[:3]
    for changed in (whole + b"x", whole + whole, whole[:one] + whole[two:three] + whole[one:two] + whole[three:]):
        with pytest.raises(DamagedError):
            read(changed, key)


def test_parts_of_two_backups_do_not_go_together():
    """The head of one with the chunks of another, both for the same key."""
    one, other = (written(KEY, {DATABASE: text}) for text in (b"one", b"two"))
    file = io.BytesIO(one)
    _, head = container.head_of(file)
    assert len(one) == len(other)
    with pytest.raises(DamagedError):
        read(head + other[len(head) :], KEY)


def test_the_wrong_key_and_none():
    whole = written(KEY, {DATABASE: b"x"})
    with pytest.raises(BackupError, match="別の鍵で暗号化"):
        read(whole, X25519PrivateKey.generate())
    with pytest.raises(BackupError, match=keys.name_of(KEY.public_key())):
        read(whole, None)


@pytest.mark.parametrize("text", [b"", b"%PDF-1.4", b"kiban-backup-1\n", b"kiban-backup-1\n\xff\xff\xff\xff{}"])
def test_what_is_no_backup(text):
    with pytest.raises(BackupError):
        read(text, None)


@pytest.mark.parametrize("name", ["files/../../etc/passwd", "files//etc/passwd", "files/", "other", "/files/a"])
def test_a_name_outside_the_data_folder_is_refused(name):
    with pytest.raises(DamagedError, match="名前"):
        read(written(None, {name: b"x", DATABASE: b""}), None)


def test_a_book_that_does_not_fit():
    with pytest.raises(DamagedError, match="合いません"):
        read(written(None, {DATABASE: b"x"}, parts={}), None)
    with pytest.raises(DamagedError, match="合いません"):
        read(written(None, {f"{FILES}a": b"x"}), None)  # no database
    with pytest.raises(DamagedError, match="目録"):
        read(written(None, {DATABASE: b"x"}, parts=3), None)


# Keys --------------------------------------------------------------------------------------------------------------


def test_a_pair_of_keys(tmp_path):
    public = keys.make(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    secret = keys.secret_key(tmp_path / "key")
    assert keys.name_of(secret.public_key()) == keys.name_of(keys.public_key(public))
    with pytest.raises(BackupError, match="すでにあります"):
        keys.make(tmp_path / "key")


def test_the_one_is_not_taken_for_the_other(tmp_path):
    public = keys.make(tmp_path / "key")
    with pytest.raises(BackupError, match="この機械の外に"):
        keys.public_key(tmp_path / "key")
    with pytest.raises(BackupError, match="公開鍵です"):
        keys.secret_key(public)


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_what_is_no_key(tmp_path, text):
    (tmp_path / "file").write_text(text)
    with pytest.raises(BackupError):
        keys.public_key(tmp_path / "file")
    with pytest.raises(BackupError):
        keys.secret_key(tmp_path / "file")
    with pytest.raises(BackupError, match="読めません"):
        keys.secret_key(tmp_path / "missing")
