"""kiban-verify: whether a sealed access log was changed after it was sealed. Python 3.11 or newer, nothing else.

Run on any machine on an export (``kiban log export``) or on the proof of one row (``.tlog-proof``); needs no database
and trusts nobody but the public key, which comes another way. docs/algorithms/sealing.md says what is checked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from .checking import check
from .errors import ProofError
from .notes import LOG, Key
from .proofs import Proof

SALT = 16  # bytes before a row's text in a proof


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what is named and say what came of it; 0 when it holds, 1 when not, 2 when it could not be read."""
    parser = argparse.ArgumentParser(prog="kiban-verify", description="封印された閲覧記録を確かめます")
    parser.add_argument("what", type=Path, help="書き出しのフォルダかzip、または1行の証明(.tlog-proof)")
    parser.add_argument("--key", action="append", default=[], help="公開鍵(事業所・市町村から別に受け取った1行)")
    parser.add_argument("--head", action="append", type=Path, default=[], help="別に受け取った先頭のファイル")
    parser.add_argument("--witness", action="append", default=[], help="立会人の公開鍵")
    said = parser.parse_args(arguments)
    try:
        keys, witnesses = [Key.read(one) for one in said.key], [Key.read(one) for one in said.witness]
        if said.what.suffix == ".tlog-proof":
            return _proof(said.what, keys)
        heads = [one.read_text(encoding="utf-8") for one in said.head]
        report = check(said.what, keys, heads, witnesses)
    except ProofError as error:
        print(f"確かめられません: {error}", file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError) as error:
        print(f"読めません: {getattr(error, 'filename', '') or said.what}", file=sys.stderr)
        return 2
    for words in report.said:
        print(f"注意: {words}")
    print(f"封印された行 {report.entries}件、署名 {report.heads}件、示された行 {report.rows}件を確かめました。")
    for fault in report.faults:
        print(f"異常: {fault}")
    print(f"合わないところが{len(report.faults)}件あります。" if report.faults else "すべて合っています。")
    return 1 if report.faults else 0


def _proof(file: Path, keys: Sequence[Key]) -> int:
    proof = Proof.read(file.read_text(encoding="utf-8"))
    if not keys:
        raise ProofError("--key に公開鍵を渡してください")
    if not proof.extra:
        raise ProofError("行の中身が入っていない証明です")
    known = [Key(proof.head.origin, LOG, key.public) for key in keys]
    try:
        proof.check(sha256(b"\x00" + proof.extra).digest(), known)
    except ProofError as error:
        print(f"異常: {error}")
        return 1
    print(f"この行は、{proof.head.origin} の{proof.index}番として封印されています。行の中身:")
    print("  " + " | ".join(proof.extra[SALT:].decode(errors="replace").split("\x1f")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
