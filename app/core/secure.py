"""Connections that nobody else can read: TLS with the certificates of this system."""

from __future__ import annotations

import ssl
from pathlib import Path

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, Alpine
)


def tls_context() -> ssl.SSLContext:
    """Return a context that checks certificates and names.

    A packaged Python looks for certificates where the system it was built on had them; where nothing is
    there, the usual places of others are tried. Windows has its own store, which Python asks.
    """
    context = ssl.create_default_context()
    places = ssl.get_default_verify_paths()
    expected = (places.openssl_cafile, places.openssl_capath)
    known = context.cert_store_stats()["x509_ca"] or any(Path(place).exists() for place in expected)
    if not known:
        for bundle in _BUNDLES:
            if Path(bundle).is_file():
                context.load_verify_locations(bundle)
                break
    return context
