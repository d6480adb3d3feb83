"""How the database is: reachable, new enough, of this version, its functions and rights as this version gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import psycopg
from django.db import connections

from kiban.ops import database, embedded, embedded_health, failures, observing, postgresql_releases, sqlfiles
from kiban.ops.database import Role
from kiban.ops.provision import OLDEST_SERVER, SETTINGS, functions_are_in_place, waiting_migrations
from kiban.ops.room import Finding, State

Right = tuple[str, str, str]
CLOCK_SECONDS = 60

# Every right somebody but the owner has on something of ours: (what, who, right).
RIGHTS = """
WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'care', 'gate')),
acls (thing, acl) AS (
    SELECT 'schema ' || n.nspname, coalesce(n.nspacl, acldefault('n', n.nspowner))
      FROM pg_namespace n JOIN ours USING (oid)
    UNION ALL
    SELECT ours.nspname || '.' || c.relname,
           coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
      FROM pg_class c JOIN ours ON ours.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT ours.nspname || '.' || c.relname || '.' || a.attname, a.attacl
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN ours ON ours.oid = c.relnamespace
     WHERE a.attacl IS NOT NULL
    UNION ALL
    SELECT ours.nspname || '.' || p.proname || '()', coalesce(p.proacl, acldefault('f', p.proowner))
      FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
)
SELECT thing, CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(e.grantee)::text END, e.privilege_type
  FROM acls, aclexplode(acl) AS e
 WHERE e.grantee <> 'kiban_owner'::regrole
"""

# What a role has set on itself, or somebody on it: in force for every later connection.
SET_ON_ROLES = """
SELECT pg_get_userbyid(s.setrole)::text, coalesce(d.datname, ''), u.setting
  FROM pg_db_role_setting AS s
  LEFT JOIN pg_database AS d ON d.oid = s.setdatabase
 CROSS JOIN LATERAL unnest(s.setconfig) AS u(setting)
 WHERE pg_get_userbyid(s.setrole) IN ('kiban_owner', 'kiban_web', 'kiban_worker', 'kiban_sealer')
"""

# Of the roles a process connects as: what would let it do more than the grants say.
MIGHTY = """
SELECT rolname FROM pg_roles r
 WHERE rolname IN ('kiban_web', 'kiban_worker', 'kiban_sealer')
   AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication
        OR EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid))
 ORDER BY rolname
"""


def health() -> Iterator[Finding]:
    """From the first question to the last; a question that cannot be asked ends it."""
    if database.is_embedded():
        yield from embedded_health.health()
    unreachable = reach()
    if unreachable is not None:
        yield unreachable
        return
    with database.connect(Role.OWNER) as connection:
        yield version(connection)
        yield clock(connection)
        waiting = migrations()
        yield waiting
        if waiting.state is State.OK:
            code = functions(connection)
            yield code
            if code.state is State.OK:
                yield grants(connection)
        yield roles(connection)
        yield settings_of_roles(connection)
        yield observed(connection)


def reach() -> Finding | None:
    """``None`` when the database answers each of the roles."""
    if database.is_embedded():
        if not embedded.exists():
            return Finding("データベースがまだありません", State.BAD, "kiban setup を実行してください。")
        try:
            embedded.start()
        except embedded.EmbeddedUnavailableError as error:
            return Finding("データベースが動きません", State.BAD, str(error))
    for role in Role:
        # As the process connects: what the role has set on itself must not look like a database that does not answer.
        try:
            database.ask(role)
        except psycopg.OperationalError as error:
            what = f"データベースに {role} としてつながりません"
            if failures.is_disk_full(error):
                return Finding(what, State.BAD, failures.words(error))
            return Finding(
                what,
                State.BAD,
                f"{'' if database.is_embedded() else 'DATABASE_URL とデータベースサーバの状態を確かめてください。'}"
                "はじめてのときや、データの場所を作り直したときは、kiban setup を実行してください。"
                f"(データベースの答え: {_last_line(error)})",
            )
    return None


def version(connection: psycopg.Connection) -> Finding:
    """The version of the server."""
    major, minor = divmod(connection.info.server_version, 10000)
    words = f"PostgreSQL {major}.{minor}"
    if connection.info.server_version < OLDEST_SERVER:
        return Finding(f"{words}は古すぎます", State.BAD, "PostgreSQL 15以降に移してください。")
    if database.is_embedded():  # its programs have a finding of their own
        return Finding(f"データベースが答えています({words})")
    remedy = "データベースサーバのPostgreSQLを、同じ大きな版の最新にしてください(データはそのまま使えます)。"
    today = dt.datetime.now(dt.UTC).date()
    return postgresql_releases.compared(f"データベースが答えています({words})", major, minor, remedy, today)


def clock(connection: psycopg.Connection) -> Finding:
    """The database's clock against ours: validity and log use the one, certificates and pages the other."""
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None  # noqa: S101 - one row by construction
    seconds = abs((row[0] - dt.datetime.now(dt.UTC)).total_seconds())
    if seconds > CLOCK_SECONDS:
        return Finding(
            f"データベースの時計とこの機械の時計が{seconds:.0f}秒ずれています",
            State.BAD,
            "両方の機械の時計を合わせてください(NTPを有効にしてください)。",
        )
    return Finding("データベースの時計とこの機械の時計が合っています")


