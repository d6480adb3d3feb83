"""The card client of a viewing terminal: lets a person prove with the My Number card that it is them.

A small program of its own: it knows nothing of Django or of the platform's database. See docs/algorithms/card.md.
"""

__version__ = "0.1.0"
