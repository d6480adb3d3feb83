"""What is said when a sealed log, a signature or a proof does not hold."""


class ProofError(Exception):
    """Something does not hold; the message says what, and where (Japanese, for who checks)."""
