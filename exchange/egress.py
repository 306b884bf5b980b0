"""The only way out over HTTP: checked addresses, no redirects, no proxies, short patience, a breaker for each host.

A name is resolved once, every address it has must be a public one, and the connection goes to that very address; the
name still stands in SNI and Host. `EGRESS_INSIDE` lists `host:port` that the operator declares to be their own.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

CONNECT, TOTAL, MOST = 3.0, 15.0, 64 * 1024
PORTS = {"http": (80, 8080), "https": (443, 8443)}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
FAILURES, REST = 5, 60.0


class Refused(Exception):
    """The address is not one that may be called."""


class Unreachable(Exception):
    """Nobody answered in time, or the host rests after failing again and again."""


@dataclass(frozen=True)
class Answer:
    """What came back: at most 64 kB of it, unless more was asked for."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON; nothing where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Request:
    """What is sent, and how much of the answer is read."""

    method: str
    body: bytes
    headers: dict[str, str]
    most: int = MOST


@dataclass
class Breaker:
    """Failures of a host in a row, and until when it is left alone."""

    failures: int = 0
    open_until: float = 0.0


_breakers: dict[str, Breaker] = {}


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet; addresses that carry another one inside are unwrapped."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif found in NAT64:
            found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast


def check(url: str) -> tuple[str, str, int, str]:
    """(scheme, host, port, path) of an address that may be called; raises Refused. Nothing is resolved yet."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError as error:
        raise Refused("not an address") from error
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host or parts.username or parts.password:
        raise Refused("http or https with a host, and no password in it")
    if port not in PORTS[parts.scheme] and not _is_inside(host, port):
        raise Refused(f"port {port}")
    return parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def resolve(host: str, port: int) -> str:
    """The one address to connect to; raises Refused where any of the host's addresses is not public."""
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Unreachable(host) from error
    if not _is_inside(host, port) and not all(is_public(address) for address in found):
        raise Refused(host)
    return found[0]


def _is_inside(host: str, port: int) -> bool:
    return f"{host}:{port}" in settings.EGRESS_INSIDE


def post_json(url: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """POST of JSON. Raises Refused, Unreachable; any status is an answer, a redirect too."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return _through(url, Request("POST", data, {"Content-Type": "application/json", **(headers or {})}))


def post_text(url: str, text: str) -> Answer:
    """POST of plain text. Raises Refused, Unreachable; any status is an answer, a redirect too."""
    return _through(url, Request("POST", text.encode(), {"Content-Type": "text/plain; charset=utf-8"}))


def get(url: str, most: int = MOST) -> Answer:
    """GET of at most so many bytes. Raises Refused, Unreachable."""
    return _through(url, Request("GET", b"", {}, most))


def _through(url: str, request: Request) -> Answer:
    """The call, unless the host rests after failing again and again."""
    scheme, host, port, path = check(url)
    breaker = _breakers.setdefault(f"{host}:{port}", Breaker())
    if breaker.open_until > time.monotonic():
        raise Unreachable(host)
    try:
        with closing(_line(scheme, host, port)) as line:
            answer = _said(line, f"{host}:{port}", path, request)
    except (OSError, http.client.HTTPException, Unreachable) as error:
        breaker.failures += 1
        breaker.open_until = time.monotonic() + REST if breaker.failures >= FAILURES else 0.0
        raise Unreachable(host) from error
    breaker.failures, breaker.open_until = 0, 0.0
    return answer


def _line(scheme: str, host: str, port: int) -> socket.socket:
    """A connection to the one address that was checked; the certificate must be the name's."""
    plain = socket.create_connection((resolve(host, port), port), timeout=CONNECT)
    if scheme != "https":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def _said(line: socket.socket, host: str, path: str, request: Request) -> Answer:
    """The request and its answer over an open line, within the patience."""
    until = time.monotonic() + TOTAL
    connection = http.client.HTTPConnection(host)
    connection.sock = line
    _patience(line, until)
    connection.request(request.method, path, request.body or None, request.headers)
    _patience(line, until)
    answer = connection.getresponse()
    return Answer(answer.status, _read(answer, line, until, request.most))


def _read(answer: http.client.HTTPResponse, line: socket.socket, until: float, most: int) -> bytes:
    """The first bytes, piece by piece, so that dripping does not outlast the patience."""
    found = b""
    while len(found) < most:
        _patience(line, until)
        piece = answer.read1(min(8192, most - len(found)))
        if not piece:
            break
        found += piece
    return found


def _patience(line: socket.socket, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        raise Unreachable("too slow")
    line.settimeout(left)
