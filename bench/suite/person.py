"""A person with a browser, as far as signing in needs one: cookies, redirects, forms, mail."""
import base64
import dataclasses
import hashlib
import html
import http.client
import json
import re
import time
import urllib.parse
from collections.abc import Callable

VERIFIER = "a-verifier-of-the-bench-that-is-long-enough-for-pkce"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().strip("=")
CALLBACK = "http://localhost:4321/callback"
SCOPE = "openid email profile offline_access"


class Answer:
    def __init__(self, status: int, headers: list[tuple[str, str]], body: str):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    def json(self) -> dict:
        if self.status != 200:
            raise RuntimeError(f"status {self.status}: {self.body[:500]}")
        return json.loads(self.body)


def send(port: int, target: str, form: dict | None = None, headers: dict | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    sent = {"Host": f"localhost:{port}", **(headers or {})}  # headers may name another
    body = None
    if form is not None:
        body = urllib.parse.urlencode(form)
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request("GET" if form is None else "POST", target, body, sent)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read().decode())
    finally:
        connection.close()


@dataclasses.dataclass
class Site:
    """What a server in production calls itself, where its application is, how to read its mail."""
    origin: str
    callback: str
    read_code: Callable[[str], str]


class Person:
    """At the server on a port of this machine: `gatehouse dev`, unless a site is said."""

    def __init__(self, port: int, email: str, site: Site | None = None):
        self.port, self.email = port, email
        self.site = site or Site(f"http://localhost:{port}", CALLBACK, self.mailed_code)
        self.cookies: dict[str, tuple[str, str]] = {}  # by name: value and path

    def cookie(self, path: str) -> str:
        """The Cookie header of a request to this path."""
        return "; ".join(f"{name}={value}" for name, (value, under) in self.cookies.items()
                         if path.startswith(under))

    def request(self, url: str, form: dict | None = None) -> Answer:
        """One request, then every redirect that stays with the server."""
        for _ in range(10):
            parts = urllib.parse.urlsplit(url)
            target = parts.path + ("?" + parts.query if parts.query else "")
            headers = {"Host": urllib.parse.urlsplit(self.site.origin).netloc,
                       "Accept": "text/html", "Cookie": self.cookie(parts.path),
                       "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
            if form is not None:
                headers["Origin"] = self.site.origin
                headers["Sec-Fetch-Site"] = "same-origin"
            answer = send(self.port, target, form, headers)
            self.keep_cookies(answer)
            location = answer.header("location")
            if not location:
                return answer
            url = urllib.parse.urljoin(self.site.origin + target, location)
            if not url.startswith(self.site.origin + "/"):
                return answer
            form = None
        raise RuntimeError(f"too many redirects, at {url}")

    def keep_cookies(self, answer: Answer) -> None:
        for name, line in answer.headers:
            if name.lower() != "set-cookie":
                continue
            pair, *attributes = line.split(";")
            key, _, value = pair.strip().partition("=")
            is_over = any(re.fullmatch(r"\s*max-age=(0|-\d+)\s*", a, re.I) for a in attributes)
            if is_over or not value:
                self.cookies.pop(key, None)
            else:
                paths = [a.partition("=")[2] for a in attributes if "path=" in a.lower()]
                self.cookies[key] = (value, paths[0] if paths else "/")

    def authorize(self, endpoint: str, client_id: str) -> str:
        """Signs in as far as it is asked to and returns the code that the application gets."""
        answer = self.request(endpoint + "?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": client_id, "redirect_uri": self.site.callback,
            "scope": SCOPE, "state": "s", "nonce": "n", "code_challenge": CHALLENGE,
            "code_challenge_method": "S256"}))
        for _ in range(4):
            location = answer.header("location")
            if location.startswith(self.site.callback):
                return urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
            answer = self.answer_form(answer)
        raise RuntimeError(f"did not get back to the application: {answer.body[:2000]}")

    def answer_form(self, page: Answer) -> Answer:
        for action, inside in re.findall(r"<form\b[^>]*?action=\"([^\"]*)\"[^>]*>(.*?)</form>",
                                         page.body, re.S):
            inputs = re.findall(r"<input\b[^>]*>", inside)
            form = {attribute(tag, "name"): attribute(tag, "value") for tag in inputs}
            if any(attribute(tag, "autocomplete") == "one-time-code" for tag in inputs):
                form["code"] = self.site.read_code(self.email)
            elif "email" in form:
                form["email"] = self.email
            else:
                continue
            return self.request(html.unescape(action), form)
        raise RuntimeError(f"status {page.status}, and nothing to fill in: {page.body[:2000]}")

    def mailed_code(self, email: str) -> str:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            target = "/dev/mail?" + urllib.parse.urlencode({"to": email})
            for mail in send(self.port, target, headers={"Accept": "application/json"}).json():
                if mail["code"]:
                    return mail["code"]
            time.sleep(0.02)
        raise RuntimeError(f"no mail to {email} within 10 s")


def attribute(tag: str, name: str) -> str:
    found = re.search(rf"\s{name}=\"([^\"]*)\"", tag)
    return html.unescape(found[1]) if found else ""


class Client:
    """An application of a server: its metadata, its credentials, and what a person got from it."""

    def __init__(self, port: int, credentials: dict, email: str, site: Site | None = None):
        self.port = port
        self.credentials = credentials
        self.person = Person(port, email, site)
        self.host = {"Host": urllib.parse.urlsplit(self.person.site.origin).netloc}
        metadata = send(port, "/.well-known/openid-configuration", headers=self.host).json()
        names = ("authorization_endpoint", "token_endpoint", "introspection_endpoint",
                 "userinfo_endpoint", "jwks_uri")
        self.endpoints = {name: urllib.parse.urlsplit(metadata[name]).path for name in names}

    def tokens(self) -> dict:
        code = self.person.authorize(self.endpoints["authorization_endpoint"],
                                     self.credentials["client_id"])
        return send(self.port, self.endpoints["token_endpoint"], {
            "grant_type": "authorization_code", "code": code,
            "redirect_uri": self.person.site.callback,
            "code_verifier": VERIFIER, **self.credentials}, self.host).json()

    def refresh(self, token: str) -> Answer:
        return send(self.port, self.endpoints["token_endpoint"],
                    {"grant_type": "refresh_token", "refresh_token": token, **self.credentials},
                    self.host)
