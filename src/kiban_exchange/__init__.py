"""The exchange client of an office's PC: sends what the care software exports, fetches what arrives.

A small program of its own, of the standard library only: it knows nothing of the platform but its addresses
(``/api/v1/exchange/``). See docs/exchange-sync.md.
"""

__version__ = "0.1.0"
