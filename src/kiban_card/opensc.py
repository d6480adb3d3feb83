"""Where OpenSC's PKCS#11 module is, and the configuration it runs with here."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from kiban_card.problems import Code, ProblemError

# Only the My Number card's driver (it saves asking the card for all the others), nothing of the card kept on disk,
# the PIN not kept in memory, and only the authentication key: the other one comes with name and address.
CONFIGURATION = """app default {
    card_drivers = jpki;
    card_driver jpki { disable_sign_cert = true; }
    framework pkcs15 { use_file_caching = no; use_pin_caching = false; }
}
app opensc-pkcs11 {
    pkcs11 { create_slots_for_pins = "user"; }
}
"""


def find_module(given: Path | None = None) -> Path:
    """The module to load. Raises ProblemError(OPENSC_MISSING) when there is none."""
    for path in [given] if given else _usual_places():
        if path is not None and path.is_file():
            return path
    raise ProblemError(Code.OPENSC_MISSING)


def write_configuration(folder: Path) -> Path:
    """Write the configuration into a folder that only this user can read; give its path for OPENSC_CONF."""
    path = folder / "opensc.conf"
    path.write_text(CONFIGURATION, encoding="ascii")
    return path


def _usual_places() -> Iterator[Path]:
    if sys.platform == "win32":
        for programs in ("C:/Program Files", "C:/Program Files (x86)"):
            yield Path(programs, "OpenSC Project/OpenSC/pkcs11/opensc-pkcs11.dll")
        return
    if sys.platform == "darwin":
        for prefix in ("/Library/OpenSC", "/opt/homebrew", "/usr/local"):
            yield Path(prefix, "lib/opensc-pkcs11.so")
        return
    multiarch = sysconfig.get_config_var("MULTIARCH") or "x86_64-linux-gnu"
    for folder in (f"/usr/lib/{multiarch}", "/usr/lib64", "/usr/lib", "/usr/local/lib"):
        yield Path(folder, "opensc-pkcs11.so")
        yield Path(folder, "pkcs11/opensc-pkcs11.so")
