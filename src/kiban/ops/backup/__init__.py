"""``kiban backup`` and ``kiban restore``: one file that holds a whole installation as it was at one moment.

``container.py`` is the file (chunks that are checked, or encrypted, one by one), ``keys.py`` for whom it is encrypted,
``contents.py`` what lies in it and the book of it, ``programs.py`` PostgreSQL's own programs, which dump and read back.
``writing.py``, ``reading.py`` and ``restoring.py`` are the three jobs. ``docs/algorithms/backup.md`` has the format.
"""
