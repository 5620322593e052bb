"""An organization with its connections, made through the management API."""
import http.client
import json

from person import send


class Api:
    def __init__(self, port: int, credentials: dict):
        self.port = port
        form = {"grant_type": "client_credentials", **credentials}
        self.token = send(port, "/oauth/token", form).json()["access_token"]

    def call(self, method: str, path: str, body: dict) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, f"/api/v1{path}", json.dumps(body), {
                "Authorization": f"Bearer {self.token}", "Host": f"localhost:{self.port}",
                "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status not in (200, 201):
                raise RuntimeError(f"{method} {path}: {answer.status} {text!r}")
            return json.loads(text)
        finally:
            connection.close()

    def make_organization(self, name: str, domain: str) -> str:
        made = self.call("POST", "/organizations", {"display_name": name})["organization"]
        self.call("POST", f"/organizations/{made['id']}/domains",
                  {"domain": domain, "domain_type": "ORGANIZATION_DOMAIN"})
        return made["id"]

    def make_connection(self, organization: str, kind: str, settings: dict) -> dict:
        """Enabled; with addresses that begin with http, since it is being debugged."""
        path = f"/organizations/{organization}/connections"
        body = {"type": kind, "provider": "CUSTOM"}
        made = self.call("POST", path, body)["connection"]
        changed = self.call("PATCH", f"{path}/{made['id']}",
                            {**body, "debug_enabled": True, **settings})["connection"]
        self.call("PATCH", f"{path}/{made['id']}:enable", {})
        return changed
