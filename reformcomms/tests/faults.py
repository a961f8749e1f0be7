"""A portal of its own to break: a private PostgreSQL server, gunicorn before it, people who speak plain HTTP."""

import http.cookiejar
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from pathlib import Path

import psycopg2
from django.conf import settings

from accounts.demo import PASSWORD

AS_POSTGRES = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
PATIENCE = 60


def initdb():
    """Where the server's programs are, or None: newest first."""
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = there[0] if there else shutil.which("initdb")
    return Path(found).parent if found else None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(answered, what):
    """Wait until `answered()` is true; no longer than PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answered():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


class Server:
    """A PostgreSQL server in a folder of its own, which may be stopped at any moment."""

    def __init__(self):
        # Not under pytest's own folder: nobody but its owner may enter that, and the server is somebody else.
        self.folder, self.port, self.programs = Path(tempfile.mkdtemp(prefix="faults-")), free_port(), initdb()
        if AS_POSTGRES:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-A", "trust", "-U", "portal", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        self.start()

    @property
    def url(self):
        return f"postgres://portal@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, how="fast"):
        """`immediate` is what a power cut would do."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program, *arguments):
        command = [*AS_POSTGRES, str(self.programs / program), "-D", str(self.folder), *arguments]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/")

    def connect(self):
        return psycopg2.connect(self.url)

    def rows(self, query, *values):
        with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def someone_waits(self):
        """A session waits for a lock that another holds."""
        return bool(self.rows("select 1 from pg_stat_activity where wait_event_type = 'Lock'"))


class Portal:
    """The portal as it runs in an office: gunicorn in processes of its own."""

    def __init__(self, server, folder, day):
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DATABASE_URL": server.url,
            "DATA_DIR": str(folder / "data"),
            "DEBUG": "on",
            "STATIC_MANIFEST": "off",
            "TODAY": day,
            "SECRET_KEY": "faults-only",
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "reformcomms.settings",
        }
        (folder / "data").mkdir()
        self.manage("migrate", "--verbosity", "0")
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments, given=None):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            input=given,
            text=True,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def start(self):
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "setup/gunicorn.conf.py", "reformcomms.wsgi"]
        self.process = subprocess.Popen(
            gunicorn,
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._answers, "gunicorn")

    def _answers(self):
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Person:
    """Somebody with a browser of their own: signs in, reads pages, sends forms."""

    def __init__(self, portal, username):
        self.portal, self.jar = portal, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _NoRedirect())
        self.get("/")
        status, _page = self.post("/", username=username, password=PASSWORD)
        assert status == 302, f"{username} cannot sign in: {status}"

    def get(self, path):
        return self._ask(urllib.request.Request(self.portal.url + path))

    def post(self, path, *, headers=None, **fields):
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        return self._ask(urllib.request.Request(self.portal.url + path, data=body, headers=headers or {}))

    def _ask(self, request):
        """(status, page): whatever the answer is."""
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None
