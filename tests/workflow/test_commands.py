"""A whole round from the command line: planned, opened, sent, answered, closed, diagnosed, released, exported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import cast

import pytest
from databases import new_migrated
from sqlalchemy import Engine

from assess.commands import rounds as commands
from assess.errors import AssessError
from assess.store.session import writing
from assess.workflow import invitations, responses
from assess.workflow.refusals import Unfit

SOON = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=10)
MEMBERS = "name,kind,email\n" + "".join(f"Organisation {n},company,office{n}@example.org\n" for n in range(6))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("ASSESS_DATABASE", f"sqlite:///{tmp_path / 'assess.db'}")
    monkeypatch.setenv("ASSESS_DEMO", "1")
    monkeypatch.setenv("ASSESS_MAIL", str(tmp_path / "mail"))
    monkeypatch.setenv("ASSESS_MAIL_FROM", "survey@example.org")
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    with new_migrated("sqlite", tmp_path) as engine:
        yield engine


def answer(engine: Engine, mail: Path) -> None:
    """Follow the link in a mail, and submit."""
    body = message_from_bytes(mail.read_bytes(), policy=policy.default)
    token = cast("re.Match[str]", re.search(r"/s/([\w-]{43})\s", body.get_content())).group(1)
    now = datetime.now(UTC).replace(tzinfo=None)
    with writing(engine) as session:
        response = responses.begin(session, invitations.find(session, token, now=now), now=now)
        responses.save(session, response, section="network", answers={"network_density": "4"}, seen_revision=0, key="1", now=now)
        responses.submit(session, response, key="s", now=now)


def test_a_round__goes_its_whole_way(site: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands.cluster_add("Example Valley", "", tmp_path / "members.csv", False)
    commands.cluster_add("Example Valley", "", tmp_path / "members.csv", False)
    commands.cluster_preview("example-valley", tmp_path / "members.csv")
    assert "0 new, 0 changed, 6 unchanged" in capsys.readouterr().out
    commands.round_plan("example-valley", 2026, datetime.now(UTC).replace(tzinfo=None), SOON)
    commands.round_open("example-valley", 2026)
    commands.round_open("example-valley", 2026)
    assert "0 invitations" in capsys.readouterr().out.splitlines()[-1]
    commands.round_remind("example-valley", 2026)
    commands.round_send()
    assert "6 of 6 mails were sent" in capsys.readouterr().out
    for mail in sorted((tmp_path / "mail").glob("*.eml")):
        answer(site, mail)
    commands.round_progress_of("example-valley", 2026)
    assert "company: 6 invited, 6 opened, 6 started, 6 submitted" in capsys.readouterr().out
    with pytest.raises(Unfit, match="Close the round"):
        commands.round_release("example-valley", 2026)
    commands.round_close("example-valley", 2026)
    commands.round_diagnose("example-valley", 2026, tmp_path / "diagnosis.json")
    assert json.loads((tmp_path / "diagnosis.json").read_text("utf-8"))["measures"]["network.density"]["value"] == 4
    commands.round_release("example-valley", 2026)
    assert "2 figures are released" in capsys.readouterr().out
    commands.round_export("example-valley", 2026, tmp_path / "responses")
    assert len((tmp_path / "responses" / "member.csv").read_text("utf-8").splitlines()) == 7


@pytest.mark.usefixtures("site")
def test_a_cluster_that_is_not_there__is_told_with_those_that_are(tmp_path: Path) -> None:
    commands.cluster_add("Example Valley", "", tmp_path / "members.csv", False)
    with pytest.raises(AssessError, match="there is: example-valley"):
        commands.round_open("other", 2026)
    with pytest.raises(AssessError, match="no round of 2030"):
        commands.round_open("example-valley", 2030)
