"""A site that listens on this machine only, and Debian's Chromium before it, for what the script of the pages does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine
from werkzeug.serving import make_server

from web.questionnaires import EVERYTHING
from web.visiting import Survey, make_survey


@dataclass
class Served:
    """A survey that a real browser can reach."""

    survey: Survey
    port: int

    def address(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/s/{self.survey.browser.token}{path}"


@pytest.fixture
def served(sqlite_database: Engine, tmp_path: Path) -> Iterator[Served]:
    """A questionnaire with every control, already begun."""
    survey = make_survey(sqlite_database, tmp_path, source=EVERYTHING)
    survey.browser.start()
    yield from _served(survey)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window of 1280 by 900; whatever the page complains of fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    yield opened
    context.close()
    assert complaints == []


def _served(survey: Survey) -> Iterator[Served]:
    server = make_server("127.0.0.1", 0, survey.browser.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(survey, server.port)
    server.shutdown()
    thread.join()
    server.server_close()
