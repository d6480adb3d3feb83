"""Everything is killed with -9 at random moments, again and again, and what was answered is held against what is there.

One installation of its own: ``kiban serve`` with its database, ``kiban load``, two offices' ``kiban-exchange``, and
clients at terminals that write down every answer they receive. Run as a script for as many kills as one likes:

    python -m tests.killing --times 200 --seed 1
"""
