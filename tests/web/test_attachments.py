"""Files are attached on a page of their own, without JavaScript, and only their respondent gets them back."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from attaching import ATTACHING, JPEG, PDF, PNG, TEXT
from sqlalchemy import Engine
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart
from workflow.surveying import BASE_URL, NOON, only

from assess.store.files import EvidenceFolder
from assess.store.session import writing
from assess.store.tables import Cluster, Round
from assess.web import attachments
from assess.workflow import clusters, evidence, invitations
from web.visiting import Browser, Page, Survey, check_headers, make_survey


@pytest.fixture
def asked(sqlite_database: Engine, tmp_path: Path) -> Survey:
    """A member that is asked for files and has pressed Start."""
    made = make_survey(sqlite_database, tmp_path / "files", source=ATTACHING)
    made.browser.start()
    return made


def attach(browser: Browser, *files: tuple[str, bytes], field: str = "strategy", status: int = 200, form: str | None = None) -> Page:
    """Choose files on the page of an item and press Attach."""
    token = browser.get(f"/file/{field}").value("form") if form is None else form
    sent = [(BytesIO(content), name) for name, content in files]
    return browser.post(f"/file/{field}", {"form": token, "file": sent}, status=status)  # type: ignore[dict-item]


def remove(browser: Browser, address: str) -> Page:
    """Press the button behind a file, which sends to `address`."""
    return browser.post(address.removeprefix(f"/s/{browser.token}"), {"form": browser.page.value("form")})


def listed(page: Page) -> list[str]:
    return [link.text for link in page.all("a") if "/file/" in link.attributes["href"] and "hreflang" not in link.attributes]


def links(page: Page) -> list[str]:
    return [link.attributes["href"] for link in page.all("a") if "/file/" in link.attributes["href"] and "hreflang" not in link.attributes]


def removals(page: Page) -> list[str]:
    return [form.attributes["action"] for form in page.all("form") if form.attributes["action"].endswith("/remove")]


def fetched(survey: Survey, address: str) -> TestResponse:
    reply = survey.browser.client.get(address)
    check_headers(reply)
    assert reply.data is not None  # read before the file behind it is closed
    reply.close()
    return reply


def kept(folder: Path) -> list[str]:
    return EvidenceFolder(folder / "files").digests()


def test_files__are_attached_and_listed__with_a_way_back_to_the_question(asked: Survey) -> None:
    page = attach(asked.browser, ("Plan.pdf", PDF), ("Map.png", PNG))
    assert listed(page) == ["Plan.pdf", "Map.png"]
    assert "2 files were attached." in page.html
    assert page.all("a", href=f"/s/{asked.browser.token}/papers#f-strategy")
    section = asked.browser.get("/papers")
    assert "Plan.pdf" in section.html
    assert section.one("button", id="f-strategy").text.startswith("Add or remove files")


def test_button_of_the_question__saves_the_page_first(asked: Survey) -> None:
    asked.browser.get("/about")
    asked.browser.save("about", {"plan": "yes"})
    asked.browser.get("/papers")
    page = asked.browser.save("papers", {}, go="file.minutes")
    assert page.one("h1").text == "Minutes"
    assert asked.browser.address == f"/s/{asked.browser.token}/file/minutes"


def test_button_that_names_no_file_item__leads_on(asked: Survey) -> None:
    asked.browser.get("/papers")
    page = asked.browser.save("papers", {}, go="file.remark")
    assert page.one("h1").text == "Check and send"


def test_file__comes_back_as_it_was__to_be_kept_and_not_shown(asked: Survey) -> None:
    page = attach(asked.browser, ("Übersicht <2026>.html", TEXT))
    reply = fetched(asked, links(page)[0])
    assert reply.data == TEXT
    assert reply.content_type == "text/plain; charset=utf-8"
    assert reply.headers["Content-Disposition"].startswith("attachment; filename")
    assert "%C3%9Cbersicht%20%3C2026%3E.html.txt" in reply.headers["Content-Disposition"]
    assert reply.headers["Content-Security-Policy"].endswith("; sandbox")
    assert "ETag" not in reply.headers


def test_pages__are_not_put_in_a_sandbox(asked: Survey) -> None:
    assert "sandbox" not in fetched(asked, f"/s/{asked.browser.token}/file/strategy").headers["Content-Security-Policy"]


def test_removed_file__is_gone_at_once__and_twice_does_no_harm(asked: Survey, tmp_path: Path) -> None:
    page = attach(asked.browser, ("Plan.pdf", PDF), ("Map.png", PNG))
    address, link = removals(page)[0], links(page)[0]
    assert listed(remove(asked.browser, address)) == ["Map.png"]
    assert listed(remove(asked.browser, address)) == ["Map.png"]
    assert fetched(asked, link).status_code == 404
    assert len(kept(tmp_path)) == 1


def test_same_file_again__is_told(asked: Survey) -> None:
    attach(asked.browser, ("Plan.pdf", PDF))
    page = attach(asked.browser, ("Plan.pdf", PDF))
    assert listed(page) == ["Plan.pdf"]
    assert "Nothing new was attached" in page.html


def test_no_file_chosen__is_told(asked: Survey) -> None:
    page = attach(asked.browser, ("", b""), status=422)
    assert "Choose a file first" in page.html
    assert page.one("title").text.startswith("Error: ")
    assert page.one("input", id="file").attributes["aria-invalid"] == "true"


def test_file_that_is_not_accepted__is_refused_with_what_is(asked: Survey, tmp_path: Path) -> None:
    page = attach(asked.browser, ("Plan.pdf", PDF), ("virus.pdf", b"MZ\x90\x00"), status=422)
    assert "Choose a PDF, a picture (PNG or JPEG)" in page.html
    assert "virus.pdf" in page.html
    assert (listed(page), kept(tmp_path)) == ([], [])


def test_file_above_the_limit_of_other_pages__is_taken(asked: Survey) -> None:
    form = asked.browser.get("/file/strategy").value("form")
    boundary, body = encode_multipart({"form": form, "file": FileStorage(BytesIO(PDF + b"%" * 3_000_000), "Large.pdf")})
    address, kind = f"/s/{asked.browser.token}/file/strategy", f"multipart/form-data; boundary={boundary}"
    assert asked.browser.client.post(address, data=body, content_type=kind).status_code == 303
    assert listed(asked.browser.get("/file/strategy")) == ["Large.pdf"]


def test_upload_that_is_far_too_large__is_refused_before_it_is_read(asked: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LARGEST_REQUEST", 5_000)
    page = attach(asked.browser, ("Large.pdf", PDF + b"%" * 6_000), status=413)
    assert "Choose smaller files" in page.html


def test_other_pages__keep_their_limit(asked: Survey) -> None:
    form = asked.browser.get("/about").value("form")
    asked.browser.post("/about", {"form": form, "seen": "0", "key": "k", "fields": "remark", "remark": "x" * 2_100_000}, status=413)


def test_full_item__offers_no_further_file__until_one_is_removed(asked: Survey) -> None:
    for number in range(evidence.MOST_FILES):
        page = attach(asked.browser, (f"{number}.pdf", PDF + str(number).encode()))
    assert not page.all("input", id="file")
    assert "remove one to attach another" in page.html
    assert remove(asked.browser, removals(page)[0]).one("input", id="file")


def test_forged_form__attaches_and_removes_nothing(asked: Survey) -> None:
    page = attach(asked.browser, ("Plan.pdf", PDF))
    address = removals(page)[0].removeprefix(f"/s/{asked.browser.token}")
    attach(asked.browser, ("Map.png", PNG), form="forged", status=400)
    asked.browser.post(address, {"form": "forged"}, status=400)
    assert listed(asked.browser.get("/file/strategy")) == ["Plan.pdf"]


@pytest.mark.parametrize("path", ["/file/strategy", "/file/strategy/1"])
def test_unknown_link__is_not_found(asked: Survey, path: str) -> None:
    assert "Copy the whole link" in asked.browser.fetch(f"/s/{'A' * 43}{path}", status=404).html
    reply = asked.browser.client.post(f"/s/{'A' * 43}{path}", data={"form": "x", "file": (BytesIO(PDF), "Plan.pdf")})
    assert reply.status_code in (404, 405)


@pytest.mark.parametrize("field", ["remark", "nothing", "minutes", "strategy.1", "strategy.x", "..", "about"])
def test_item_that_asks_for_no_file_now__is_not_found(asked: Survey, field: str) -> None:
    asked.browser.get(f"/file/{field}", status=404)
    form = asked.browser.get("/file/strategy").value("form")
    attach(asked.browser, ("Plan.pdf", PDF), field=field, form=form, status=404)


def test_file_of_another_member__is_not_found_and_not_removed(asked: Survey) -> None:
    page = attach(asked.browser, ("Plan.pdf", PDF))
    link, address = links(page)[0], removals(page)[0]
    stranger = Browser(asked.browser.client, second_token(asked))
    stranger.start()
    attach(stranger, ("Map.png", PNG))
    stranger.get(link.removeprefix(f"/s/{asked.browser.token}"), status=404)
    stranger.post(address.removeprefix(f"/s/{asked.browser.token}"), {"form": stranger.get("/file/strategy").value("form")})
    assert listed(asked.browser.get("/file/strategy")) == ["Plan.pdf"]


def second_token(survey: Survey) -> str:
    """Invite a second member of the same round."""
    with writing(survey.engine) as session:
        round_ = only(session.get(Round, survey.round_id))
        cluster = only(session.get(Cluster, round_.cluster_id))
        member = clusters.add_member(session, cluster, name="Stranger", kind="company", email="stranger@example.org", now=NOON)
        return invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).token


def test_before_start__the_page_leads_to_the_start(sqlite_database: Engine, tmp_path: Path) -> None:
    survey = make_survey(sqlite_database, tmp_path, source=ATTACHING)
    assert survey.browser.get("/file/strategy").all("form", action=f"/s/{survey.browser.token}/start")


def test_review_and_receipt__show_the_names__and_the_files_can_be_read_afterwards(asked: Survey) -> None:
    assert "#f-strategy" in asked.browser.get("/review").html
    link = links(attach(asked.browser, ("Plan.pdf", PDF), ("Photo.jpg", JPEG)))[0]
    assert "Plan.pdf, Photo.jpg" in asked.browser.get("/review").html
    assert "Plan.pdf, Photo.jpg" in asked.browser.submit().html
    page = asked.browser.get("/file/strategy")
    assert (listed(page), page.all("input"), removals(page)) == (["Plan.pdf", "Photo.jpg"], [], [])
    assert fetched(asked, link).data == PDF


def test_after_handing_in__nothing_is_attached_any_more(asked: Survey) -> None:
    page = attach(asked.browser, ("Plan.pdf", PDF))
    form, address = page.value("form"), removals(page)[0].removeprefix(f"/s/{asked.browser.token}")
    asked.browser.submit()
    assert "reopen your response" in attach(asked.browser, ("Map.png", PNG), form=form, status=409).html
    asked.browser.post(address, {"form": form}, status=409)
    assert listed(asked.browser.get("/file/strategy")) == ["Plan.pdf"]


def test_required_file__is_wanted_on_the_review_page(asked: Survey) -> None:
    assert "Answer this question" in asked.browser.submit(status=422).html


def test_language__goes_along(asked: Survey) -> None:
    page = asked.browser.get("/file/strategy?language=de")
    assert page.one("h1").text == "Die Strategie"
    switch = page.one("a", lang="en")
    assert asked.browser.fetch(switch.attributes["href"]).one("h1").text == "The strategy"


def test_review_page_that_was_open__must_be_looked_at_again(asked: Survey) -> None:
    attach(asked.browser, ("Plan.pdf", PDF))
    review = asked.browser.get("/review")
    attach(asked.browser, ("Map.png", PNG))
    sent = {name: review.value(name) for name in ("form", "seen", "key")}
    assert "Somebody has changed answers" in asked.browser.post("/submit", sent, status=409).html


def test_saving_an_older_page__leaves_the_files_alone(asked: Survey) -> None:
    older = asked.browser.get("/papers")
    attach(asked.browser, ("Plan.pdf", PDF))
    asked.browser.save("papers", {}, page=older)
    assert listed(asked.browser.get("/file/strategy")) == ["Plan.pdf"]


def test_name_that_looks_like_a_page__is_printed_as_text(asked: Survey) -> None:
    page = attach(asked.browser, ('<img src=x onerror="alert(1)">.pdf', PDF))
    assert not [image for image in page.all("img") if image.attributes.get("src") == "x"]
