"""The files of the local certificate authority, in a folder that only the service's account can open.

`root.crt` is what devices trust, `authority.pem` the issuer with its key, `server.pem` what the service shows. The
first two appear together, by one rename, and are never written again; the third is made anew whenever it is due.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from camket.adapters.keys.files import FILE_MODE, FOLDER_MODE, make_private_file, sync_folder
from camket.adapters.tls.authority import (
    Authority,
    ServerCertificate,
    is_signed_by,
    make_authority,
    require_ours,
    sign_server,
    still_good,
)
from camket.core.errors import TlsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from camket.adapters.tls.names import LanNames

ROOT_FILE: Final = "root.crt"
AUTHORITY_FILE: Final = "authority.pem"
SERVER_FILE: Final = "server.pem"
_OTHERS: Final = 0o077


def open_authority(folder: Path, now: datetime) -> Authority:
    """Return the authority of this installation; made where there is none yet.

    Args:
        folder: its own; the folder around it exists.
        now: aware.

    Raises:
        TlsError: files are missing, open to others, unreadable, another's or over. Nothing was changed.

    Effects:
        A new authority is on disk on return, whole or not at all.
    """
    with explained(folder):
        there = folder.exists() and any(folder.iterdir())
    if not there:
        return _create(folder, now)
    _require_private(folder)
    authority = _read_authority(folder)
    try:
        require_ours(authority, now)
    except TlsError as error:
        raise _refused(folder, str(error)) from error
    return authority


def serving_file(folder: Path, authority: Authority, names: LanNames, now: datetime) -> Path:
    """Return the file with the certificate to serve with, its key and the issuer; renewed where that is due.

    Raises:
        TlsError: the file holds something that this authority did not make. Nothing was changed.
    """
    path = folder / SERVER_FILE
    if path.exists():
        server = _read_with_key(path)
        # INVARIANT: what someone else put there is never written over.
        if not is_signed_by(server.certificate, authority):
            raise _refused(path, "its certificate is another authority's")
        if still_good(server, authority, names, now):
            return path
    server = sign_server(authority, names, now)
    content = _pem(server.key) + b"".join(
        certificate.public_bytes(Encoding.PEM) for certificate in (server.certificate, authority.issuer)
    )
    with explained(path):
        draft = path.with_suffix(".new")
        make_private_file(draft, content)
        draft.rename(path)
        sync_folder(folder)
    return path


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a `TlsError` that names the file."""
    try:
        yield
    except OSError as error:
        raise _refused(path, (error.strerror or "unknown reason").lower()) from error


def _create(folder: Path, now: datetime) -> Authority:
    authority = make_authority(now)
    draft = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}.new")
    try:
        with explained(folder):
            draft.mkdir(mode=FOLDER_MODE)
            make_private_file(draft / ROOT_FILE, authority.root.public_bytes(Encoding.PEM))
            make_private_file(draft / AUTHORITY_FILE, _pem(authority.key) + authority.issuer.public_bytes(Encoding.PEM))
            sync_folder(draft)
            draft.rename(folder)
            sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return authority


def _read_authority(folder: Path) -> Authority:
    root = folder / ROOT_FILE
    server = _read_with_key(folder / AUTHORITY_FILE)
    with explained(root), _parsed(root):
        certificate = x509.load_pem_x509_certificate(root.read_bytes())
    return Authority(root=certificate, issuer=server.certificate, key=server.key)


def _read_with_key(path: Path) -> ServerCertificate:
    with explained(path), _parsed(path):
        content = path.read_bytes()
        key = load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificates(content)[0]
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise _refused(path, "its key is of another kind than camket makes")
    return ServerCertificate(certificate=certificate, key=key)


@contextmanager
def _parsed(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        raise _refused(path, "it is not what camket wrote there") from error


def _require_private(folder: Path) -> None:
    with explained(folder):
        for path in (folder, *sorted(folder.iterdir())):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & _OTHERS:
                wanted = FOLDER_MODE if path.is_dir() else FILE_MODE
                raise TlsError(
                    f"the local certificate authority's `{path}` is open to other accounts (mode {mode:04o}); run "
                    f"`chmod {wanted:o} '{path}'` and find out who read it"
                )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _refused(path: Path, reason: str) -> TlsError:
    return TlsError(
        f"the local certificate authority's `{path}` cannot be used: {reason}. Put it back from a backup; or move the "
        "whole folder away, and a new authority is made at the next start, which every phone then has to trust anew"
    )
