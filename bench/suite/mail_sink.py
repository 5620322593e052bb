"""A mail server on loopback that takes every letter and remembers the code in it."""
import re
import socketserver
import threading
import time


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 bench")
        to = ""
        for line in iter(self.rfile.readline, b""):
            word = line.decode("latin-1").strip()
            if address := re.match(r"RCPT TO:<([^>]*)>", word, re.I):
                to = address[1].lower()
            if re.match("DATA", word, re.I):
                self.say("354 go on")
                self.server.take(to, self.letter())
            elif re.match("QUIT", word, re.I):
                self.say("221 bye")
                return
            self.say("250 fine")

    def letter(self) -> str:
        lines = []
        for line in iter(self.rfile.readline, b".\r\n"):
            if not line:
                break
            lines.append(line.decode("latin-1"))
        return "".join(lines)

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class MailSink(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.port = self.server_address[1]
        self.codes: dict[str, str] = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self, to: str, letter: str) -> None:
        if code := re.search(r"^ {4}(\d{6})\s*$", letter, re.M):
            self.codes[to] = code[1]

    def read_code(self, email: str) -> str:
        """The code of the newest letter; each is handed out once."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if code := self.codes.pop(email, ""):
                return code
            time.sleep(0.02)
        raise RuntimeError(f"no mail to {email} within 20 s")
