"""What a section's page costs: statements, computing time beside a bare page of its size, and bytes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import DictLoader
from web.visiting import Browser, Page
from werkzeug.test import EnvironBuilder

from benchmarks.statements import Counted, counted
from benchmarks.surveyed import LARGEST, MANY, answered, page_of_many, under_way

ROUNDS = 60
_ROW = """<tr role="row" data-part="{{ q.name }}" data-offers="{{ q.offered }}"{% if q.problem %} class="wrong"{% endif %}>
  <th role="rowheader" scope="row"><span id="q-{{ q.name }}">{{ q.label }}</span></th>
  {% for o in q.options %}<td role="cell" class="cell {{ o.kind }}">
    <input type="radio" class="form-check-input" name="{{ q.name }}" id="{{ o.id }}" value="{{ o.code }}"
      aria-labelledby="q-{{ q.name }} l-{{ o.id }}"{% if o.chosen %} checked{% endif %}>
    <label for="{{ o.id }}" id="l-{{ o.id }}">{{ o.label }}</label>
  </td>{% endfor %}
</tr>
"""
"""The markup of a table's row as the site prints it."""
_BARE = "<!doctype html><title>{{ title }}</title><form><table>{% for q in rows %}" + _ROW + "{% endfor %}</table></form>"
_OPTIONS = 7


def figures() -> list[tuple[str, float, str]]:
    """Statements of a section's GET and POST, their computing time ÷ that of a bare page, and the bytes of a page of forty."""
    got, posted = statements()
    get, post = over_bare()
    raw, sent, first = bytes_of_many()
    return [
        ("SQL statements of a section, GET and POST together", got.statements + posted.statements, "≤ 12"),
        ("  besides: BEGIN, COMMIT, ROLLBACK, PRAGMA of both", got.around + posted.around, ""),
        ("section, CPU of GET ÷ bare Flask + Jinja page of its size", get, "≤ 3.00"),
        ("section, CPU of POST ÷ the same bare page", post, "≤ 3.00"),
        (f"page of {MANY} questions, kB of HTML", raw / 1000, ""),
        (f"page of {MANY} questions, kB as sent", sent / 1000, "≤ 60"),
        (f"page of {MANY} questions, first load in all, kB as sent", first / 1000, "≤ 250"),
    ]


def statements(kind: str = "sqlite", section: str = LARGEST, source: str = "") -> tuple[Counted, Counted]:
    """Count what showing a section and saving all of its questions asks of the database, in a process that has shown it before."""
    with under_way(kind, source) as survey:
        browser, engine = survey.browser, survey.engine
        address = _address(browser, section)
        page = browser.get(f"/{section}")
        with counted(engine) as got:
            browser.client.get(address)
        with counted(engine) as posted:
            reply = browser.client.post(address, data=answered(page, 0))
        assert reply.status_code == 303, reply.text
        return got, posted


def over_bare(rounds: int = ROUNDS) -> tuple[float, float]:
    """Computing time of a section's GET, and of a POST that changes every answer, ÷ a bare page's: medians of rounds in turn."""
    with under_way() as survey:
        client = survey.browser.client
        page = survey.browser.get(f"/{LARGEST}")
        bare = _bare_site(len(page.html.encode()))
        times: list[tuple[float, float, float]] = []
        for turn in range(rounds):
            page = survey.browser.get(f"/{LARGEST}")
            get, post = _request(_address(survey.browser)), _post(survey.browser, page, turn % 2)
            times.append((_cpu(client.application, get), _cpu(client.application, post), _cpu(bare, EnvironBuilder("/").get_environ())))
        return statistics.median(get / base for get, _, base in times), statistics.median(post / base for _, post, base in times)


def bytes_of_many() -> tuple[int, int, int]:
    """Bytes of a page of forty questions: its HTML, what is sent to a browser that takes gzip, and that with all it loads."""
    with under_way(source=page_of_many()) as survey:
        client = survey.browser.client
        page = survey.browser.get("/many")
        assert len({e.attributes["name"] for e in page.elements if e.attributes.get("type") == "radio"}) == MANY
        sent = _sent(client, _address(survey.browser, "many"))
        return len(page.html.encode()), sent, sent + sum(_sent(client, address) for address in _loaded(page))


def _loaded(page: Page) -> set[str]:
    pointers = [e.attributes.get(name, "") for e in page.elements for name in ("src", "href") if e.tag in ("link", "script", "img")]
    return {address for address in pointers if address}


def _sent(client: FlaskClient, address: str) -> int:
    reply = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert reply.status_code == 200, address
    return len(reply.data)


def _address(browser: Browser, section: str = LARGEST) -> str:
    return f"/s/{browser.token}/{section}"


def _request(address: str, data: Mapping[str, str | Sequence[str]] | None = None) -> dict[str, Any]:
    method = "GET" if data is None else "POST"
    return EnvironBuilder(address, method=method, data=data, headers=[("Accept-Encoding", "gzip")]).get_environ()


def _post(browser: Browser, page: Page, choice: int) -> dict[str, Any]:
    return _request(_address(browser), answered(page, choice))


def _cpu(app: Callable[..., Any], environ: dict[str, Any]) -> float:
    """Seconds of computing for one request, without making it or reading the reply."""
    status: list[str] = []
    start = time.process_time()
    b"".join(app(environ, lambda line, _headers: status.append(line)))
    seconds = time.process_time() - start
    assert status[0][:3] in ("200", "303"), status
    return seconds


def _bare_site(size: int) -> Flask:
    """A site of one page without a database: a loop over rows and answers that prints about `size` bytes."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"bare.html": _BARE})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    template = app.jinja_env.get_template("bare.html")
    row = len(template.render(title="", rows=[_question(10)]).encode()) - len(template.render(title="", rows=[]).encode())
    rows = [_question(number) for number in range(10, 10 + size // row)]
    app.add_url_rule("/", view_func=lambda: app.jinja_env.get_template("bare.html").render(title="Bare", rows=rows))
    return app


def _question(number: int) -> dict[str, object]:
    name = f"management_question_{number}"
    options = [
        {"id": f"f-{name}-{code}", "code": str(code), "label": "Strongly agree", "kind": "", "chosen": code == 1}
        for code in range(_OPTIONS)
    ]
    label = "The cluster management does this in a way that helps us."
    return {"name": name, "label": label, "offered": "1 2 3 4 5 dont_know", "problem": "", "options": options}
