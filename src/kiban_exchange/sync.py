"""One run on a folder: finish what a killed run had begun, fetch, tell receipts, send.

Every step may be done twice: a unit is known by its contents, a received folder appears whole or not at all, and moves
are written down before they are made. A kill at any moment is mended by the next run.
"""

from __future__ import annotations

import hashlib
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from kiban_exchange import disk, naming, words
from kiban_exchange.journal import Journal, Move, Received
from kiban_exchange.line import LARGEST, AnswerError
from kiban_exchange.naming import Group

OUT, SENT, HELD, IN = "送信", "送信済", "確認が必要", "受信"
FOLDERS = (OUT, SENT, HELD, IN)
STRAYS = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})  # Windows and macOS make them for themselves
REASON, WITHDRAWN = "理由.txt", "取り消されました.txt"
WORDS = {"取込済": "taken", "エラー": "error"}  # the names of files that make a receipt
LOOK_AGAIN = 3.0  # seconds between two looks at files that must not have changed
WAIT_FOR_REST = 600.0  # seconds until an incomplete sending is given to the check, which says what is missing
MOST_ROWS, LONGEST_ROW = 500, 1000  # of a receipt
TOLD = {"taken": "相手が取り込みました", "error": "相手が取り込めませんでした(画面の「送信」で理由を見てください)"}
BOM = "\ufeff"
Look = dict[str, tuple[int, int]]


class Platform(Protocol):
    """What a run asks of the platform (``line.Line``)."""

    def send(self, files: dict[str, bytes]) -> dict[str, Any]: ...
    def box(self, which: str, after: int) -> dict[str, Any]: ...
    def fetch(self, unit: int) -> dict[str, bytes]: ...
    def settle(self, unit: int, outcome: str, rows: list[str]) -> dict[str, Any]: ...


