"""The signature over a whole statement: PAdES, made with the server's own P-256 key, the same bytes each time.

The certificate says no more than the key does: it is made from the key alone,
so that key and file suffice. Whoever checks a statement brings the key.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from cryptography.x509.oid import NameOID

from observer_kit.errors import PublicKeyInvalid
from observer_kit.trust import signatures
from observer_kit.trust.keys import Key, key_id

FIELD: Final = "Statement"
RESERVED: Final = 8192
"""Room for the signature, in hexadecimal digits: three times what one takes."""
_FROM, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Signed:
    """What a file's signature says: whole (nothing follows it, nothing is outside), sound, and by which key.

    `fault` says in a word why it is not sound: none, unreadable, several,
    partial, altered, other_key, other_name.
    """

    fault: str = ""
    key: str = ""
    at: datetime | None = None


def certificate(private: ec.EllipticCurvePrivateKey, public: str) -> bytes:
    """Make the key's own certificate (DER): the same each time, for there is nothing in it but the key."""
    name = _name(public)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(int(key_id(public), 16) or 1)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(usage, critical=True)
        .sign(private, SHA256(), ecdsa_deterministic=True)
    )
    return made.public_bytes(Encoding.DER)


def _name(public: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Observer Kit statements {key_id(public)}")])


def sign(pdf: bytes, key: Key, at: datetime, who: str, identifier: bytes) -> bytes:
    """Sign a PDF that has an empty signature field; `at` and `identifier` are the caller's, so that bytes repeat."""
    from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
    from pyhanko.sign.signers.pdf_byterange import SignatureObject

    class AsItIs(IncrementalPdfFileWriter):
        """Add the signature and nothing else: the file's own metadata stand, without the time of day."""

        def _update_meta(self) -> None:
            pass

    signer = _signer(key)
    writer = AsItIs(io.BytesIO(pdf))
    # The library would draw a random identifier for the signed version of the file.
    before = writer._document_id[0]
    writer._document_id = ArrayObject([before, ByteStringObject(identifier)])
    steps = PdfCMSEmbedder().write_cms(FIELD, writer, existing_fields_only=True)
    next(steps)
    place = SignatureObject(subfilter=SigSeedSubFilter.PADES, timestamp=at, name=who, bytes_reserved=RESERVED)
    steps.send(SigObjSetup(sig_placeholder=place))
    digest, out = steps.send(SigIOSetup(md_algorithm="sha256"))
    signing = signer.async_sign(digest.document_digest, "sha256", use_pades=True)
    with ThreadPoolExecutor(1) as aside:  # this thread may have a loop running, and one can't run inside another
        steps.send(aside.submit(asyncio.run, signing).result())
    return bytes(out.getvalue())


@lru_cache(8)
def _signer(key: Key) -> Any:
    from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]  # it ships no types
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.signers.pdf_cms import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    alike = ec.ECDSA(SHA256(), deterministic_signing=True)

    class Alike(SimpleSigner):
        """Sign the same data with the same bytes (RFC 6979)."""

        def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
            if digest_algorithm != "sha256":
                raise ValueError(digest_algorithm)
            return key.private.sign(data, alike)

    own = asn1_x509.Certificate.load(certificate(key.private, key.public))
    secret = asn1_keys.PrivateKeyInfo.load(key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    return Alike(signing_cert=own, signing_key=secret, cert_registry=SimpleCertificateStore())  # type: ignore[no-untyped-call]


def check(pdf: bytes, public: str) -> Signed:
    """Check a file's one signature by a key that the caller brings; nothing in the file is believed."""
    from asn1crypto import x509 as asn1_x509
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
        if len(found) != 1:
            return Signed("several" if found else "none")
        (one,) = found
        one.compute_integrity_info(skip_diff=True)  # nothing may follow it, so there is nothing to compare
        at = one.self_reported_timestamp
        bearer = asn1_x509.Certificate.load(one.signer_cert.dump())
        point = _point(bearer.public_key.dump())
        if one.coverage != SignatureCoverageLevel.ENTIRE_FILE or not _covered(pdf, one.byte_range, one.pkcs7_content):
            return Signed("partial", point, at)
        intact, valid = validate_sig_integrity(one.signer_info, bearer, "data", one.compute_digest())
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return Signed("unreadable")
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("pyhanko", "asn1crypto", "cryptography"):
            return Signed("unreadable")
        raise
    if not (intact and valid):
        return Signed("altered", point, at)
    if point != public:
        return Signed("other_key", point, at)
    return Signed("" if _own(bearer.dump(), public) else "other_name", point, at)


def _own(der: bytes, public: str) -> bool:
    """Tell whether the certificate names its key alone and was made by it: another with the same key names anybody."""
    from cryptography.exceptions import InvalidSignature

    held = x509.load_der_x509_certificate(der)
    if not held.subject == held.issuer == _name(public):
        return False
    try:
        held.verify_directly_issued_by(held)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _covered(pdf: bytes, parts: Sequence[Any], content: bytes) -> bool:
    """Tell whether every byte of the file is signed but the hexadecimal digits of the signature itself.

    The library compares lengths alone: a longer signature would make room for something that nobody signed.
    """
    start, end, again, rest = map(int, parts)
    between = pdf[end:again]
    if start or again + rest != len(pdf) or between[:1] != b"<" or between[-1:] != b">":
        return False
    return bytes.fromhex(between[1:-1].decode("ascii")) == content


def _point(der: bytes) -> str:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    loaded = load_der_public_key(der)
    if not isinstance(loaded, ec.EllipticCurvePublicKey):
        return ""
    return signatures.b64u(signatures.point_of(loaded))


def public_pem(public: str) -> bytes:
    """Write a public point as a PEM file, as people publish it."""
    raw = signatures.unb64u(public)
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


def read_public(content: bytes) -> str:
    """Read a public key that somebody brings: PEM (key or certificate), JWK, or a bare point in base64url.

    Raises PublicKeyInvalid for anything else, a private key too: it has no business here.
    """
    import json

    text = content.decode("ascii", "replace").strip()
    try:
        if "PRIVATE KEY" in text:
            raise PublicKeyInvalid("this is a private key; bring the public one")
        if "BEGIN CERTIFICATE" in text:
            loaded: Any = x509.load_pem_x509_certificate(content).public_key()
        elif "BEGIN PUBLIC KEY" in text:
            loaded = load_pem_public_key(content)
        else:
            offered = json.loads(text) if text.startswith("{") else text
            return signatures.public_key(offered if isinstance(offered, Mapping) else str(offered))
    except ValueError as error:
        raise PublicKeyInvalid("no public key of P-256: expected PEM, JWK or a point in base64url") from error
    if not isinstance(loaded, ec.EllipticCurvePublicKey) or loaded.curve.name != "secp256r1":
        raise PublicKeyInvalid("no public key of P-256: expected PEM, JWK or a point in base64url")
    return signatures.b64u(signatures.point_of(loaded))
