"""A4 as PDF (typst): fonts, page frame, tables."""
