"""A Bot API of the tests' own: it hands out what people wrote and keeps what the bot sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "1:secret-of-the-test"


class FakeBot:
    """What was sent to the bot's chats, what people wrote, and which chats have stopped it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.written: list[dict[str, Any]] = []
        self.stopped: set[int] = set()
        self.asked: list[str] = []
        self.failing = 0
        self.files: dict[str, bytes] = {}

    def write(self, text: str, chat: int = 77, kind: str = "private") -> None:
        """A person writes to the bot."""
        number = 500 + len(self.written)
        message = {"text": text, "message_id": number, "chat": {"id": chat, "type": kind}}
        self.written.append({"update_id": number, "message": message})

    def show(self, words: str, photo: bytes, chat: int = 77) -> None:
        """A person sends a photo with words below it; it comes in two sizes, and one that is too large."""
        number = 500 + len(self.written)
        sizes = [
            {"file_id": f"size{place}", "file_size": size} for place, size in enumerate((1_000, len(photo), 10**7))
        ]
        self.files["photos/size1.jpg"] = photo
        message = {"caption": words, "photo": sizes, "message_id": number, "chat": {"id": chat, "type": "private"}}
        self.written.append({"update_id": number, "message": message})

    def press(self, data: str, chat: int = 77, to: int = 0) -> None:
        """A person presses a button below one of the bot's messages, which answered that message of theirs."""
        message: dict[str, Any] = {"chat": {"id": chat, "type": "private"}}
        for update in self.written:
            if to and update.get("message", {}).get("message_id") == to:
                message["reply_to_message"] = update["message"]
        number = 500 + len(self.written)
        query = {"id": str(number), "data": data, "message": message}
        self.written.append({"update_id": number, "callback_query": query})

    def answer(self, method: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append(method)
        if self.failing:
            self.failing -= 1
            return 500, {"ok": False}
        if method == "getUpdates":
            found = [each for each in self.written if each["update_id"] >= body["offset"]]
            return 200, {"ok": True, "result": found}
        if method == "getFile":
            return 200, {"ok": True, "result": {"file_path": f"photos/{body['file_id']}.jpg"}}
        if method == "answerCallbackQuery":
            return 200, {"ok": True, "result": True}
        if body["chat_id"] in self.stopped:
            return 403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}
        self.sent.append(body)
        return 200, {"ok": True, "result": {"message_id": len(self.sent)}}


@contextmanager
def serving(bot: FakeBot) -> Iterator[str]:
    """The fake at an address of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prefix, _slash, method = self.path.rpartition("/")
            status, said = bot.answer(method, body) if prefix == f"/bot{TOKEN}" else (404, {"ok": False})
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            data = bot.files.get(self.path.removeprefix(f"/file/bot{TOKEN}/"), b"")
            self.send_response(200 if data else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
