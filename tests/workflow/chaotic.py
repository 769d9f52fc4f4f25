"""A respondent to whom everything happens at once, and a memory of everything that was acknowledged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from answering import MEMBER
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.definitions.digests import digest
from assess.store.session import reading, writing
from assess.store.tables import AnswerRevision, OutboxMail, ResponseState, RoundState, Submission
from assess.workflow import invitations, responses, rounds
from assess.workflow.refusals import (
    AlreadySubmitted,
    ChangedSince,
    KeyReused,
    NotComplete,
    RoundClosed,
    TokenExpired,
    TokenRevoked,
    Unfit,
)
from workflow.surveying import BASE_URL, NOON, Surveyed, make_cluster, make_round, only, rulebase
from workflow.tabs import VALUES, Tab

STEPS = 30
LINK_LOST = (TokenExpired, TokenRevoked)
REFUSED = (KeyReused, RoundClosed, AlreadySubmitted, *LINK_LOST)
YEARS = timedelta(days=800)
"""Longer than any link lives."""


@dataclass
class Sent:
    """A request whose reply was lost, with what was done about it (None: it died before the commit)."""

    repeat: Callable[[], object]
    done: responses.Saved | responses.Conflict | Submission | None


class Chaos:
    """One response, three tabs, and a memory that is written only from what the store acknowledged."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.random, self.now, self.keys = engine, Random(seed), NOON, 0
        self.seed = seed
        with writing(engine) as session:
            round_, members = make_round(session, name=f"Chaos {seed}", sources=(MEMBER,))
            invited = invitations.invite(session, round_, members[0], base_url=BASE_URL, now=NOON)
            response = responses.begin(session, invited.invitation, now=NOON)
            self.survey = Surveyed(engine, only(round_.id), only(invited.invitation.id), only(response.id))
        self.links = [invited.token]
        self.stored: dict[str, str] = {}
        self.history: list[tuple[str, str, int]] = []
        self.submissions: dict[str, tuple[int, dict[str, str]]] = {}
        self.lost: list[Sent] = []
        self.met: Counter[str] = Counter()
        """How often what happened: deeds and refusals."""
        self.tabs = [self.loaded() for _ in range(3)]

    def run(self) -> None:
        """Do many things in a random order, then send everything again whose reply was lost, and check."""
        for _ in range(STEPS):
            (deed,) = self.random.choices(*zip(*self.deeds(), strict=True))
            self.met[deed.__name__] += 1
            deed()
        for sent in self.lost:
            self.again(sent)
        self.check()

    def deeds(self) -> list[tuple[Callable[[], None], int]]:
        return [
            (self.save, 14),
            (self.clear, 2),
            (self.go_back, 3),
            (self.submit, 3),
            (self.wait, 3),
            (self.reload, 4),
            (self.reopen, 2),
            (self.delegate, 1),
            (self.revoke, 1),
            (self.publish, 1),
            (self.close, 1),
            (self.retry, 4),
        ]

    def save(self) -> None:
        """Change some fields in a tab and send the page; with luck, the reply arrives."""
        tab = self.tab()
        for name in self.random.sample(list(VALUES), self.random.randint(0, 3)):
            tab.filled[name] = self.random.choice(VALUES[name])
        self.send(tab)

    def clear(self) -> None:
        """Take back one answer of a page, or all of them."""
        tab = self.tab()
        for name in VALUES if self.random.random() < 0.2 else [self.random.choice(list(VALUES))]:
            tab.filled[name] = ""
        self.send(tab)

    def send(self, tab: Tab) -> None:
        page, seen, key, link = tab.sends, tab.seen, tab.key, tab.link
        if self.random.random() < 0.1:  # everything is done, and the process dies before the commit; the browser will ask again
            self.attempt(lambda: self.survey.save(page, seen=seen, key=key, now=self.now, dies=True))
            self.lost.append(Sent(lambda: self.save_and_note(page, seen, key, link), None))
            return
        expected = self.merged(tab)
        try:
            result = self.save_and_note(page, seen, key, link)
        except KeyReused:  # somebody came back to an old page and changed it: the page gets a new key, and can be sent again
            tab.key = self.key()
            self.met["KeyReused"] += 1
            return
        except REFUSED as refusal:
            self.met[type(refusal).__name__] += 1
            return
        if not result.repeated:
            assert self.stored == expected, f"seed {self.seed}: merged otherwise than three ways"
        if self.random.random() < 0.1:  # committed, but the reply is lost
            self.lost.append(Sent(lambda: self.save_and_note(page, seen, key, link), result))
        else:
            self.take_reply(tab, page, result)

    def merged(self, tab: Tab) -> dict[str, str]:
        """What the store should hold after the page was saved."""
        result = dict(self.stored)
        for name, sent in tab.sends.items():
            if self.stored.get(name, "") == tab.shown.get(name, ""):
                result[name] = sent
        return {name: raw for name, raw in result.items() if raw}

    def take_reply(self, tab: Tab, page: dict[str, str], result: responses.Saved | responses.Conflict) -> None:
        """The page stays open: it shows what others changed, and after a conflict somebody chooses."""
        tab.before = Tab(tab.link, tab.shown, tab.seen, tab.key, dict(tab.filled))
        contested = getattr(result, "contested", ())
        self.met["contested"] += len(contested)
        tab.shown = {**page, **result.others, **{one.field: one.stored for one in contested}}
        tab.filled = {one.field: self.random.choice((one.stored, one.sent)) for one in contested}
        tab.seen, tab.key = result.revision, self.key()

    def note(self, result: responses.Saved | responses.Conflict, page: dict[str, str]) -> None:
        for name in result.changed:
            self.history.append((name, page[name], result.revision))
            self.stored[name] = page[name]
        self.stored = {name: raw for name, raw in self.stored.items() if raw}

    def save_and_note(self, page: dict[str, str], seen: int, key: str, link: str) -> responses.Saved | responses.Conflict:
        self.follow(link)
        result = self.survey.save(page, seen=seen, key=key, now=self.now)
        if not result.repeated:
            self.note(result, page)
        return result

    def attempt(self, deed: Callable[[], object]) -> None:
        """Do what leaves no trace, allowed or not."""
        try:
            deed()
        except REFUSED:
            return

    def follow(self, link: str) -> None:
        """Find where a link leads, as every page does first. Raises one of LINK_LOST."""
        with reading(self.engine) as session:
            invitations.find(session, link, now=self.now)

    def submit(self) -> None:
        key = self.key()
        try:
            if self.random.random() < 0.2:
                with writing(self.engine) as session:
                    responses.submit(session, self.survey.response(session), key=key, now=self.now)
                    session.rollback()
            result = self.survey.submit(key=key, now=self.now)
        except (NotComplete, RoundClosed, ChangedSince):
            return
        self.submissions.setdefault(result.receipt, (result.revision, dict(self.stored)))
        if self.random.random() < 0.3:
            self.lost.append(Sent(lambda: self.survey.submit(key=key, now=self.now), result))

    def retry(self) -> None:
        """Send a request again whose reply was lost."""
        if self.lost:
            self.again(self.lost.pop(self.random.randrange(len(self.lost))))

    def again(self, sent: Sent) -> None:
        before = self.rows()
        try:
            result = sent.repeat()
        except LINK_LOST:
            assert self.rows() == before, f"seed {self.seed}: a lost link changed something"
            return
        except REFUSED:
            assert sent.done is None, f"seed {self.seed}: an acknowledged request was refused when it was repeated"
            return
        if isinstance(sent.done, Submission):
            assert isinstance(result, Submission)
            assert result.receipt == sent.done.receipt
        elif sent.done is not None:
            self.met["repeated"] += 1
            assert result == replace(sent.done, repeated=True), f"seed {self.seed}: a repeated request got another receipt"
        if sent.done is not None:
            assert self.rows() == before, f"seed {self.seed}: a repeated request changed something"

    def go_back(self) -> None:
        tab = self.tab()
        if tab.before is not None:
            self.tabs[self.tabs.index(tab)] = tab.before

    def reload(self) -> None:
        self.tabs[self.random.randrange(len(self.tabs))] = self.loaded()

    def wait(self) -> None:
        """A page is left open: an hour, a day, rarely past the end of the survey, hardly ever past the life of its link."""
        expired = self.random.random() < 0.03
        self.now += YEARS if expired else timedelta(hours=self.random.choice((1, 1, 24, 24, 24 * 6)))

    def reopen(self) -> None:
        try:
            self.survey.reopen(now=self.now)
        except Unfit:
            return

    def delegate(self) -> None:
        """Give a colleague a link, who opens the page at once."""
        email = f"colleague{len(self.links)}@example.org"
        try:
            with writing(self.engine) as session:
                mine = invitations.find(session, self.random.choice(self.links), now=self.now)
                token = invitations.delegate(session, mine, email=email, base_url=BASE_URL, now=self.now).token
        except (RoundClosed, Unfit, *LINK_LOST):
            return
        self.links.append(token)
        self.met["links"] += 1
        self.tabs[self.random.randrange(len(self.tabs))] = self.loaded()

    def revoke(self) -> None:
        """Withdraw a colleague's link while its page may be open."""
        if len(self.links) == 1:
            return
        try:
            with writing(self.engine) as session:
                found = invitations.find(session, self.random.choice(self.links[1:]), now=self.now)
                invitations.revoke(session, found, actor="manager", now=self.now)
        except LINK_LOST:
            return

    def close(self) -> None:
        with writing(self.engine) as session:
            round_ = self.survey.round(session)
            if round_.state is RoundState.OPEN and self.random.random() < 0.3:
                rounds.close_round(session, round_, now=self.now)

    def publish(self) -> None:
        """A new version without most of the items, asked elsewhere."""
        source = MEMBER.replace('version: "2026.1"', 'version: "2026.2"').partition("      - {type: select_one agree5, name: trust")[0]
        with writing(self.engine) as session:
            self.keys += 1
            cluster = make_cluster(session, name=f"Elsewhere {self.seed} {self.keys}")
            closing = self.now + timedelta(days=1)
            rounds.plan_round(
                session, cluster, year=2026, opens_at=self.now, closes_at=closing, sources=[source], rulebase=rulebase(), now=self.now
            )

    def tab(self) -> Tab:
        return self.random.choice(self.tabs)

    def loaded(self) -> Tab:
        with writing(self.engine) as session:
            return Tab(self.random.choice(self.links), dict(self.stored), self.survey.response(session).revision, self.key())

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def rows(self) -> list[tuple[str, str, int]]:
        """Everything that was ever saved, in order."""
        with writing(self.engine) as session:
            mine = select(AnswerRevision).where(col(AnswerRevision.response_id) == self.survey.response_id)
            return [(row.item, row.raw, row.revision) for row in session.exec(mine.order_by(col(AnswerRevision.id)))]

    def check(self) -> None:
        """Nothing lost, nothing doubled."""
        assert self.survey.texts() == self.stored, f"seed {self.seed}: the present answers are not the acknowledged ones"
        assert sorted(self.rows()) == sorted(self.history), f"seed {self.seed}: a saved answer was lost or doubled"
        with writing(self.engine) as session:
            found = session.exec(select(Submission).where(col(Submission.response_id) == self.survey.response_id)).all()
            assert {one.receipt: one.revision for one in found} == {key: revision for key, (revision, _) in self.submissions.items()}
            for one in found:
                assert responses.submitted_answers(session, one) == self.submissions[one.receipt][1]
                assert digest(self.submissions[one.receipt][1]) == one.digest
            assert len(self.receipt_mails(session)) == len(found), f"seed {self.seed}: a submission was confirmed not once"
            response = self.survey.response(session)
            assert (response.state is ResponseState.SUBMITTED) <= bool(found)
            assert response.version == "2026.1"

    def receipt_mails(self, session: Session) -> Sequence[OutboxMail]:
        mine = select(OutboxMail).where(col(OutboxMail.invitation_id) == self.survey.invitation_id, col(OutboxMail.kind) == "receipt")
        return session.exec(mine).all()
