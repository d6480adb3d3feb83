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
