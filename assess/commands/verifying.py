"""Checks a report file and says, check by check, what holds."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from assess.commands.ahead import Ahead, Unanswered
from assess.commands.speaking import reader
from assess.definitions.words import ENGLISH, Words
from assess.engine.inference import Engine
from assess.errors import AssessError
from assess.reports.seal_checks import Register
from assess.reports.seal_findings import RESULTS, Check, Result, Signature, Verdict
from assess.reports.verification import Checks, Means, installed_rulebase, verify
from assess.settings import read_settings

_MARKS = {Result.HOLDS: "✓", Result.FAILS: "✗", Result.ABSENT: "–", Result.NOT_ASKED: "–", Result.OPEN: "?"}


def run(file: Path, content: bytes, signature: Callable[[bytes], Signature], output: str, pages: bool, certificate: Path | None) -> int:
    """Print the verdict about a file's content and return the exit code: 0 confirmed, 1 not, 2 not readable."""
    means = Means(Engine(), signature, installed_rulebase, _known_signer(certificate), _own_signer(), begin=_begun)
    with _register() as register:
        verdict = verify(content, replace(_with_pages(means) if pages else means, register=register))
    click.echo(_as_json(file, verdict) if output == "json" else _as_text(file, verdict, reader()))
    return 0 if verdict.confirmed else 1 if verdict.readable else 2


def _begun(checks: Checks) -> Checks:
    return partial(_answered, Ahead(checks), checks)


def _answered(found: Ahead[tuple[Check, ...]], checks: Checks) -> tuple[Check, ...]:
    try:
        return found()
    except Unanswered:
        return checks()


def _with_pages(means: Means) -> Means:
    from assess.reports.pdf import made_with, unsigned_report  # takes a second to load

    return replace(means, remake=unsigned_report, made_with=made_with)


def _known_signer(certificate: Path | None) -> str:
    if certificate is None:
        return ""
    from assess.reports.seal_keys import fingerprint, read_certificate  # takes as long to load as the rest of a check takes

    return fingerprint(read_certificate(certificate))


def _own_signer() -> str:
    if not os.environ.get("ASSESS_SIGNING_KEY"):
        return ""
    from assess.commands.keys import configured_key
    from assess.reports.seal_keys import fingerprint

    own = configured_key()
    return fingerprint(own.certificate) if own else ""


@contextmanager
def _register() -> Iterator[Register | None]:
    """Yield the register of the site that the environment names; None where there is no site, or it cannot be reached."""
    if not _has_site():
        yield None
        return
    from assess.commands.register import site_register  # the store takes half a second to load

    with site_register() as register:
        yield register


def _has_site() -> bool:
    """Whether the environment names a database; a SQLite file that is not there is none, and looking must not make one."""
    try:
        address = read_settings().database
    except AssessError:
        return False
    scheme, _, path = address.partition(":///")
    return not scheme.startswith("sqlite") or Path(path.partition("?")[0]).is_file()


def _as_text(file: Path, verdict: Verdict, words: Words) -> str:
    said = {result: result.value if words.language == ENGLISH else words.say(word) for result, word in RESULTS.items()}
    width = max(map(len, said.values()))
    lines = [words.say("%(file)s, report %(number)s", file=str(file), number=verdict.number) if verdict.number else str(file)]
    for check in verdict.checks:
        lines.append(f"{_MARKS[check.result]} {said[check.result]:<{width}} {words.told(check.asked)} {words.told(check.sentence)}")
        lines += [f"{'':{width + 3}}{words.told(detail)}" for detail in check.details]
    return "\n".join([*lines, words.told(verdict.sentence)])


def _as_json(file: Path, verdict: Verdict) -> str:
    checks = [
        {"id": c.id, "asked": c.asked, "result": c.result.value, "sentence": c.sentence, "details": list(c.details)} for c in verdict.checks
    ]
    said = {"file": str(file), "confirmed": verdict.confirmed, "readable": verdict.readable, "verdict": verdict.sentence}
    found = {"number": verdict.number, "vouched": list(verdict.vouched), "checks": checks}
    return json.dumps(said | found, indent=2, ensure_ascii=False)
