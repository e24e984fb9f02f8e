"""A tiny OpenID Connect provider on the loopback address: whoever is named in the browser's cookie signs in.

It has the discovery document, the authorization endpoint with PKCE and nonce, the token endpoint and the keys. The
sign-in page asks for nothing: it lists the people, and a link for each goes on to the app.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, CLIENT_SECRET = "loss-lab", "a secret of the tests"
PEOPLE = {
    "anna": {"sub": "1", "email": "anna@school.example", "email_verified": True, "name": "Anna"},
    "bert": {"sub": "2", "email": "bert@school.example", "email_verified": True, "name": "Bert"},
    "carl": {"sub": "3", "email": "teacher@school.example", "email_verified": True, "name": "Carl"},
    "eve": {"sub": "4", "email": "teacher@school.example", "email_verified": False, "name": "Eve"},
}


class Provider(ThreadingHTTPServer):
    """The provider, with its key and the codes that it has given out."""

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        super().__init__(("127.0.0.1", 0), _Handler)
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"}, private=True)
        self.asked: dict[str, dict[str, str]] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def token(self, person: str, nonce: str) -> str:
        """The ID token of a person."""
        from joserfc import jwt

        now = int(time.time())
        claims = PEOPLE[person] | {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce,
        }  # fmt: skip
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        place, asked = urlsplit(self.path), parse_qs(urlsplit(self.path).query)
        url = self.server.url
        if place.path == "/.well-known/openid-configuration":
            self._answer(
                {
                    "issuer": url, "authorization_endpoint": f"{url}/authorize", "token_endpoint": f"{url}/token",
                    "jwks_uri": f"{url}/keys", "response_types_supported": ["code"],
                    "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
                    "code_challenge_methods_supported": ["S256"],
                }
            )  # fmt: skip
        elif place.path == "/keys":
            self._answer({"keys": [self.server.key.as_dict(private=False)]})
        elif place.path == "/authorize" and "person" not in asked:
            links = "".join(f'<p><a href="{self.path}&person={name}">{name}</a></p>' for name in PEOPLE)
            self._send(200, links.encode(), {"Content-Type": "text/html"})
        elif place.path == "/authorize":
            self._authorize({name: values[0] for name, values in asked.items()})
        else:
            self._send(404, b"", {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.server.asked.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".replace(" ", "%20").encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        is_client = self.headers.get("Authorization") in (f"Basic {basic}", f"Basic {plain}")
        if asked is None or not is_client or _challenge(form["code_verifier"]) != asked["code_challenge"]:
            self._send(400, b'{"error": "invalid_grant"}', {"Content-Type": "application/json"})
            return
        token = self.server.token(asked["person"], asked["nonce"])
        self._answer({"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": token})

    def _authorize(self, asked: dict[str, str]) -> None:
        code = secrets.token_hex(8)
        self.server.asked[code] = asked
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        self._send(302, b"", {"Location": back})

    def _answer(self, told: dict) -> None:
        self._send(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def provide() -> Iterator[Provider]:
    """A provider until the block ends."""
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
        thread.join()


def secrets_toml(provider: Provider, app_url: str, teachers: tuple[str, ...] = ()) -> str:
    """The `secrets.toml` of an app whose people sign in there."""
    return f"""
[auth]
redirect_uri = "{app_url}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "{CLIENT}"
client_secret = "{CLIENT_SECRET}"
server_metadata_url = "{provider.url}/.well-known/openid-configuration"

[loss_lab]
teachers = {json.dumps(list(teachers))}
"""
