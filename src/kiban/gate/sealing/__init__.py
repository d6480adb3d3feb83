"""The sealed log: what was written cannot be changed unseen, not even by who administers the machine.

docs/algorithms/sealing.md. The formats lie in ``kiban.tlog``; here they meet the database and the outside.
"""
