"""`assess metrics` serves figures to this machine only, beside the site or by itself."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest
from databases import new_migrated

from assess.commands.metrics import address_of
from assess.errors import AssessError


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "ASSESS_DEMO": "1", "ASSESS_FOLDER": str(folder), "ASSESS_DATABASE": f"sqlite:///{folder / 'assess.db'}"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def asked(port: int) -> tuple[int, str]:
    """The status and text of /metrics on a port."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", "/metrics")
        reply = connection.getresponse()
        return reply.status, reply.read().decode()


def fetched(port: int) -> str:
    """What /metrics says, once it is there."""
    end = time.monotonic() + 60
    while True:
        try:
            return asked(port)[1]
        except ConnectionError:
            assert time.monotonic() < end, "no figures in time"
            time.sleep(0.05)


@pytest.mark.parametrize(
    "place", ["0.0.0.0:9100", "192.0.2.1:9100", "[::]:9100", "localhost:9100", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999"]
)
def test_figures__are_for_this_machine_only(place: str) -> None:
    with pytest.raises(AssessError, match="Write an address of this machine"):
        address_of(place)


def test_addresses_of_this_machine__are_taken() -> None:
    assert address_of("127.0.0.1:9100") == ("127.0.0.1", 9100)
    assert address_of("[::1]:9100") == ("::1", 9100)


def test_figures_beside_the_site__end_with_it__and_the_site_itself_has_none(tmp_path: Path) -> None:
    port, figures = free_port(), free_port()
    command = [sys.executable, "-m", "assess", "serve", "--no-worker", "--port", str(port), "--metrics", f"127.0.0.1:{figures}"]
    with (
        new_migrated("sqlite", tmp_path),
        subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as site,
    ):
        assert site.stdout is not None
        assert "Serving on" in site.stdout.readline()
        assert 'assess_jobs{state="dead"} 0' in fetched(figures)
        assert asked(port)[0] == HTTPStatus.NOT_FOUND
        site.terminate()
        assert site.wait(60) == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", figures), 5)
