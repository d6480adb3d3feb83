"""Names of hosts, as browsers take them."""

from __future__ import annotations

import ipaddress


def no_address(host: str) -> str:
    """The host, or nothing when it is an address in numbers (IPv4, or IPv6 with or without brackets)."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host
    return ""


def is_of_this_machine(host: str) -> bool:
    """Whether a name or an address (with or without brackets) means the machine itself, and no other can use it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost" or host.lower().endswith(".localhost")
