"""Certificates and PKCS#7 envelopes of the tests' own, and a server that checks them as the real one does."""

import base64
import datetime
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID, ObjectIdentifier

STIR = ObjectIdentifier("1.2.860.3.16.1.1")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WRITTEN = "%Y-%m-%d %H:%M:%S"


def certificate(holder: str, stir: str, begins: datetime.datetime, ends: datetime.datetime, key: Any = KEY) -> Any:
    """A certificate of a person of an organisation, issued by itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, holder), x509.NameAttribute(STIR, stir)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return made.sign(key, hashes.SHA256())


def envelope(text: str, held: Any, key: Any = KEY) -> str:
    """The text inside a PKCS#7 envelope, in base64."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(text.encode()).add_signer(held, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
    return base64.b64encode(builder.sign(Encoding.DER, options)).decode()


def parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and value of each element, one after the other."""
    place = 0
    while place < len(der):
        tag, length, place = der[place], der[place + 1], place + 2
        if length & 0x80:
            size = length & 0x7F
            length, place = int.from_bytes(der[place : place + size], "big"), place + size
        yield tag, der[place : place + length]
        place += length


def inside(der: bytes) -> tuple[bytes, bytes]:
    """What an envelope holds, and the signature over it."""
    ((_tag, whole),) = parts(der)
    signed = next(parts(list(parts(whole))[1][1]))[1]
    fields = list(parts(signed))
    content = list(parts(fields[2][1]))[1][1]
    signer = next(parts(fields[-1][1]))[1]
    return next(parts(content))[1], [value for tag, value in parts(signer) if tag == 0x04][-1]


def checked(posted: bytes) -> dict[str, Any]:
    """The answer of the server to an envelope: the text inside, the certificate, and whether the signature is its own."""
    der = base64.b64decode(posted)
    held = pkcs7.load_der_pkcs7_certificates(der)[0]
    text, signature = inside(der)
    try:
        held.public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        genuine = True
    except InvalidSignature:
        genuine = False
    subject = {each.oid.dotted_string: each.value for each in held.subject}
    zone = datetime.timezone(datetime.timedelta(hours=5))
    told = {
        "serialNumber": f"{held.serial_number:x}", "subjectInfo": {"CN": subject["2.5.4.3"], **subject},
        "validFrom": held.not_valid_before_utc.astimezone(zone).strftime(WRITTEN),
        "validTo": held.not_valid_after_utc.astimezone(zone).strftime(WRITTEN),
    }  # fmt: skip
    signers = [{"certificate": [told], "verified": genuine, "certificateVerified": True}]
    return {"status": 1, "pkcs7Info": {"signers": signers, "documentBase64": base64.b64encode(text).decode()}}


@contextmanager
def serving(answer: Any = checked) -> Iterator[str]:
    """The server at an address of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted = self.rfile.read(int(self.headers["Content-Length"]))
            found = self.path == "/backend/pkcs7/verify/attached"
            data = json.dumps(answer(posted)).encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
