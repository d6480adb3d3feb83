"""Kaigo Kiban (介護情報基盤): see docs/architecture.md for the rooms and docs/algorithms/gate.md for the heart."""

__version__ = "0.1.0"
