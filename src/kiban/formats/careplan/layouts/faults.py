"""What can be wrong with a file of the exchange, and how it is said: to care managers without the standard at hand."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """error: the receiver cannot or must not take it in; warning: read all the same, but somebody should look."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Who(StrEnum):
    """Who can mend it: the office the file comes from, the office it is for, or the one that reads it here."""

    SENDER = "sender"
    RECEIVER = "receiver"
    US = "us"


class Code(StrEnum):
    """What is wrong. The values are stable: programs may rely on them."""

    # The file as a whole
    NOT_READABLE = "not_readable"
    NOT_EXCHANGE_FILE = "not_exchange_file"
    NOT_CHECKED = "not_checked"
    EMPTY_FILE = "empty_file"
    CUT_OFF = "cut_off"
    UTF8 = "utf8"
    LINE_END = "line_end"
    LAST_LINE_END = "last_line_end"
    HEADER_LINE = "header_line"
    EMPTY_ROWS = "empty_rows"
    EMPTY_COLUMNS = "empty_columns"
    BARE_TEXT = "bare_text"
    MORE = "more"
    # Its name
    FILE_NAME = "file_name"
    NAME_EXTENSION = "name_extension"
    NAME_CASE = "name_case"
    NAME_COPY = "name_copy"
    NAME_SEPARATOR = "name_separator"
    NAME_OFFICE = "name_office"
    NAME_SERVICE_3 = "name_service_3"
    NAME_SERVICE = "name_service"
    NAME_WITHOUT_SERVICE = "name_without_service"
    NAME_MONTH = "name_month"
    NAME_SEQUENCE = "name_sequence"
    NAME_SWAPPED = "name_swapped"
    NAME_TO_ITSELF = "name_to_itself"
    # Versions and months
    KIND_DIFFERS = "kind_differs"
    OLD_VERSION = "old_version"
    VERSION_UNKNOWN = "version_unknown"
    VERSION_LAYOUT = "version_layout"
    MIXED_VERSIONS = "mixed_versions"
    TWO_MONTHS = "two_months"
    MONTH_NOT_NAME = "month_not_name"
    SET_MARK = "set_mark"
    # Rows
    COLUMN_COUNT = "column_count"
    QUOTES = "quotes"
    CHARACTER = "character"
    CHARACTER_EXTERNAL = "character_external"
    CHARACTER_BROKEN = "character_broken"
    # Cells
    REQUIRED = "required"
    LENGTH = "length"
    FORM = "form"
    FULL_WIDTH = "full_width"
    DATE_IMPOSSIBLE = "date_impossible"
    TIME_IMPOSSIBLE = "time_impossible"
    CODE_UNKNOWN = "code_unknown"
    NOT_USED = "not_used"
    SERVICE_OUT_OF_SCOPE = "service_out_of_scope"
    SERVICE_UNKNOWN = "service_unknown"
    OFFICE_UNKNOWN = "office_unknown"
    # Several columns of a row
    DATE_ORDER = "date_order"
    TIME_ORDER = "time_order"
    TIME_HALF = "time_half"
    DAY_NOT_IN_MONTH = "day_not_in_month"
    TAIS_MISSING = "tais_missing"
    LINE_NUMBER = "line_number"
    DETAIL_MISSING = "detail_missing"
    SLOT_GAP = "slot_gap"
    GROUP_EMPTY = "group_empty"
    GRAND_TOTAL_OFFICE = "grand_total_office"
    OFFICE_NOT_SENDER = "office_not_sender"
    SERVICE_NOT_SENDER = "service_not_sender"
    # Several rows
    DUPLICATE = "duplicate"
    TOTAL_WRONG = "total_wrong"
    TOTAL_MISSING = "total_missing"
    TOTAL_TWICE = "total_twice"
    SUBTOTAL_WRONG = "subtotal_wrong"
    SUBTOTAL_MISSING = "subtotal_missing"
    # Several files
    UNIT_INCOMPLETE = "unit_incomplete"
    UNIT_TWICE = "unit_twice"
    UNIT_MIXED = "unit_mixed"
    SEQUENCE_REPEATED = "sequence_repeated"
    KEY_ORPHAN = "key_orphan"
    KEY_MISSING = "key_missing"
    USER_NOT_OF_RECEIVER = "user_not_of_receiver"
    IMAGE_MISSING = "image_missing"
    IMAGE_NOT_NAMED = "image_not_named"


UNREADABLE = frozenset({Code.NOT_READABLE, Code.NOT_EXCHANGE_FILE, Code.EMPTY_FILE})


class Finding(NamedTuple):
    """One thing to look at.

    Attributes:
        file: its name; inside a folder or zip with the way to it.
        line: counted from 1, the line the row begins on; None where the whole file is meant.
        column: counted from 1; None where the whole row or file is meant.
        column_name: the column's Japanese name; None with ``column``.
        message, remedy: Japanese sentences; they name no person.
    """

    file: str
    line: int | None
    column: int | None
    column_name: str | None
    severity: Severity
    code: Code
    message: str
    remedy: str
    who: Who

    def as_json(self) -> dict[str, str | int | None]:
        """An entry of ``findings``."""
        return {name: str(value) if isinstance(value, StrEnum) else value for name, value in self._asdict().items()}


class Problem(NamedTuple):
    """What is wrong with a value or a row, before it is known where.

    message: a sentence; of a cell its predicate only (「…は」 comes before it).
    """

    code: Code
    message: str
    remedy: str
    severity: Severity = Severity.ERROR
    who: Who = Who.SENDER
