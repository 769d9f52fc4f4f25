"""Mail: queued with its cause, sent at least once, and never with a header that somebody else wrote."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from assess.errors import AssessError
from assess.store.session import writing
from assess.store.tables import MailState, OutboxMail
from assess.workflow import clusters, mail, transports
from assess.workflow.refusals import Unfit
from workflow.surveying import NOON, make_cluster

SENDER = "survey@example.org"


class Failing:
    """A transport that does not take mail."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, message: EmailMessage) -> None:  # noqa: ARG002 - as a transport is called
        raise self.error


def queued(engine: Engine, *, key: str = "k", subject: str = "Survey", recipient: str = "a@example.org") -> None:
    with writing(engine) as session:
        mail.queue(session, [mail.Mail(None, "invitation", key, recipient, subject, f"See https://x/s/{'t' * 43}\n")], due_at=NOON)


def only_mail(engine: Engine) -> OutboxMail:
    with writing(engine) as session:
        return session.exec(select(OutboxMail)).one()


@pytest.mark.parametrize("subject", ["Survey\nBcc: x@example.org", "Survey\r\n\r\nbody", "a\x00b", "a\u2028b", "x" * 301])
def test_a_subject_with_more_than_one_line__is_refused(engine: Engine, subject: str) -> None:
    with pytest.raises(mail.MailRefused):
        queued(engine, subject=subject)


@pytest.mark.parametrize(
    "recipient",
    ["a@example.org\nBcc: b@example.org", "a@example.org\r", "a@example.org,b@example.org", "<a@example.org>", "a@-x", "a..b@x.org"],
)
def test_a_recipient_that_would_change_the_header__is_refused(engine: Engine, recipient: str) -> None:
    with pytest.raises(mail.MailRefused):
        queued(engine, recipient=recipient)


def test_a_header_that_was_slipped_into_the_store__is_not_sent_either(engine: Engine, tmp_path: Path) -> None:
    queued(engine)
    with writing(engine) as session:
        row = session.exec(select(OutboxMail)).one()
        row.subject = "Survey\nBcc: everybody@example.org"
        session.add(row)
    with writing(engine) as session:
        assert mail.deliver_due(session, transports.Folder(tmp_path / "mail"), sender=SENDER, now=NOON) == 0
    assert not (tmp_path / "mail").exists()
    assert only_mail(engine).state is MailState.BOUNCED


def test_a_cluster_whose_name_has_two_lines__cannot_be_made(engine: Engine) -> None:
    with writing(engine) as session, pytest.raises(Unfit):
        make_cluster(session, name="Valley\nBcc: x@example.org")
    with writing(engine) as session:
        cluster = make_cluster(session)
        with pytest.raises(Unfit):
            clusters.add_member(session, cluster, name="A\rB", kind="company", email="a@example.org", now=NOON)


def test_mail_sent_twice_after_a_crash__is_one_file__with_one_message_id(engine: Engine, tmp_path: Path) -> None:
    queued(engine)
    for _ in range(2):
        with writing(engine) as session:
            assert mail.deliver_due(session, transports.Folder(tmp_path / "mail"), sender=SENDER, now=NOON) == 1
            session.rollback()  # the process died between the mail server and the commit
    with writing(engine) as session:
        assert mail.deliver_due(session, transports.Folder(tmp_path / "mail"), sender=SENDER, now=NOON) == 1
    assert len(list((tmp_path / "mail").iterdir())) == 1
    with writing(engine) as session:
        assert mail.deliver_due(session, transports.Folder(tmp_path / "mail"), sender=SENDER, now=NOON) == 0


def test_a_mail_that_is_sent__keeps_no_link(engine: Engine, tmp_path: Path) -> None:
    queued(engine)
    assert "t" * 43 in only_mail(engine).body
    with writing(engine) as session:
        mail.deliver_due(session, transports.Folder(tmp_path / "mail"), sender=SENDER, now=NOON)
    found = only_mail(engine)
    assert (found.state, found.sent_at, "ttt" in found.body) == (MailState.SENT, NOON, False)


