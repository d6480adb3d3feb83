"""The platform's side of a My Number card: what is asked of it and what is believed of its answer.

docs/algorithms/card.md says what is signed, checked and bound. The card itself is read by ``kiban-card`` on the
terminal (``src/kiban_card``), a program of its own.
"""
