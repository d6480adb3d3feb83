"""Lay out the page templates: one element a line, 120 characters, and not one blank that a reader would see.

A line break in HTML is a blank, and between Japanese characters a blank is seen. So a line is broken only where a
browser shows no blank: beside the edge of a block, of an item of a flex or grid box, or of ``<br>`` on every way
through the template's ``{% if %}`` and ``{% for %}``; where a blank stands already; and between the attributes of a
tag. What is a box, and which elements white space must not enter, is read from the design system's stylesheet.

``tree`` takes a template apart, ``flow`` finds the places where white space is not seen,
``layout`` chooses among them, ``writer`` writes the lines.
"""

from tools.templates.flow import Flow
from tools.templates.layout import decide
from tools.templates.stylesheet import Stylesheet
from tools.templates.tree import Parser, TemplateError
from tools.templates.writer import WIDTH, Writer

__all__ = ["WIDTH", "Stylesheet", "TemplateError", "lay_out", "too_long"]


def lay_out(source: str, sheet: Stylesheet) -> str:
    """The template laid out anew; raises TemplateError when a tag is not closed."""
    top = Parser(source, sheet).parse()
    Flow("{% extends" in source, sheet).run(top)
    decide(top, 0)
    return Writer().write(top) + ("\n" if top.gaps[-1].breakable else "")


def too_long(text: str) -> list[int]:
    """Numbers of the lines over 120 characters."""
    return [number for number, line in enumerate(text.split("\n"), 1) if len(line) > WIDTH]
