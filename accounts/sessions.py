"""Sessions in the database, asked only for keys that can be keys."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    def _validate_session_key(self, key):
        """A forged cookie (a NUL in it, say) must not reach the database."""
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()
