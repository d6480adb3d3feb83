"""No opening without a log row: not under rollback, lost connection, kill -9 of client or server, full disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cluster import Cluster, running, until
from tests.disk import fill, small_disk
from tests.world import Actor, Person, World, days

pytestmark = pytest.mark.fault

CALL = "CALL gate.open_records(%s, %s, %s, ARRAY['insurance_card.card'], 'care_planning', NULL)"


def short_folder() -> Path:
    """A folder with a short path: a Unix socket's path is limited to 107 bytes."""
    return Path(tempfile.mkdtemp(prefix="kb"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = short_folder()
    folder.chmod(0o755)
    with running(folder) as made:
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def town(cluster: Cluster) -> tuple[World, Actor, Person]:
    world = World(cluster.connect("kiban_owner"))
    person = world.person(world.insurer(started_on=days(-10)))
    office = world.organisation("43")
    world.in_charge(person, office)
    world.consent(person)
    world.record(person, "insurance_card.card", {"care_level": "23"})
    return world, world.actor(office), person


def logged(world: World, person: Person) -> set[int]:
    return {row["id"] for row in world.log(insured_key=person.key)}


READER = f"""
import json, os, sys, psycopg
socket, session, certificate, key = sys.argv[1:]
connection = psycopg.connect(host=socket, user="kiban_web", dbname="kiban", autocommit=True)
while True:
    (answer,) = connection.execute({CALL!r}, [session, certificate, int(key)]).fetchone()
    answer = json.loads(answer)
    if answer["items"][0]["records"]:
        os.write(1, b"%d\\n" % answer["log"])
"""


def reading(cluster: Cluster, manager: Actor, person: Person) -> subprocess.Popen[bytes]:
    """A process that opens the record again and again and says which log row it was told of."""
    return subprocess.Popen(
        [sys.executable, "-c", READER, cluster.socket, manager.session, manager.fingerprint, str(person.key)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def told(reader: subprocess.Popen[bytes], enough: int) -> set[int]:
    """The log rows the reader was told of, at least ``enough``."""
    assert reader.stdout is not None
    return {int(reader.stdout.readline()) for _ in range(enough)}


def the_rest(reader: subprocess.Popen[bytes]) -> set[int]:
    assert reader.stdout is not None
    with reader.stdout as output:
        rest = {int(line) for line in output if line.endswith(b"\n")}
    reader.wait()
    return rest


def test_kill_9_of_the_database_loses_no_row_of_an_answer(cluster: Cluster):
    world, manager, person = town(cluster)
    readers = [reading(cluster, manager, person) for _ in range(3)]
    seen = set().union(*(told(reader, 60) for reader in readers))
    cluster.kill()
    seen |= set().union(*(the_rest(reader) for reader in readers))
    cluster.start()
    survivor = World(cluster.connect("kiban_owner"))
    assert len(seen) >= 180
    assert seen <= logged(survivor, person)
    with cluster.connect("kiban_web") as web:
        again = web.execute(CALL, [manager.session, manager.fingerprint, person.key]).fetchone()
    assert json.loads(again[0])["log"] in logged(survivor, person)
    survivor.connection.close()
    world.connection.close()


def test_nor_when_commits_need_not_reach_the_disk(cluster: Cluster):
    """The role has set on itself that its commits need not wait; the gate waits all the same."""
    with cluster.connect("kiban_web") as web:
        web.execute("ALTER ROLE kiban_web SET synchronous_commit = off")
    world, manager, person = town(cluster)
    readers = [reading(cluster, manager, person) for _ in range(3)]
    seen = set().union(*(told(reader, 60) for reader in readers))
    cluster.kill()
    seen |= set().union(*(the_rest(reader) for reader in readers))
    cluster.start()
    with cluster.connect("postgres") as superuser:
        superuser.execute("ALTER ROLE kiban_web RESET synchronous_commit")
    survivor = World(cluster.connect("kiban_owner"))
    assert len(seen) >= 180
    assert seen <= logged(survivor, person)
    assert {row["outcome"] for row in survivor.log(insured_key=person.key) if row["id"] in seen} == {"allowed"}
    survivor.connection.close()
    world.connection.close()


def test_kill_9_of_the_web_process(cluster: Cluster):
    world, manager, person = town(cluster)
    reader = reading(cluster, manager, person)
    seen = told(reader, 40)
    reader.kill()
    seen |= the_rest(reader)
    assert seen <= logged(world, person)
    world.connection.close()


def test_a_connection_cut_at_the_moment_of_answering(cluster: Cluster):
    world, manager, person = town(cluster)
    superuser = cluster.connect("postgres")
    reader = reading(cluster, manager, person)
    seen = told(reader, 40)
    superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kiban_web'")
    seen |= the_rest(reader)
    assert seen <= logged(world, person)
    superuser.close()
    world.connection.close()


def test_rolled_back_asking_is_never_answered(cluster: Cluster):
    world, manager, person = town(cluster)
    with cluster.connect("kiban_web") as web:
        for _ in range(20):
            with pytest.raises(psycopg.errors.InvalidTransactionTermination), web.transaction():
                web.execute(CALL, [manager.session, manager.fingerprint, person.key])
    assert logged(world, person) == set()
    world.connection.close()


def test_a_log_that_cannot_be_written_gives_no_answer(cluster: Cluster):
    """The partition of the month refuses every row: the gate answers nothing at all."""
    world, manager, person = town(cluster)
    with cluster.connect("postgres") as superuser, cluster.connect("kiban_web") as web:
        superuser.execute("ALTER TABLE care.access_log ADD CONSTRAINT nothing_fits CHECK (false) NOT VALID")
        with pytest.raises(psycopg.errors.CheckViolation):
            web.execute(CALL, [manager.session, manager.fingerprint, person.key])
        superuser.execute("ALTER TABLE care.access_log DROP CONSTRAINT nothing_fits")
        assert web.execute(CALL, [manager.session, manager.fingerprint, person.key]).fetchone()
    world.connection.close()


def test_full_disk():
    with small_disk() as disk, running(disk) as cluster:
        world, manager, person = town(cluster)
        world.connection.close()
        readers = [reading(cluster, manager, person) for _ in range(2)]
        seen = set().union(*(told(reader, 20) for reader in readers))
        filler = fill(disk)
        # Every reader ends by itself when the log cannot be written any more.
        seen |= set().union(*(the_rest(reader) for reader in readers))
        filler.unlink()

        def is_back() -> bool:
            try:
                cluster.connect("kiban_owner").close()
            except psycopg.OperationalError:
                return False
            return True

        until(is_back, 60)
        after = World(cluster.connect("kiban_owner"))
        assert len(seen) >= 40
        assert seen <= logged(after, person)
        with cluster.connect("kiban_web") as web:
            assert web.execute(CALL, [manager.session, manager.fingerprint, person.key]).fetchone()
        after.connection.close()
