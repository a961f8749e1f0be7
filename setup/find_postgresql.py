"""Prints the DATABASE_URL of a PostgreSQL that answers and lets us create the test database; exit 1 when none does."""

import getpass
import os
import sys
from urllib.parse import urlsplit

import psycopg2

SOCKET = "host=/var/run/postgresql"


def candidates():
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres:", "postgresql:")):
        yield given
        return
    yield "postgres://postgres@127.0.0.1:5432/reformcomms"
    yield f"postgres://postgres@/reformcomms?{SOCKET}"
    yield f"postgres://{getpass.getuser()}@/reformcomms?{SOCKET}"


def answers(url):
    """The database of the address need not exist: Django, too, makes the test database from `postgres`."""
    try:
        connection = psycopg2.connect(urlsplit(url)._replace(path="/postgres").geturl(), connect_timeout=3)
    except psycopg2.Error:
        return False
    with connection, connection.cursor() as cursor:
        cursor.execute("select rolcreatedb or rolsuper from pg_roles where rolname = current_user")
        may_create = cursor.fetchone()[0]
    connection.close()
    return may_create


if __name__ == "__main__":
    url = next(filter(answers, candidates()), None)
    if url is None:
        sys.exit(1)
    print(url)
