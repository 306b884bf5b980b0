"""The signature itself, PAdES in a PDF; apart from the certificate, because the library takes long to be read."""

import io

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from exchange.certifying import Signing

FIELD = "Hamkorlik"


def certified(paper: bytes, by: Signing) -> bytes:
    """The PDF with the signature added behind its end; what was there before stays byte for byte."""
    der = serialization.Encoding.DER
    plain = by.key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    own, *above = [Certificate.load(each.public_bytes(der)) for each in (by.certificate, *by.above)]
    signer = signers.SimpleSigner(own, PrivateKeyInfo.load(plain), SimpleCertificateStore.from_certs(above))
    said = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES, name=by.name,
    )  # fmt: skip
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    signed = signers.sign_pdf(writer, said, signer=signer, new_field_spec=fields.SigFieldSpec(FIELD))
    return bytes(signed.getbuffer())
