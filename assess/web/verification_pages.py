"""What the page of verification shows: what was asked of a file, what was found, and what a number stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from assess.reports.names import AUDIENCES
from assess.reports.seal_findings import RESULTS, Result, Verdict
from assess.store.steering_tables import Publication, ReportFile
from assess.store.tables import Round, StoredDiagnosis
from assess.web.published_reports import language_name
from assess.web.wording import words
from assess.workflow.publications import PublicationState, state_of
from assess.workflow.rows import required

_TONES = {Result.HOLDS: "good", Result.FAILS: "bad", Result.ABSENT: "none", Result.NOT_ASKED: "none", Result.OPEN: "warn"}
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check; the tone is good, warn, bad or none."""

    asked: str
    word: str
    tone: str
    sentence: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberFound:
    """What is known of a number; the digests are of the files that were made of it and of its diagnosis."""

    number: str
    word: str
    tone: str
    sentence: str
    digests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The page: the form, and above it what was found, if something was asked."""

    title: str
    problem: str = ""
    sentence: str = ""
    tone: str = "none"
    facts: tuple[tuple[str, str], ...] = ()
    """What the file says about itself."""
    checks: tuple[CheckLine, ...] = field(default=())
    found: NumberFound | None = None


def start_page() -> VerifyPage:
    """Return the page before anything was asked."""
    return VerifyPage(words().say("Verify a report"))


def refused_page(problem: str) -> VerifyPage:
    """Return the page for a file that was not looked at."""
    return VerifyPage(words().say("Verify a report"), problem=problem)


def verdict_page(verdict: Verdict, size: int) -> VerifyPage:
    """Return the page that says what was found; `size` is that of the file in bytes."""
    told = words().told
    lines = tuple(
        CheckLine(told(one.asked), words().say(RESULTS[one.result]), _TONES[one.result], told(one.sentence), tuple(map(told, one.details)))
        for one in verdict.checks
    )
    title = words().say("What was found")
    return VerifyPage(title, sentence=told(verdict.sentence), tone=_tone(verdict), facts=_facts(verdict, size), checks=lines)


def number_page(session: Session, number: str, published: Publication | None) -> VerifyPage:
    """Return the page of a number; `published` is none where no report of it was ever published. Nothing confidential is said."""
    title, shown = words().say("Report number"), number[:_LONGEST_NUMBER]
    if published is None:
        sentence = words().say("No report of this number was published here. Compare the number with the one on the cover, sign by sign.")
        return VerifyPage(title, found=NumberFound(shown, words().say("Unknown"), "warn", sentence))
    word, tone, sentence = _standing(published, required(session, Round, published.round_id).year)
    return VerifyPage(title, found=NumberFound(published.number, word, tone, sentence, _digests(session, published)))


def _standing(published: Publication, year: int) -> tuple[str, str, str]:
    if state_of(published) is PublicationState.WITHDRAWN:
        sentence = words().say(
            "Do not rely on it: a report on the year %(year)s was published under this number on %(published)s "
            "and withdrawn on %(withdrawn)s.",
            year=year,
            published=_day(published.published_at),
            withdrawn=_day(published.withdrawn_at),
        )
        return words().say("Withdrawn"), "bad", sentence
    sentence = words().say(
        "A report on the year %(year)s was published under this number on %(published)s. "
        "The number alone says nothing about a file: check that as well, below or by its digest.",
        year=year,
        published=_day(published.published_at),
    )
    return words().say("Published"), "good", sentence


def _day(day: date | None) -> str:
    return "" if day is None else words().day(day)


def _digests(session: Session, published: Publication) -> tuple[tuple[str, str], ...]:
    mine = (col(ReportFile.diagnosis_id) == published.diagnosis_id, col(ReportFile.stamp) == published.number)
    files = session.exec(select(ReportFile).where(*mine).order_by(col(ReportFile.id)))
    diagnosis = required(session, StoredDiagnosis, published.diagnosis_id)
    return (*((_edition(one), one.digest) for one in files), (words().say("Diagnosis"), diagnosis.digest))


def _edition(file: ReportFile) -> str:
    audience, language = words().say(AUDIENCES[file.audience]), language_name(file.language)
    return words().say("Report file: %(audience)s, %(language)s", audience=audience, language=language)


def _tone(verdict: Verdict) -> str:
    if not verdict.readable or any(check.result is Result.FAILS for check in verdict.checks):
        return "bad"
    return "good" if verdict.confirmed and verdict.vouched else "warn"


def _facts(verdict: Verdict, size: int) -> tuple[tuple[str, str], ...]:
    """What the file says, which proves nothing by itself."""
    length = words().say("%(number)s bytes", number=words().number(f"{size:,}"))
    found = ((words().say("Size"), length), (words().say("Report number"), verdict.number), *_enclosed(verdict))
    return tuple((name, text) for name, text in found if text)


def _enclosed(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    document = verdict.diagnosis
    if document is None:
        return ()
    rulebase = document["rulebase"]
    about = ((words().say("Cluster"), str(document["cluster"]["name"])), (words().say("Year"), str(document["round"]["year"])))
    return (*about, (words().say("Rule base"), f"{rulebase['version']} ({words().say(rulebase['status'])})"))
