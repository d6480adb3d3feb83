from __future__ import annotations

import contextlib
import getpass
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from kiban.gate.sealing import audit, exporting, keys, outward, proving, sealer, store, witness
from kiban.ops import daily, database, dependent, reasons
from kiban.ops.database import Role
from kiban.ops.our_command import OurCommand
from kiban.terminals.card.fetch import is_address
from kiban.tlog.errors import ProofError
from kiban.tlog.notes import COSIGNATURE, LOG, NAME, Key

SHORTEST = 12  # characters of the password of a key that is put away
EVERY = 1.0  # seconds


class Command(OurCommand):
    help = "閲覧記録を封印し、書き換えられていないことを確かめます"

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="which", required=True, metavar="何を")
        seal = which.add_parser("seal", help="いま封印する(kiban serve が動いている間は、自動で行われます)")
        seal.add_argument("--stay", action="store_true", help="止めるまで、1秒ごとに封印する")
        seal.add_argument("--with-the-input", action="store_true", help="始めたプロセスとともに終わる")
        verify = which.add_parser("verify", help="すべての行を、封印と比べる")
        verify.add_argument("--head", action="append", type=Path, default=[], help="別にしまってある先頭のファイル")
        export = which.add_parser("export", help="よその機械で確かめられる形に書き出す")
        export.add_argument("folder", type=Path, help="書き出す先(まだないフォルダ)")
        export.add_argument(
            "--rows", action="store_true", help="行の中身も書き出す(だれがだれの情報を開いたか。見せてよい人にだけ)"
        )
        proof = which.add_parser("proof", help="1行が封印されていることの証明を書き出す")
        proof.add_argument("number", type=int, help="行の番号")
        proof.add_argument("file", type=Path, help="書き出す先(例 row.tlog-proof)")
        proof.add_argument("--row", action="store_true", help="行の中身も入れる")
        which.add_parser("head", help="最新の署名された先頭を出す(よそにしまっておくもの)")
        begin = which.add_parser("begin", help="新しい封印を始める(データベースを移したり戻したりしたとき)")
        begin.add_argument("--because", required=True, help="理由")
        self._add_key(which.add_parser("key", help="封印の鍵"))
        self._add_witness(which.add_parser("witness", help="ほかの介護情報基盤との、互いの立ち会い"))

    def _add_key(self, parser: Any) -> None:
        key = parser.add_subparsers(dest="key", required=True, metavar="何を")
        key.add_parser("show", help="確かめる人に渡す公開鍵を出す")
        key.add_parser("new", help="鍵を新しくする(次の先頭は、前の鍵でも署名される)")
        for name, words in (
            ("put-away", "パスワードを付けて、よそにしまうファイルにする"),
            ("put-back", "しまったファイルから戻す"),
        ):
            key.add_parser(name, help=words).add_argument("file", type=Path)

    def _add_witness(self, parser: Any) -> None:
        witness = parser.add_subparsers(dest="witness", required=True, metavar="何を")
        ask = witness.add_parser("ask", help="こちらの封印に立ち会ってもらう")
        ask.add_argument("address", help="立会人のアドレス(https://…/api/v1/witness/add-checkpoint)")
        ask.add_argument("vkey", help="立会人の公開鍵(立会人の kiban log witness be が出すもの)")
        witness.add_parser("accept", help="ほかの封印に立ち会う").add_argument(
            "vkey", help="その封印の公開鍵(その介護情報基盤の kiban log key show が出すもの)"
        )
        be = witness.add_parser("be", help="立会人になる(鍵を作り、公開鍵を出す)")
        be.add_argument("--name", default="", help="立会人の名前(例 kiban.example.jp/witness)")

    def handle(self, *args: Any, **options: Any) -> None:
        words = [options["which"], *(options[word] for word in ("key", "witness") if options["which"] == word)]
        try:
            getattr(self, f"_{'_'.join(words).replace('-', '_')}")(**options)
        except (sealer.SealingError, keys.KeyLostError, proving.NotSealedError, ProofError) as error:
            raise CommandError(str(error)) from None

    def _seal(self, *, stay: bool, with_the_input: bool, **_options: Any) -> None:
        if stay:
            Thread(target=outward.stay, args=(daily.never, self._tell), daemon=True, name="heads leave").start()
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C reaches the whole group
                sealer.stay(dependent.is_left if with_the_input else daily.never, EVERY, self._tell)
            return
        with database.connect(Role.SEALER) as connection:
            sealed = sealer.Sealer(connection).seal()
        self.stdout.write(f"{sealed.size}行まで封印しました。" if sealed else "新しく封印する行はありません。")

    def _verify(self, *, head: list[Path], **_options: Any) -> None:
        others = [self._read(one).decode("utf-8", "replace") for one in head]
        with database.connect(Role.OWNER) as connection:
            found = audit.audit(connection, others)
        for fault in found.faults:
            self.stdout.write(f"異常: {fault}")
        self.stdout.write(f"封印された行 {found.rows}件、署名 {found.heads}件を確かめました。")
        if found.faults:
            raise CommandError(
                f"合わないところが{len(found.faults)}件あります。データベースとバックアップを、いまのまま別の場所に取っておき、"
                "運営の責任者に知らせてください。"
            )
        self.stdout.write("すべて合っています。")

    def _export(self, *, folder: Path, rows: bool, **_options: Any) -> None:
        try:
            with database.connect(Role.OWNER) as connection:
                made = exporting.export(connection, folder, shows_rows=rows)
        except FileExistsError:
            raise CommandError(f"{folder} はもうあります。まだないフォルダの名前にしてください。") from None
        shown = f"行の中身 {made.rows}件" if rows else "行の中身なし"
        self.stdout.write(
            f"{folder} に、封印された{made.entries}行分を書き出しました({shown})。確かめかたは README.txt にあります。"
        )

    def _proof(self, *, number: int, file: Path, row: bool, **_options: Any) -> None:
        with database.connect(Role.OWNER) as connection:
            said = proving.proof(connection, number, shows_row=row)
        self._write(file, said.encode())
        self.stdout.write(f"{file} に書き出しました。確かめるには: python3 kiban-verify.pyz {file} --key 公開鍵")

    def _head(self, **_options: Any) -> None:
        with database.connect(Role.OWNER) as connection:
            log = store.last_log(connection)
            head = store.last_head(connection, log.number) if log else None
        if head is None:
            raise CommandError(
                "まだ何も封印されていません。kiban serve を動かすか、kiban log seal を実行してください。"
            )
        self.stdout.write(head.note, ending="")

    def _begin(self, *, because: str, **_options: Any) -> None:
        if not because.strip():
            raise CommandError("--because に、新しい封印を始める理由を書いてください。")
        with database.connect(Role.OWNER) as connection:
            log = sealer.begin(connection, because.strip()[:200])
        self.stdout.write(f"封印{log.number}を始めます({log.origin})。公開鍵は kiban log key show で出します。")

    def _key_show(self, **_options: Any) -> None:
        with database.connect(Role.OWNER) as connection:
            log = store.last_log(connection)
        if log is None:
            raise sealer.SealingError(sealer.NONE)
        for key in keys.vkeys(log.origin)[-1:]:
            self.stdout.write(str(key))

    def _key_new(self, **_options: Any) -> None:
        self.stdout.write(f"新しい鍵 {keys.make()} を作りました。次の先頭は、前の鍵でも署名されます(前の鍵があれば)。")

    def _key_put_away(self, *, file: Path, **_options: Any) -> None:
        password = self._password("しまう鍵のパスワード(12文字以上): ")
        if len(password) < SHORTEST:
            raise CommandError("パスワードは12文字以上にしてください。")
        self._write(file, keys.put_away(password), mode=0o600)
        self.stdout.write(
            f"{file} に書き出しました。この機械とは別の、鍵のかかる場所に、パスワードと分けてしまってください。"
        )

    def _key_put_back(self, *, file: Path, **_options: Any) -> None:
        held = self._read(file)
        try:
            path = keys.put_back(held, self._password("しまった鍵のパスワード: "))
        except (ValueError, TypeError):
            raise CommandError(
                "戻せません。パスワードが違うか、この介護情報基盤の鍵のファイルではありません。"
            ) from None
        self.stdout.write(f"{path} に戻しました。")

    def _witness_ask(self, *, address: str, vkey: str, **_options: Any) -> None:
        key = Key.read(vkey)
        if not is_address(address) or key.kind != COSIGNATURE:
            raise CommandError("立会人のアドレス(https://…)と、立会人の公開鍵を書いてください。")
        outward.ask_in_future(address, key)
        self.stdout.write(f"これからは、1分ごとに {key.name} に立ち会ってもらいます。")

    def _witness_accept(self, *, vkey: str, **_options: Any) -> None:
        key = Key.read(vkey)
        if key.kind != LOG:
            raise CommandError("封印の公開鍵(kiban log key show が出すもの)を書いてください。")
        witness.accept(key)
        self.stdout.write(f"{key.name} の封印に立ち会います。")

    def _witness_be(self, *, name: str, **_options: Any) -> None:
        if name and not NAME.fullmatch(name):
            raise CommandError("立会人の名前に、空白と+は使えません。")
        who = witness.signer(name or f"{settings.ALLOWED_HOSTS[0].strip('[].') or 'localhost'}/witness")
        if who is not None:
            self.stdout.write(str(who.key))

    def _tell(self, words: str) -> None:
        self.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}")

    def _password(self, words: str) -> str:
        return getpass.getpass(words) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

    def _read(self, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} を読めません({reasons.of(error)})。") from None

    def _write(self, file: Path, content: bytes, mode: int = 0o644) -> None:
        try:
            file.touch(mode=mode, exist_ok=False)
            file.write_bytes(content)
        except FileExistsError:
            raise CommandError(f"{file} はもうあります。別の名前にしてください。") from None
        except OSError as error:
            raise CommandError(f"{file} に書けません({reasons.of(error)})。") from None