def migrations() -> Finding:
    """Whether the tables are those of this version."""
    waiting = waiting_migrations()
    connections["owner"].close()
    if waiting:
        return Finding(
            f"データベースがこの版に合っていません(更新 {waiting}件が未実行)",
            State.BAD,
            "kiban setup を実行してください。",
        )
    return Finding("データベースはこの版に合っています")


def functions(connection: psycopg.Connection) -> Finding:
    """Whether the gate's functions are this version's, unchanged."""
    if functions_are_in_place(connection):
        return Finding("データベースの関数はこの版のとおりです")
    return Finding(
        "データベースの関数が、この版と違います(更新のあとか、だれかが変えたか)",
        State.BAD,
        "kiban setup を実行してください。心当たりがないときは、だれが変えたのかを調べてください。",
    )


def grants(connection: psycopg.Connection) -> Finding:
    """Rights as they are against rights as ``grants.sql`` gives them; it is run for that and taken back."""
    before = _rights(connection)
    with connection.transaction(force_rollback=True):
        connection.execute(sqlfiles.read("ops", "grants.sql").encode())
        wanted = _rights(connection)
    if before == wanted:
        return Finding("データベースの権限は grants.sql のとおりです")
    named = [f"余分 {_words(right)}" for right in sorted(before - wanted)]
    named += [f"不足 {_words(right)}" for right in sorted(wanted - before)]
    shown = "、".join(named[:3]) + (f" ほか{len(named) - 3}件" if len(named) > 3 else "")
    return Finding(
        f"データベースの権限が grants.sql と違います: {shown}",
        State.BAD,
        "kiban setup を実行すると元に戻ります。だれが変えたのかも確かめてください。",
    )


def roles(connection: psycopg.Connection) -> Finding:
    """The roles of web and worker are no more than plain roles."""
    mighty = [name for (name,) in connection.execute(MIGHTY)]
    if mighty:
        return Finding(
            f"データベースのロール {'、'.join(mighty)} の力が強すぎます",
            State.BAD,
            "スーパーユーザーなどの属性と、ほかのロールへの所属を外してください(ALTER ROLE、REVOKE)。",
        )
    return Finding("データベースのロールに余分な力はありません")


def settings_of_roles(connection: psycopg.Connection) -> Finding:
    """No role has settings but those set-up gives it."""
    wanted = {f"{name}={value}" for name, value in SETTINGS.items()}
    found = connection.execute(SET_ON_ROLES).fetchall()
    others = [
        f"{role}{f'({name})' if name else ''} の {setting}"
        for role, name, setting in found
        if name or setting not in wanted
    ]
    if others:
        return Finding(
            f"データベースのロールに、覚えのない設定があります: {'、'.join(sorted(others)[:3])}",
            State.BAD,
            "kiban setup を実行すると元に戻ります。だれが変えたのかも確かめてください(ALTER ROLE)。",
        )
    return Finding("データベースのロールの設定は、この版のとおりです")


def observed(connection: psycopg.Connection) -> Finding:
    """The web role cannot watch what others do."""
    if observing.is_seen(connection):
        return Finding(
            "データベースのロール kiban_web が、ほかの接続のしていることを数で見られます",
            State.CAUTION,
            "サーバの管理者(スーパーユーザー)で kiban setup を一度実行すると、見られなくなります。",
        )
    return Finding("kiban_web は、ほかの接続のしていることを見られません")


def _rights(connection: psycopg.Connection) -> set[Right]:
    return {(thing, who, right) for thing, who, right in connection.execute(RIGHTS)}


def _words(right: Right) -> str:
    thing, who, what = right
    return f"{who} の {what}({thing})"


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__
