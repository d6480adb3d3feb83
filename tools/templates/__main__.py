"""``python -m tools.templates [--check] [file or folder …]`` (default: ``src`` and ``tests``)."""

import argparse
import sys
from pathlib import Path

from tools.templates import WIDTH, Stylesheet, TemplateError, lay_out, too_long


def templates(places: list[Path]) -> list[Path]:
    """The HTML files under the places, sorted."""
    return sorted({f for p in places for f in ([p] if p.is_file() else p.rglob("*.html"))})


def faults_of(file: Path, sheet: Stylesheet, check: bool) -> list[str]:
    """What is wrong with a file, after it was laid out (with ``check``: without touching it)."""
    text = file.read_text(encoding="utf-8")
    try:
        laid = lay_out(text, sheet)
    except TemplateError as error:
        return [f"{file}: {error}"]
    faults = [
        f"{file}:{number}: over {WIDTH} characters; give the sentence an element of its own"
        for number in too_long(laid)
    ]
    if laid != text and check:
        faults.insert(0, f"{file}: not laid out; run make format")
    elif laid != text:
        file.write_text(laid, encoding="utf-8")
    return faults


def main(arguments: list[str] | None = None) -> int:
    """Lay out every template, or with ``--check`` only say which are not. Returns 1 when something is left to do."""
    parser = argparse.ArgumentParser(prog="python -m tools.templates", description=__doc__)
    parser.add_argument("places", nargs="*", type=Path, default=[Path("src"), Path("tests")])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when a file would change")
    parser.add_argument("--stylesheet", type=Path, help="default: the kiban.css under src")
    options = parser.parse_args(arguments)
    stylesheet = options.stylesheet or next(Path("src").rglob("kiban.css"))
    sheet = Stylesheet.read(stylesheet.read_text(encoding="utf-8"))
    faults = [fault for file in templates(options.places) for fault in faults_of(file, sheet, options.check)]
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
