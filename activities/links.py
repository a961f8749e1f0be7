"""Web addresses put forward as proof: written one way, and known again however they are written."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

TRACKING = ("utm_", "fbclid", "gclid", "zarsrc", "mibextid", "igsh", "_ga")
HOSTS = ("", "www.", "m.")


def clean_link(url):
    """`url` without what says only where somebody came from: tracking parameters, a place in the page, a port of 443.

    A fragment by which a page finds its contents (#/…, #!…) stays.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if port and port != {"http": 80, "https": 443}.get(scheme):
        host = f"{host}:{port}"
    return urlunsplit((scheme, host, parts.path or "/", _query(parts.query), _fragment(parts.fragment)))


def _query(query):
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _is_tracking(name)]
    return query if len(kept) == len(parse_qsl(query, keep_blank_values=True)) else urlencode(kept)


def _is_tracking(name):
    return name.lower().startswith(TRACKING)


def _fragment(fragment):
    return fragment if fragment.startswith(("/", "!")) else ""


def spellings(url):
    """Every way the same page is written: with or without s, www., m. and a last stroke."""
    plain = clean_link(url)
    scheme, _colon, rest = plain.partition("://")
    if scheme not in ("http", "https"):
        return {url, plain}
    host, stroke, path = rest.partition("/")
    bare = next((host.removeprefix(prefix) for prefix in HOSTS[1:] if host.startswith(prefix)), host)
    place, mark, query = path.partition("?")
    paths = {f"{stem}{mark}{query}" for stem in (place.rstrip("/"), place.rstrip("/") + "/" if place else "")}
    return (
        {url, plain}
        | {
            f"{scheme}://{prefix}{bare}{stroke}{each}"
            for scheme in ("http", "https")
            for prefix in HOSTS
            for each in paths
        }
        | _without_stroke(bare, path)
    )


def _without_stroke(bare, path):
    """A home page stands without its stroke, too."""
    return set() if path else {f"{scheme}://{prefix}{bare}" for scheme in ("http", "https") for prefix in HOSTS}
