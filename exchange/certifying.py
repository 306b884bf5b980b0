"""The platform's own signature on a paper: a certificate and its key in one file, PAdES inside the PDF.

It says that this platform handed the paper out and that no byte was changed since; what the parties agreed is proved
by their signatures and by the record. Without a key a paper goes out unsigned and says so.
"""

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

YEARS = 10
DEMO_KEY = 0x5EA1 << 200  # known to everybody, and its certificate says so
DEMO_NAME, DEMO_SERIAL, DEMO_SINCE = (
    "Hamkorlik, demonstration",
    2026,
    datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
)


@dataclass(frozen=True)
class Signing:
    """A key, its certificate, and the certificates above it as far as the file has them."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hexadecimal characters."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def name(self) -> str:
        """Whose certificate it is."""
        return str(self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    def pem(self) -> bytes:
        """The certificate, without the key."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def signing() -> Signing | None:
    """What papers are signed with: the file of HK_PAPER_KEY, in a demonstration a key everybody knows, else nothing.

    Raises ImproperlyConfigured for a file that cannot be used.
    """
    if settings.PAPER_KEY:
        return read(Path(settings.PAPER_KEY))
    return demonstration() if settings.PAPER_DEMO else None


@cache
def read(path: Path) -> Signing:
    """Key and certificates of a PEM file. Raises ImproperlyConfigured."""
    try:
        told = path.read_bytes()
        key = serialization.load_pem_private_key(told, password=None)
        first, *above = x509.load_pem_x509_certificates(told)
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"HK_PAPER_KEY: no key and certificate can be read ({type(error).__name__})"
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != first.public_key():
        raise ImproperlyConfigured("HK_PAPER_KEY: the key is not that of the first certificate, or no elliptic curve's")
    return Signing(key, first, tuple(above))


@cache
def demonstration() -> Signing:
    """The same key and the same certificate in every demonstration."""
    key = ec.derive_private_key(DEMO_KEY, ec.SECP256R1())
    return Signing(key, self_signed(key, DEMO_NAME, DEMO_SERIAL, DEMO_SINCE))


def made(name: str, at: datetime.datetime) -> Signing:
    """A new key with a certificate that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Signing(key, self_signed(key, name, x509.random_serial_number(), at))


def written(new: Signing) -> bytes:
    """Key and certificate as HK_PAPER_KEY reads them."""
    key = new.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key + new.pem()


def self_signed(key: ec.EllipticCurvePrivateKey, name: str, serial: int, since: datetime.datetime) -> x509.Certificate:
    """A certificate for signing documents and for nothing else; equal words make equal bytes."""
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    use = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = x509.CertificateBuilder(
        named, named, key.public_key(), serial, since, since.replace(year=since.year + YEARS)
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(use, critical=True)
    mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")])
    builder = builder.add_extension(mail, critical=False)
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