class Run:
    """One run. ``needs_person``: something lies in 確認が必要 or could not be done by itself."""

    def __init__(
        self,
        folder: Path,
        platform: Platform,
        journal: Journal,
        log: Callable[[str], None],
    ) -> None:
        self.folder, self.platform, self.journal, self.log = folder, platform, journal, log
        self.needs_person = False
        self.disk_failed = False

    def all(self) -> None:
        """Everything, in order. Raises AwayError, RefusedError; faults of the disk are told and noted."""
        for name in FOLDERS:
            (self.folder / name).mkdir(exist_ok=True)
        # The inbox first: a key that is refused is told before anything large is sent.
        for step in (self.finish_moves, self.receive, self.settle, self.send, self.hear):
            try:
                step()
            except OSError as error:
                self.disk_problem(error)

    def disk_problem(self, error: OSError) -> None:
        """Say what is the matter with the disk; what was not done is done by the next run."""
        self.disk_failed = True
        self.log(
            f"パソコンのディスクに読み書きできません({disk.what_is_wrong(error)})。なくなったものはありません。直ると次の回に続けます。"
        )

    # Sending -------------------------------------------------------------------------------------------------------

    def finish_moves(self) -> None:
        """Make the moves that are written down. Raises OSError: some could not be made; the others were."""
        failed = None
        for move in list(self.journal.moves):
            try:
                self._make(move)
            except OSError as error:
                failed = error
                continue
            self.journal.moves.remove(move)
            self.journal.save()
        if failed:
            raise failed

    def _make(self, move: Move) -> None:
        folder = self.folder / move.folder
        folder.mkdir(exist_ok=True)
        if move.reason:
            self._give_reason(folder / REASON, move.reason)
        for name, digest in move.files.items():
            source = self.folder / OUT / name
            if not source.exists():
                continue
            if disk.digest(source) != digest:
                self.log("送ったあとで書き換えられたファイルがあるので、「送信」に残しました。次の回に送ります。")
                continue
            disk.move(source, folder)
        self.log(move.told)

    def _give_reason(self, path: Path, reason: str) -> None:
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        if reason not in before.replace("\r\n", "\n"):
            text = f"{before}{reason}\n".replace("\r\n", "\n").replace("\n", "\r\n")
            disk.write(path, f"{BOM}{text}".encode())

    def send(self) -> None:
        """Send what is whole and no longer changes."""
        first = self._look()
        if not first:
            self._waits({})
            return
        time.sleep(LOOK_AGAIN)
        second = self._look()
        waiting: dict[str, float] = {}
        for group in naming.group(second):
            if any(second[name] != first.get(name) for name in group.names):
                continue  # still being written
            if group.missing and not self._waited(group, waiting):
                continue
            try:
                self._send(group, second)
            except OSError as error:
                self.disk_problem(error)
        self._waits(waiting)

    def _look(self) -> Look:
        found, others = {}, 0
        for path in (self.folder / OUT).iterdir():
            if naming.kind_of(path.name) and path.is_file():
                with suppress(FileNotFoundError):
                    about = path.stat()
                    found[path.name] = (about.st_size, about.st_mtime_ns)
            elif not path.name.startswith((".", "~$", disk.UNFINISHED)) and path.name.casefold() not in STRAYS:
                others += 1
        if others != self.journal.ignored:
            if others:
                self.log(f"「{OUT}」に、連携のファイルの名前でないものが{others}個あります。送らずに残します。")
            self.journal.ignored = others
            self.journal.save()
        return found

    def _waited(self, group: Group, waiting: dict[str, float]) -> bool:
        key, now = f"{group.sequence} {group.receiver}", time.time()
        since = min(self.journal.waiting.get(key, now), now)
        if key not in self.journal.waiting:
            self.log(
                f"そろうのを待っています {words.about(group.sequence, group.receiver)}: {'、'.join(group.missing)}"
            )
        waiting[key] = since
        return now - since >= WAIT_FOR_REST

    def _waits(self, waiting: dict[str, float]) -> None:
        if waiting != self.journal.waiting:
            self.journal.waiting = waiting
            self.journal.save()

    def _send(self, group: Group, look: Look) -> None:
        if sum(look[name][0] for name in group.names) > LARGEST:
            digests = {name: disk.digest(self.folder / OUT / name) for name in group.names}
            self._put_away([self._held(group, digests, f"合わせて{LARGEST >> 20}MBを超えるので送れません。")])
            return
        files = self._contents(group, look)
        if files is None:
            return
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        try:
            answer = self.platform.send(files)
        except AnswerError as error:
            self._put_away([self._held(group, digests, str(error))])
            return
        moves = [
            self._answered(unit, {name: digests.pop(name) for name in unit["files"] if name in digests})
            for unit in answer["units"]
        ]
        if digests:
            places = [f"{one['file']}: {one['message']}" for one in answer["others"] if one["file"] in digests]
            moves.append(self._held(group, digests, "ファイルの名前から、何のファイルか分かりません。", places))
        self._put_away(moves)

    def _contents(self, group: Group, look: Look) -> dict[str, bytes] | None:
        """The files, if they are still what they were when they were looked at."""
        files = {}
        for name in group.names:
            path = self.folder / OUT / name
            try:
                files[name] = path.read_bytes()
                about = path.stat()
            except (PermissionError, FileNotFoundError):
                self.log(f"ほかのソフトが使っているので待ちます {words.about(group.sequence, group.receiver)}")
                return None
            if (about.st_size, about.st_mtime_ns) != look[name]:
                return None
        return files

    def _answered(self, unit: dict[str, Any], digests: dict[str, str]) -> Move:
        about = words.about(unit["sequence"], unit["receiver"])
        if unit["state"] == "held":
            self.needs_person = True
            told = f"送りませんでした {about}: {unit['message']} 「{HELD}」フォルダの{REASON}を見てください。"
            place, reason = HELD, words.reason(unit)
        else:
            self.journal.sent.setdefault(str(unit["id"]), "unread")
            already = "(前に送れていました)" if unit["state"] == "already" else ""
            told, place, reason = f"送りました {about} {words.files_of(digests)}{already}", SENT, ""
        return Move(f"{place}/{naming.safe(unit['sequence'])}", digests, reason, told)

    def _held(self, group: Group, digests: dict[str, str], message: str, places: list[str] | None = None) -> Move:
        self.needs_person = True
        reason = words.plain_reason(message, group.sequence, group.receiver, digests, places or ())
        told = f"送りませんでした {words.about(group.sequence, group.receiver)}: {message}"
        folder = f"{HELD}/{group.sequence or time.strftime('%Y%m%d%H%M%S')}"
        return Move(folder, digests, reason, told)

    def _put_away(self, moves: list[Move]) -> None:
        """Write moves down, then make them. Raises OSError: nothing was moved, or the rest is done by the next run."""
        before = list(self.journal.moves)
        begun = [(move.folder, move.files) for move in before]
        self.journal.moves += [move for move in moves if (move.folder, move.files) not in begun]
        try:
            self.journal.save()
        except OSError:
            self.journal.moves = before
            raise
        self.finish_moves()

    # Receiving -----------------------------------------------------------------------------------------------------

    def receive(self) -> None:
        """Fetch what is new in the inbox, in the order to take it in."""
        disk.clear(self.folder / IN)
        listed = self.platform.box("in", self.journal.after_in)
        undone = []
        for unit in listed["units"]:
            try:
                if not self._have(unit):
                    self._fetch(unit)
            except OSError as error:
                undone.append(unit["id"])
                self.disk_problem(error)
                disk.clear(self.folder / IN)  # what a full disk kept of it may be room for a smaller one
            except AnswerError as error:
                undone.append(unit["id"])
                self.needs_person = True
                self.log(f"受け取れませんでした {words.about(unit['sequence'], unit['number'])}: {error}")
        after = min([listed["next"], *(number - 1 for number in undone)])
        if after > self.journal.after_in:
            self.journal.after_in = after
            self._forget()
            self.journal.save()

    def _have(self, unit: dict[str, Any]) -> bool:
        """Whether there is nothing to fetch; a unit that was taken back is marked."""
        known = self.journal.received.get(str(unit["id"]))
        if known is None:
            return unit["state"] in ("taken", "withdrawn")
        if unit["state"] == "withdrawn" and not known.is_withdrawn:
            folder = self.folder / IN / known.folder
            if folder.is_dir():
                text = "送った事業所が、このファイルを取り消しました。取り込まないでください。\r\n"
                disk.write(folder / WITHDRAWN, f"{BOM}{text}".encode())
            known.is_withdrawn = True
            self.journal.save()
            self.log(f"相手が取り消しました {words.about(unit['sequence'], unit['number'])}: 取り込まないでください。")
        return True

    def _fetch(self, unit: dict[str, Any]) -> None:
        about = words.about(unit["sequence"], unit["number"])
        files = self.platform.fetch(unit["id"])
        wanted = {one["name"]: one["sha256"] for one in unit["files"]}
        if {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} != wanted:
            raise AnswerError(200, "届いたファイルがこわれています。次の回にやり直します。")
        plain = naming.safe_all(files)
        named = {plain[name]: content for name, content in files.items()}
        base = naming.safe(f"{unit['sequence']}_{unit['number']}")
        for place in self._places(base, unit["id"]):
            folder = self.folder / IN / place
            if not folder.exists():
                disk.write_folder(folder, named)
                beside = "" if place == base else f" 同じ連番のものがあるので、別のフォルダ({place})に入れました。"
                told = f"受け取りました {about} {words.files_of(named)}{beside}"
                break
            if self._holds(folder, named):
                told = f"受け取りました {about}(同じものがすでにあります)"
                break
        self.journal.received[str(unit["id"])] = Received(place)
        self.journal.save()
        self.log(told)

    @staticmethod
    def _places(base: str, unit: int) -> Iterator[str]:
        yield base
        yield f"{base}_{unit}"
        number = 2
        while True:
            yield f"{base}_{unit}_{number}"
            number += 1

    @staticmethod
    def _holds(folder: Path, files: dict[str, bytes]) -> bool:
        return folder.is_dir() and all(
            (folder / name).is_file() and (folder / name).read_bytes() == content for name, content in files.items()
        )

    def _forget(self) -> None:
        """Leave out what can never be asked for again."""
        self.journal.received = {
            key: one
            for key, one in self.journal.received.items()
            if int(key) > self.journal.after_in
            or (one.outcome != "taken" and not one.is_withdrawn and (self.folder / IN / one.folder).is_dir())
        }

    # Receipts ------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Tell what a person or the care software has put beside received files."""
        for key, known in list(self.journal.received.items()):
            found = self._word(self.folder / IN / known.folder)
            if found is None:
                continue
            outcome, rows = found
            mark = hashlib.sha256("\n".join([outcome, *rows]).encode()).hexdigest()
            if mark == known.receipt:
                continue
            try:
                self.platform.settle(int(key), outcome, rows)
                told = "取り込んだと知らせました" if outcome == "taken" else "取り込めなかったと知らせました"
            except AnswerError as error:
                told = f"取り込みの知らせを出せませんでした({error})"
            known.receipt, known.outcome = mark, outcome
            self.journal.save()
            self.log(f"{told}: {known.folder}")

    @staticmethod
    def _word(folder: Path) -> tuple[str, list[str]] | None:
        """Outcome and rows. 取込済 counts where both are there: it was put in the end."""
        if not folder.is_dir():
            return None
        found = {}
        for path in folder.iterdir():
            # Windows hides ".txt": people end up with none, or with two.
            stem = unicodedata.normalize("NFC", path.name).lower()
            while stem.endswith(".txt"):
                stem = stem.removesuffix(".txt")
            if stem in WORDS and path.is_file():
                found[WORDS[stem]] = path
        if "taken" in found:
            return "taken", []
        return ("error", _rows(found["error"].read_bytes())) if "error" in found else None

    # What became of it ---------------------------------------------------------------------------------------------

    def hear(self) -> None:
        """Say in the log what receivers told of units that were sent from here."""
        listed = self.platform.box("out", self.journal.after_out)
        before = dict(self.journal.sent)
        for unit in sorted(listed["units"], key=lambda one: one["id"]):
            key, state = str(unit["id"]), unit["state"]
            known = self.journal.sent.get(key)
            if known is None or known == state:
                continue
            if state in TOLD:
                self.log(f"{TOLD[state]} {words.about(unit['sequence'], unit['number'])}")
            self.journal.sent[key] = state
        if listed["next"] > self.journal.after_out:
            self.journal.after_out = listed["next"]
            self.journal.sent = {key: one for key, one in self.journal.sent.items() if int(key) > listed["next"]}
        elif self.journal.sent == before:
            return
        self.journal.save()


def _rows(content: bytes) -> list[str]:
    """The lines of エラー.txt, as Notepad or a care software wrote them."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp932", "replace")
    return [line.strip()[:LONGEST_ROW] for line in text.splitlines() if line.strip()][:MOST_ROWS]
