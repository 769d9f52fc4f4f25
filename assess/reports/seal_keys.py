"""The key that reports are signed with: read from PEM or PKCS#12, or made for a site of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from assess.errors import AssessError
from assess.phrases import Phrase

_BITS = 3072
_LASTS = timedelta(days=3653)
_LONGEST_NAME = 64
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, its certificate and those that lead to its issuer."""

    private: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def name(self) -> str:
        """Whose the certificate is."""
        return common_name(self.certificate)


def common_name(certificate: x509.Certificate) -> str:
    """Whose a certificate is: its common name, else its whole subject."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else certificate.subject.rfc4514_string()


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, in hexadecimal digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def load_key(path: Path, password: str = "") -> SigningKey:
    """Read a key with its certificate, from PEM or PKCS#12. Raises AssessError when the file is of no use."""
    try:
        content = path.read_bytes()
        read = _from_pem if b"-----BEGIN" in content else _from_pkcs12
        return read(content, password.encode() or None)
    except OSError as error:
        raise AssessError(
            Phrase("Check ASSESS_SIGNING_KEY: %(file)s cannot be read (%(reason)s).", file=str(path), reason=Phrase(str(error.strerror)))
        ) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AssessError(
            Phrase(
                "Check ASSESS_SIGNING_KEY and ASSESS_SIGNING_PASSWORD: they open no RSA or elliptic key with its certificate in %(file)s.",
                file=str(path),
            )
        ) from error


def read_certificate(path: Path) -> x509.Certificate:
    """Read a certificate from a PEM file. Raises AssessError when there is none."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise AssessError(Phrase("Name a file with a certificate in PEM: %(file)s holds none.", file=str(path))) from error


def make_key(name: str, *, now: datetime) -> SigningKey:
    """Make a key that vouches for itself, good for ten years. Raises AssessError for a name that no certificate can hold."""
    said = " ".join(name.split())
    if not 1 <= len(said) <= _LONGEST_NAME or not said.isprintable():
        raise AssessError(Phrase("Give the signer a name of 1 to %(most)s characters: it is printed in every report.", most=_LONGEST_NAME))
    private = generate_private_key(65537, _BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, said)])
    signing_only = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(signing_only, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    return SigningKey(private, certificate)


def pem_of(key: SigningKey, password: str = "") -> tuple[bytes, bytes]:
    """The key with its certificate, and the certificate alone, both in PEM; with a password, the key is encrypted."""
    shut: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    certificate = key.certificate.public_bytes(Encoding.PEM)
    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, shut) + certificate, certificate


def _from_pem(content: bytes, password: bytes | None) -> SigningKey:
    return _matching(load_pem_private_key(content, password), x509.load_pem_x509_certificates(content))


def _from_pkcs12(content: bytes, password: bytes | None) -> SigningKey:
    private, certificate, others = pkcs12.load_key_and_certificates(content, password)
    return _matching(private, [*([certificate] if certificate else []), *others])


def _matching(private: object, certificates: list[x509.Certificate]) -> SigningKey:
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError("the key is of another kind")
    own = [one for one in certificates if one.public_key() == private.public_key()]
    if not own:
        raise ValueError("there is no certificate of this key")
    return SigningKey(private, own[0], tuple(one for one in certificates if one is not own[0]))
