"""Builds the masters shipped in ``src/kiban/registry/data`` from the published files.

    python tools/build_masters.py FOLDER

FOLDER holds what was published, in these places (sources, licences and processing: registry/data/ATTRIBUTION.md):

    kaigo_jigyosho/jigyosho_NNN.csv          介護サービス情報公表システム open data, any number of kinds
    insurers/insurers_derived.csv            insurers with their yearly counts
    municipalities/localgovjp-utf8.csv       全国地方公共団体コード
    municipalities/prefjp-utf8.csv           prefectures
    medical_institutions/*.zip               医療機関コード list

Values are not changed: files of one layout are put one after the other and compressed. The same folder gives the
same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
import sys
import zipfile
from pathlib import Path

import jaconv

DATA = Path(__file__).resolve().parent.parent / "src" / "kiban" / "registry" / "data"
OFFICE_LABEL = "2025年12月末"
MEDICAL_LABEL = "2025年8月9日"
MUNICIPALITY_LABEL = "2026年7月9日"
INSURER_LABEL = "事業状況報告(年報) 2025年7月18日保存"


def main(folder: Path) -> None:
    """Write every shipped file and the list of their editions."""
    prefectures(folder / "municipalities" / "prefjp-utf8.csv")
    [medical] = (folder / "medical_institutions").glob("*.zip")
    texts = {
        "municipalities": (MUNICIPALITY_LABEL, read(folder / "municipalities" / "localgovjp-utf8.csv")),
        "insurers": (INSURER_LABEL, read(folder / "insurers" / "insurers_derived.csv")),
        "offices": (OFFICE_LABEL, together(sorted((folder / "kaigo_jigyosho").glob("jigyosho_*.csv")))),
        "medical": (MEDICAL_LABEL, unzipped(medical)),
    }
    editions = []
    for dataset, (label, text) in texts.items():
        content = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
        name = f"{dataset}.csv.xz"
        (DATA / name).write_bytes(content)
        editions.append([dataset, name, label, hashlib.sha256(content).hexdigest()])
        print(f"{name}: {len(content):,} bytes")
    write("editions.csv", ["dataset", "file", "label", "sha256"], editions)


def write(name: str, header: list[str], rows: list[list[str]]) -> None:
    """A small list as plain CSV."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def read(path: Path) -> str:
    """The file's text without byte-order mark, lines ended by LF."""
    return path.read_text(encoding="utf-8-sig")


def together(paths: list[Path]) -> str:
    """Files with the same header row as one."""
    headers, bodies = zip(*(read(path).split("\n", 1) for path in paths), strict=True)
    if len(set(headers)) != 1:
        sys.exit("The office files differ in their header row.")
    return headers[0] + "\n" + "".join(body.rstrip("\n") + "\n" for body in bodies)


def unzipped(path: Path) -> str:
    """The one file in the archive."""
    with zipfile.ZipFile(path) as archive:
        [name] = archive.namelist()
        return io.TextIOWrapper(archive.open(name), encoding="utf-8-sig").read()


def prefectures(path: Path) -> None:
    """The 47 prefectures. The source writes their codes without a leading zero, their kana as hiragana."""
    rows = list(csv.DictReader(io.StringIO(read(path))))
    found = [[f"{int(row['pid']):02}", row["pref"], jaconv.hira2kata(row["prefkana"])] for row in rows]
    write("prefectures.csv", ["code", "name", "kana"], found)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
