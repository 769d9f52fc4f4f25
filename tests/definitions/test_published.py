"""A published version never changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assess.definitions.published import LOCK_NAME, Publication, check_publication, publications, publish
from assess.errors import AssessError, FaultsFound

FIRST = Publication(id="rulebase", version="2026.1", digest="a" * 64)
CHANGED = FIRST.model_copy(update={"digest": "b" * 64})
SECOND = FIRST.model_copy(update={"version": "2026.2", "digest": "b" * 64})
OTHER = FIRST.model_copy(update={"id": "member", "digest": "b" * 64})


def test_folder__without_a_lock__has_published_nothing(tmp_path: Path) -> None:
    assert publications(tmp_path) == ()


def test_publish__is_kept_and_accepted(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    assert publications(tmp_path) == (FIRST,)
    check_publication(tmp_path, FIRST, "published")


def test_publish__several__are_kept_in_order_and_nothing_else_is_left(tmp_path: Path) -> None:
    for publication in (SECOND, FIRST, OTHER):
        publish(tmp_path, publication)
    assert publications(tmp_path) == (OTHER, FIRST, SECOND)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_NAME]
    assert json.loads((tmp_path / LOCK_NAME).read_text(encoding="utf-8"))[0] == {"id": "member", "version": "2026.1", "digest": "b" * 64}


def test_publish__the_same_again__changes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    before = (tmp_path / LOCK_NAME).read_bytes()
    publish(tmp_path, FIRST)
    assert (tmp_path / LOCK_NAME).read_bytes() == before


def test_publish__other_content_under_a_published_version__is_refused_and_the_lock_stays(tmp_path: Path) -> None:
    publish(tmp_path, FIRST)
    with pytest.raises(AssessError, match=r"rulebase 2026\.1 was published before with other content; give the new content a new version"):
        publish(tmp_path, CHANGED)
    assert publications(tmp_path) == (FIRST,)


@pytest.mark.parametrize("status", ["published", "draft"])
def test_content__changed_after_publishing__is_refused_whatever_it_says_of_itself(tmp_path: Path, status: str) -> None:
    publish(tmp_path, FIRST)
    with pytest.raises(FaultsFound) as caught:
        check_publication(tmp_path, CHANGED, status)
    (fault,) = caught.value.faults
    assert (fault.file, fault.subject) == (str(tmp_path / LOCK_NAME), "rulebase 2026.1")
    assert (fault.problem, fault.remedy) == (
        "was changed after it was published",
        "restore its content, and put the change into a new version",
    )


@pytest.mark.parametrize("locked", [(), (OTHER,), (SECOND,)])
def test_content__that_says_it_is_published_but_is_not_in_the_lock__is_refused(tmp_path: Path, locked: tuple[Publication, ...]) -> None:
    for publication in locked:
        publish(tmp_path, publication)
    with pytest.raises(FaultsFound, match=r"rulebase 2026\.1: says it is published but is not in the lock; publish it"):
        check_publication(tmp_path, FIRST, "published")


def test_draft__not_in_the_lock__is_accepted(tmp_path: Path) -> None:
    publish(tmp_path, OTHER)
    check_publication(tmp_path, FIRST, "draft")


@pytest.mark.parametrize("text", ["", "{}", "[{id: rulebase}]", "[{id: rulebase, version: '1', digest: x, more: y}]", "[", "null"])
def test_lock__that_is_broken__is_refused_and_never_read_as_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(FaultsFound, match=r"published\.lock"):
        check_publication(tmp_path, FIRST, "draft")
    with pytest.raises(FaultsFound):
        publish(tmp_path, FIRST)
    assert (tmp_path / LOCK_NAME).read_text(encoding="utf-8") == text
