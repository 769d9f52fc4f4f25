"""A PostgreSQL server that a test may stop and start again, because nobody else uses it."""

from __future__ import annotations

from dataclasses import dataclass

import postgresql_server
import psycopg
from sqlalchemy import URL


@dataclass(frozen=True)
class OwnServer:
    """A server that only a socket in its own folder leads to."""

    address: URL

    def new_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        with psycopg.connect(self.address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
        return self.address.set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        """Cut off every connection at once, as a crash does."""
        postgresql_server._as_server_user("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """Start the server again; it recovers by itself."""
        options = f"{postgresql_server._OPTIONS} {self._folder}"
        postgresql_server._as_server_user("pg_ctl", "-D", self._data, "-l", f"{self._folder}/log", "-o", options, "-w", "start")

    @property
    def _folder(self) -> str:
        return str(self.address.query["host"])

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"
