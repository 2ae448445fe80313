"""TLS of the streams that take certificates as files, and which of its errors stay."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Final

from pythia.exceptions import StreamError

if TYPE_CHECKING:
    from pythia.event_stream.base import Backend

__all__ = ["TLS_OPTIONS", "tls_context", "tls_refusal"]

TLS_OPTIONS: Final = frozenset({"ca_certs", "certfile", "keyfile"})
"""Query parameters: files in PEM form. Without ``ca_certs`` the system's authorities count."""

# What stays as it is however often one connects: a certificate that does not verify, the broker's
# or, by its alert, ours. Clients bury the error of OpenSSL in texts of their own.
_REFUSAL = re.compile(
    r"\[SSL: \w*(?:CERTIFICATE_(?:VERIFY_FAILED|REQUIRED|UNKNOWN|EXPIRED|REVOKED)"
    r"|BAD_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)\w*\].*?(?= \(_ssl|$)"
)


def tls_context(backend: Backend, prefix: str = "") -> ssl.SSLContext:
    """Return the settings that the URI of a backend asks for. Reads the files.

    Args:
        backend: Has them in its query.
        prefix: What stands before the names of `TLS_OPTIONS` there.

    Raises:
        StreamError: One of them cannot be used.
    """
    files = {
        name: backend.query[prefix + name]
        for name in sorted(TLS_OPTIONS)
        if prefix + name in backend.query
    }
    if "keyfile" in files and "certfile" not in files:
        raise StreamError(
            f"event stream {str(backend)!r}: {prefix}keyfile goes with a {prefix}certfile"
        )
    try:
        context = ssl.create_default_context(cafile=files.get("ca_certs"))
        if "certfile" in files:
            context.load_cert_chain(files["certfile"], files.get("keyfile"))
    except OSError as error:
        shown = ", ".join(f"{prefix}{name}={path}" for name, path in files.items())
        raise StreamError(
            f"event stream {str(backend)!r}: cannot use {shown}: {error.strerror or error}"
        ) from error
    return context


def tls_refusal(reason: object) -> str | None:
    """Return what OpenSSL says in a text or an error, if it is what no new attempt mends."""
    found = _REFUSAL.search(str(reason))
    return found and found[0]
