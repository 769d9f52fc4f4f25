"""Evidence files are kept once, whole, for their owner's eyes, and nobody drops bytes that are being attached."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from databases import NOW

from assess.store.failures import StoreError
from assess.store.files import EvidenceFolder, sha256_of

MINUTES = b"Minutes of the steering group"
MOST = 1_000


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "files")


def keep(folder: EvidenceFolder, content: bytes = MINUTES) -> str:
    with folder.receiving(BytesIO(content), most=MOST) as draft:
        folder.keep(draft)
    return draft.digest


def everything_in(folder: EvidenceFolder) -> list[str]:
    return sorted(path.name for path in folder.path.rglob("*") if path.is_file())


def test_kept_bytes__lie_under_their_digest_two_folders_deep__for_their_owner_only(folder: EvidenceFolder) -> None:
    digest = keep(folder)
    place = folder.path / digest[:2] / digest[2:4] / digest
    assert digest == hashlib.sha256(MINUTES).hexdigest()
    assert place.read_bytes() == MINUTES
    assert place.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.has(digest)


def test_same_bytes_twice__are_kept_once(folder: EvidenceFolder) -> None:
    assert keep(folder) == keep(folder)
    assert everything_in(folder) == [hashlib.sha256(MINUTES).hexdigest()]


def test_damaged_bytes__that_come_again__are_whole_again(folder: EvidenceFolder) -> None:
    digest = keep(folder)
    folder.place(digest).write_bytes(b"half")
    keep(folder)
    assert folder.place(digest).read_bytes() == MINUTES


def test_received_bytes__that_nobody_keeps__leave_nothing_behind(folder: EvidenceFolder) -> None:
    with folder.receiving(BytesIO(MINUTES), most=MOST) as draft:
        assert draft.path.read_bytes() == MINUTES
    assert everything_in(folder) == []


def test_failure_while_receiving__leaves_nothing_behind(folder: EvidenceFolder) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError("gone")
            return super().read(4 if size is None else min(size, 4))

    with pytest.raises(StoreError, match="cannot be used"), folder.receiving(Broken(MINUTES), most=MOST):
        pass
    assert everything_in(folder) == []


def test_too_long_a_stream__is_read_no_further_than_one_byte_more(folder: EvidenceFolder) -> None:
    stream = BytesIO(b"x" * 5_000)
    with folder.receiving(stream, most=MOST) as draft:
        assert draft.size == MOST + 1
    assert stream.tell() == MOST + 1


@pytest.mark.parametrize("given", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_anything_but_a_digest__has_no_place(folder: EvidenceFolder, given: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        folder.place(given)


def test_clearing__while_somebody_keeps__is_refused_and_not_waited_for(folder: EvidenceFolder) -> None:
    with folder.keeping(), folder.keeping(), folder.clearing() as alone:
        assert not alone
    with folder.clearing() as alone:
        assert alone


def test_dropped_bytes__are_gone__and_dropping_again_does_nothing(folder: EvidenceFolder) -> None:
    digest = keep(folder)
    folder.drop(digest)
    folder.drop(digest)
    assert not folder.has(digest)
    assert folder.digests() == []


def test_only_evidence__is_listed(folder: EvidenceFolder) -> None:
    digests = sorted([keep(folder), keep(folder, b"other")])
    (folder.path / "exports").mkdir()
    (folder.path / "exports" / "member.csv").write_text("not evidence")
    assert folder.digests() == digests


def test_drafts_of_a_crash__are_forgotten_when_they_are_old(folder: EvidenceFolder) -> None:
    keep(folder)
    old, young = folder.path / "incoming" / "old", folder.path / "incoming" / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    moment = folder.kept_at(keep(folder)) - timedelta(days=2)
    os.utime(old, (moment.timestamp(), moment.timestamp()))
    folder.forget_drafts(moment + timedelta(days=1))
    assert (old.exists(), young.exists()) == (False, True)


def test_copy__holds_the_same_files__and_can_be_taken_back(folder: EvidenceFolder, tmp_path: Path) -> None:
    digests = sorted([keep(folder), keep(folder, b"other")])
    assert folder.copy_to(tmp_path / "copy") == 2
    restored = EvidenceFolder(tmp_path / "restored")
    assert restored.take_from(tmp_path / "copy") == 2
    assert restored.digests() == digests
    assert [sha256_of(restored.place(digest)) for digest in digests] == digests
    assert everything_in(EvidenceFolder(tmp_path / "copy")) == digests


def test_damaged_copy__is_not_taken(folder: EvidenceFolder, tmp_path: Path) -> None:
    digest = keep(folder)
    folder.copy_to(tmp_path / "copy")
    EvidenceFolder(tmp_path / "copy").place(digest).write_bytes(MINUTES.upper())
    restored = EvidenceFolder(tmp_path / "restored")
    with pytest.raises(StoreError, match="is damaged"):
        restored.take_from(tmp_path / "copy")
    assert restored.digests() == []


def test_folder_that_cannot_be_made__is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file stands in the way")
    with pytest.raises(StoreError, match="check ASSESS_FILES"), EvidenceFolder(tmp_path / "files").keeping():
        pass


def test_kept_at__is_utc_without_a_zone(folder: EvidenceFolder) -> None:
    digest = keep(folder)
    os.utime(folder.place(digest), (1_780_315_200, 1_780_315_200))
    assert folder.kept_at(digest) == NOW
