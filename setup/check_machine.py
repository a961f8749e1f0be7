"""Says in one line what the machine lacks, before anything is installed.

usage: check_machine.py [host port]     exit 1: something needed is missing, or the port is taken
"""

import ctypes
import socket
import sys

# What WeasyPrint opens to draw a PDF, and the Debian or Ubuntu package that brings it.
NEEDED = [
    ("gobject-2.0", 0, "libpango-1.0-0"),
    ("pango-1.0", 0, "libpango-1.0-0"),
    ("harfbuzz", 0, "libpango-1.0-0"),
    ("fontconfig", 1, "libfontconfig1"),
    ("pangoft2-1.0", 0, "libpangoft2-1.0-0"),
]
WANTED = [("harfbuzz-subset", 0, "libharfbuzz-subset0")]


def opens(name, version):
    for file in (f"lib{name}.so.{version}", f"lib{name}.{version}.dylib", f"lib{name}.dylib"):
        try:
            ctypes.CDLL(file)
            return True
        except OSError:
            pass
    return False


def missing(libraries):
    return sorted({package for name, version, package in libraries if not opens(name, version)})


def is_taken(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
            return False
        except OSError:
            return True


def main(address):
    packages = missing(NEEDED)
    if packages:
        packages = " ".join(packages + missing(WANTED))
        return f"PDF reports need system libraries. First: sudo apt-get install {packages}"
    if address and is_taken(*address):
        host, port = address
        return f"Port {port} on {host} is taken. Another: make run PORT={int(port) + 1}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
