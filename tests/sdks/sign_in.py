"""A person who signs in on the hosted pages, for the suites of SDKs that have no browser.

    python3 sign_in.py READY_FILE EMAIL AUTHORIZATION_URL

prints the address at which the application gets the browser back. READY_FILE is what
`gatehouse dev --ready-file` writes. Only Python's own library is needed.
"""
import html.parser
import json
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

MAIL_SECONDS_MAX = 10
STEPS_MAX = 12
ANSWERS = {"organization_name": "Navy", "given_name": "Grace", "family_name": "Hopper"}


class Forms(html.parser.HTMLParser):
    """The forms of a page: [{action, fields: {name: value}, code: name or None}]."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append({"action": given.get("action", ""), "fields": {}, "code": None})
        elif tag in ("input", "button") and self.found and given.get("name"):
            form = self.found[-1]
            form["fields"].setdefault(given["name"], given.get("value", ""))
            if given.get("autocomplete") == "one-time-code":
                form["code"] = given["name"]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Person:
    def __init__(self, ready: dict, email: str) -> None:
        self.ready = ready
        self.email = email
        self.cookies: dict[str, str] = {}
        self.seen: set[str] = set()
        context = ssl.create_default_context(cafile=ready.get("ca_file"))
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), NoRedirect)

    def request(self, url: str, fields: dict | None = None):
        """(location or None, text) of one request; cookies are kept."""
        origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
        headers = {"accept": "text/html", "sec-fetch-dest": "document",
                   "sec-fetch-mode": "navigate", "sec-fetch-site": "none",
                   "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields).encode()
            headers |= {"origin": origin, "sec-fetch-site": "same-origin"}
        try:
            answer = self.opener.open(urllib.request.Request(url, body, headers), timeout=15)
        except urllib.error.HTTPError as error:  # redirects and refusals alike
            answer = error
        with answer:
            for line in answer.headers.get_all("set-cookie") or []:
                name, _, value = line.split(";")[0].strip().partition("=")
                self.cookies[name] = value
            location = answer.headers.get("location")
            text = answer.read().decode()
        return (urllib.parse.urljoin(url, location) if location else None), text

    def mailed_code(self) -> str:
        """The code of the newest letter; waits for one that was not handed out before."""
        query = urllib.parse.urlencode({"to": self.email})
        url = f"{self.ready['mailbox_url']}?{query}"
        request = urllib.request.Request(url, headers={"accept": "application/json"})
        deadline = time.monotonic() + MAIL_SECONDS_MAX
        while time.monotonic() < deadline:
            with self.opener.open(request, timeout=15) as answer:
                mails = json.load(answer)
            codes = [mail["code"] for mail in mails if mail.get("code")]
            if codes and codes[0] not in self.seen:
                self.seen.add(codes[0])
                return codes[0]
            time.sleep(0.05)
        raise RuntimeError(f"no mail to {self.email} within {MAIL_SECONDS_MAX} s")

    def next_form(self, page: str) -> tuple[str, dict]:
        for form in Forms(page).found:
            fields = form["fields"]
            if form["code"]:
                return form["action"], fields | {form["code"]: self.mailed_code()}
            if "organization_name" in fields:
                return form["action"], fields | {k: v for k, v in ANSWERS.items() if k in fields}
            if "email" in fields:
                return form["action"], fields | {"email": self.email}
            if "organization" in fields:
                return form["action"], fields
        raise RuntimeError(f"nothing to fill in:\n{page}")

    def authorize(self, url: str) -> str:
        home = self.ready["environment_url"]
        location, page = self.request(url)
        for _ in range(STEPS_MAX):
            if location is None:
                action, fields = self.next_form(page)
                url = urllib.parse.urljoin(url, action)
                location, page = self.request(url, fields)
            elif location.startswith(home):
                url = location
                location, page = self.request(url)
            else:
                return location
        raise RuntimeError(f"still not back at the application:\n{page}")


def main() -> int:
    ready_file, email, url = sys.argv[1:]
    with open(ready_file, encoding="utf-8") as file:
        ready = json.load(file)
    print(Person(ready, email).authorize(url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
