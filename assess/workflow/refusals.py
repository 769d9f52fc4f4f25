"""Why a verb refuses: every reason is a class, and its sentence says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assess.definitions.questionnaire_items import Item
from assess.engine.answers import Problem
from assess.errors import AssessError
from assess.phrases import Phrase, Value


class WorkflowError(AssessError):
    """A verb was refused; nothing was changed. `text` names its `values`, so that it can be said in other languages.

    Numbers and days among the values are written as the reader does, phrases said; a year is given as a text.
    """

    def __init__(self, text: str = "", **values: Value) -> None:
        self.text, self.values = text, values
        super().__init__(Phrase(text, **values))


class Unfit(WorkflowError):
    """Something that was given cannot be used as it stands."""


class Taken(WorkflowError):
    """There is such a thing already, and it says something else."""


class TokenUnknown(WorkflowError):
    """No invitation has this token."""

    def __init__(self) -> None:
        super().__init__("Copy the whole link from the newest mail, or ask who invited you for a new one: this link is not known here.")


class TokenExpired(WorkflowError):
    """The invitation is too old."""

    def __init__(self) -> None:
        super().__init__("Ask who invited you for a new link: this one has expired. What you saved is kept.")


class TokenRevoked(WorkflowError):
    """The invitation was taken back."""

    def __init__(self) -> None:
        super().__init__("Use the newest link you were sent, or ask who invited you: this link was withdrawn. What was saved is kept.")


class RoundNotOpen(WorkflowError):
    """The survey has not begun."""

    def __init__(self) -> None:
        super().__init__("Come back later: the survey has not been opened yet.")


class RoundClosed(WorkflowError):
    """The survey is over for this response."""

    def __init__(self) -> None:
        super().__init__(
            "Ask the evaluator to reopen your response if you must still answer: the survey is closed. What you saved is kept."
        )


class AlreadySubmitted(WorkflowError):
    """A submitted response cannot be changed."""

    def __init__(self) -> None:
        super().__init__("Ask the evaluator to reopen your response if something has to be corrected: it has been submitted.")


class KeyReused(WorkflowError):
    """The key of an earlier request came back with other content."""

    def __init__(self) -> None:
        super().__init__("Load the page again and enter your changes there: this page was sent before with other answers.")


class ChangedSince(WorkflowError):
    """Somebody saved after the review page was loaded."""

    def __init__(self) -> None:
        super().__init__("Look through the answers again before you submit: somebody has changed them since you loaded the page.")


class AnswerUnfit(Unfit):
    """A field that the section does not have, or more text than can be kept."""


class Unreadable(Unfit):
    """An answer that its item cannot take. Pages say `question` and `remedy` anew, as the item has them in the reader's language."""

    def __init__(self, item: Item, raw: str, problem: Problem) -> None:
        self.item, self.raw = item, raw
        remedy = f"{problem.problem}; {problem.remedy}." if problem.remedy else f"{problem.problem}."
        super().__init__("Correct the answer to “%(question)s”. %(remedy)s", question=str(item.label or item.name), remedy=remedy)


class NotComplete(WorkflowError):
    """Required answers are missing, or answers cannot be taken as they stand."""

    def __init__(self, missing: Iterable[str], problems: Mapping[str, Problem]) -> None:
        self.missing = tuple(missing)
        self.problems = problems
        answers = ", ".join(dict.fromkeys((*self.missing, *problems)))
        super().__init__("Complete or correct these answers before you submit: %(answers)s.", answers=answers)
