"""ケアプランデータ連携標準仕様 V4.1 as data: a library of its own, without Django and without the rest of the platform.

    from kiban.formats.careplan.layouts import Kind, layout, read, write

    document = read(Path("UPPLAN_202610_….CSV"))
    document.rows, document.variants
    write(layout(Kind.SCHEDULE), rows)

Each kind of file has one declaration (``home_care``, ``prevention``). Reader, writer, the check
(``formats.careplan.checks``), the page of layouts and the samples derive from it.
"""

from kiban.formats.careplan.layouts.columns import Column, Edition, Grade, Kind, Layout, Need
from kiban.formats.careplan.layouts.faults import Code, Finding, Severity, Who
from kiban.formats.careplan.layouts.kinds import LAYOUTS, V3_2, layout
from kiban.formats.careplan.layouts.names import FileName, parse
from kiban.formats.careplan.layouts.reading import Document, NotExchangeFileError, read, read_bytes
from kiban.formats.careplan.layouts.readings import PLAIN, Readings, Strictness
from kiban.formats.careplan.layouts.sources import Source, of_bytes, of_path
from kiban.formats.careplan.layouts.writing import WriteError, write, write_to

__all__ = [
    "LAYOUTS",
    "PLAIN",
    "V3_2",
    "Code",
    "Column",
    "Document",
    "Edition",
    "FileName",
    "Finding",
    "Grade",
    "Kind",
    "Layout",
    "Need",
    "NotExchangeFileError",
    "Readings",
    "Severity",
    "Source",
    "Strictness",
    "Who",
    "WriteError",
    "layout",
    "of_bytes",
    "of_path",
    "parse",
    "read",
    "read_bytes",
    "write",
    "write_to",
]
