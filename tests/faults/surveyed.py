"""Members under way on a site with real processes, and what the store holds of each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from answering import MEMBER
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from workflow.surveying import BASE_URL, make_round, only

from assess.store.session import reading, writing
from assess.store.tables import AnswerRevision, OutboxMail, Receipt, Response, Submission
from assess.web.site import utc_now
from assess.workflow import invitations, responses
from assess.workflow.answer_rows import field_name, texts


@dataclass(frozen=True)
class Participant:
    """A member that has pressed Start."""

    engine: Engine
    token: str
    response_id: int
    invitation_id: int

    def answers(self) -> dict[str, str]:
        """The present answers, without those taken back."""
        with reading(self.engine) as session:
            return {field_name(*field): raw for field, raw in texts(session, self._response(session)).items()}

    def written(self) -> Counter[tuple[str, str]]:
        """How often each answer was ever written."""
        mine = select(AnswerRevision).where(col(AnswerRevision.response_id) == self.response_id)
        with reading(self.engine) as session:
            return Counter((row.item, row.raw) for row in session.exec(mine))

    def receipts(self) -> Counter[str]:
        """How often each key was answered."""
        mine = select(Receipt.key).where(col(Receipt.response_id) == self.response_id)
        with reading(self.engine) as session:
            return Counter(session.exec(mine))

    def submissions(self) -> list[tuple[str, Mapping[str, str]]]:
        """The receipt number of everything handed in, with its answers."""
        mine = select(Submission).where(col(Submission.response_id) == self.response_id)
        with reading(self.engine) as session:
            return [(one.receipt, responses.submitted_answers(session, one)) for one in session.exec(mine)]

    def receipt_mails(self) -> int:
        """How many mails confirm a submission."""
        mine = select(OutboxMail.id).where(col(OutboxMail.invitation_id) == self.invitation_id, col(OutboxMail.kind) == "receipt")
        with reading(self.engine) as session:
            return len(session.exec(mine).all())

    def revision(self) -> int:
        with reading(self.engine) as session:
            return self._response(session).revision

    def _response(self, session: Session) -> Response:
        return only(session.get(Response, self.response_id))


def participants(engine: Engine, count: int, source: str = MEMBER) -> list[Participant]:
    """Members of one round that is open now; each has pressed Start."""
    now = utc_now()
    with writing(engine) as session:
        round_, listed = make_round(session, members=count, sources=(source,), now=now)
        made = []
        for member in listed:
            invited = invitations.invite(session, round_, member, base_url=BASE_URL, now=now)
            response = responses.begin(session, invited.invitation, now=now)
            made.append(Participant(engine, invited.token, only(response.id), only(invited.invitation.id)))
    return made
