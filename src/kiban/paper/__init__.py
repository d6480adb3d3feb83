"""A4 as PDF: fonts, page frame, tables."""