def test_a_claimed_mail__is_nobody_else_s__until_its_lease_runs_out(engine: Engine) -> None:
    queued(engine)
    with writing(engine) as session:
        assert len(mail.claim_due(session, now=NOON)) == 1
    with writing(engine) as session:
        assert mail.claim_due(session, now=NOON) == ()
        assert len(mail.claim_due(session, now=NOON + mail.LEASE)) == 1


def test_a_server_that_is_down__is_tried_again__later_each_time__and_given_up_in_the_end(engine: Engine) -> None:
    queued(engine)
    now, waits = NOON, []
    while only_mail(engine).state is MailState.QUEUED:
        with writing(engine) as session:
            mail.deliver_due(session, Failing(transports.Undelivered("the server is down")), sender=SENDER, now=now)
        waits.append(only_mail(engine).due_at - now)
        now += timedelta(days=1)
    assert waits[:3] == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)]
    assert len(waits) == mail.MOST_ATTEMPTS
    assert (only_mail(engine).state, only_mail(engine).error) == (MailState.FAILED, "the server is down")


def test_an_address_that_refuses_mail__is_not_tried_again(engine: Engine) -> None:
    queued(engine)
    with writing(engine) as session:
        mail.deliver_due(session, Failing(transports.Refused("the server refuses the address (550)")), sender=SENDER, now=NOON)
    assert only_mail(engine).state is MailState.BOUNCED


@contextmanager
def mail_server(answers_to_rcpt: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the port of a server that takes one mail, or refuses its recipient, and what it was told."""
    told: list[bytes] = []

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as stream:
            stream.write(b"220 ready\r\n")
            in_data = False
            for line in stream:
                told.append(line)
                if in_data:
                    in_data = line != b".\r\n"
                    stream.write(b"" if in_data else b"250 taken\r\n")
                    continue
                verb = line.split()[0].upper().split(b":")[0]
                in_data = verb == b"DATA"
                replies = {b"RCPT": answers_to_rcpt, b"DATA": b"354 go on", b"QUIT": b"221 bye"}
                stream.write(replies.get(verb, b"250 fine") + b"\r\n")
                if verb == b"QUIT":
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1], told
        finally:
            thread.join(10)


@pytest.mark.parametrize(
    ("reply", "state"), [(b"250 fine", MailState.SENT), (b"550 nobody here", MailState.BOUNCED), (b"450 later", MailState.QUEUED)]
)
def test_a_mail_server__takes_refuses_or_puts_off(engine: Engine, reply: bytes, state: MailState) -> None:
    queued(engine)
    with mail_server(reply) as (port, told), writing(engine) as session:
        server = transports.transport_for(f"smtp://127.0.0.1:{port}")
        mail.deliver_due(session, server, sender=SENDER, now=NOON)
    assert only_mail(engine).state is state
    assert any(line.startswith(b"Subject: Survey") for line in told) is (state is MailState.SENT)


def test_a_password__never_goes_out_unencrypted(engine: Engine) -> None:
    queued(engine)
    with mail_server(b"250 fine") as (port, told), writing(engine) as session:
        server = transports.transport_for(f"smtp://user:secret@127.0.0.1:{port}")
        assert mail.deliver_due(session, server, sender=SENDER, now=NOON) == 0
    assert only_mail(engine).state is MailState.QUEUED
    assert not any(b"AUTH" in line for line in told)


def test_the_setting__names_a_folder_or_a_server() -> None:
    assert transports.transport_for("instance/mail") == transports.Folder(Path("instance/mail"))
    found = transports.transport_for("smtp://user:p%40ss@mail.example.org")
    assert found == transports.Server("mail.example.org", 587, "user", "p@ss", encrypted_from_the_start=False)
    for wrong in ("http://mail.example.org", "smtp://"):
        with pytest.raises(AssessError, match="ASSESS_MAIL"):
            transports.transport_for(wrong)
