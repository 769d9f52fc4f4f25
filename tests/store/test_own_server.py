"""The tests start a PostgreSQL server of their own."""

from __future__ import annotations

from pathlib import Path

import postgresql_server
import psycopg
import pytest


def test_own_server__started__answers_on_its_socket_only(request: pytest.FixtureRequest) -> None:
    request.config.add_cleanup(postgresql_server.AT_THE_END.close)
    address = postgresql_server.start()
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    assert Path(row[0]).parent.name.startswith("assess-pg-")


def test_own_server__not_installed__fails_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(pytest.fail.Exception, match="Install the package postgresql"):
        postgresql_server.start()
