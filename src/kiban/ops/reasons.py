"""Why the system refused a file, a place or an address: in the operator's words, to be put in brackets."""

from __future__ import annotations

import errno

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
WORDS = {
    **dict.fromkeys(DISK_FULL, "ディスクがいっぱいです"),
    errno.EACCES: "使う権限がありません",
    errno.EPERM: "使う権限がありません",
    errno.ENOENT: "そのファイルかフォルダがありません",
    errno.ENOTDIR: "途中にフォルダでないものがあります",
    errno.EISDIR: "ファイルでなくフォルダです",
    errno.EROFS: "書き込めないディスクです",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.EADDRNOTAVAIL: "このアドレスはこの機械のものではありません",
    errno.EIO: "ディスクが壊れているかもしれません",
}


def of(error: OSError) -> str:
    """The reason in a few words; the system's own (English) for what is rare. Names no file."""
    return WORDS.get(error.errno or 0) or error.strerror or type(error).__name__
