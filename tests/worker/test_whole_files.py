"""A file is there whole or not at all, and for its owner's eyes only."""

from __future__ import annotations

from pathlib import Path

import pytest

from assess.worker.whole_files import written_whole


def test_a_file__takes_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.zip"
    with written_whole(target) as stream:
        stream.write(b"half")
        stream.flush()
        assert not target.exists()
    assert target.read_bytes() == b"half"
    assert [file.name for file in target.parent.iterdir()] == ["a.zip"]
    assert (target.stat().st_mode & 0o777, target.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def break_half_way(target: Path) -> None:
    with written_whole(target) as stream:
        stream.write(b"half")
        raise ValueError("it broke")


def test_a_file_that_could_not_be_finished__leaves_the_earlier_one_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_bytes(b"earlier")
    with pytest.raises(ValueError, match="broke"):
        break_half_way(target)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.zip", b"earlier")]


def test_what_a_dead_process_left_of_the_same_file__is_taken_away__and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.zip.x.part", ".b.zip.x.part"):
        (tmp_path / name).write_bytes(b"half")
    with written_whole(tmp_path / "a.zip") as stream:
        stream.write(b"whole")
    assert sorted(file.name for file in tmp_path.iterdir()) == [".b.zip.x.part", "a.zip"]
