"""A headless Chromium, driven over its debugging pipe: logs, network requests and content of a page."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), "")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE = 120.0  # s for an answer


class Browser:
    """One page. ``problems`` are errors and warnings that it logged, ``requests`` the addresses that it requested."""

    def __init__(self, width: int = 1280, height: int = 900) -> None:
        self.profile = tempfile.mkdtemp(prefix="browser-")
        to_browser, self.outgoing = os.pipe()
        self.incoming, from_browser = os.pipe()

        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={self.profile}", f"--window-size={width},{height}"]
        connected = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'  # the descriptors that Chromium takes
        self.process = subprocess.Popen(
            ["bash", "-c", connected, *command],
            pass_fds=(to_browser, from_browser),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.waiting, self.number = b"", 0
        self.problems: list[str] = []
        self.requests: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait()
        os.close(self.outgoing)
        os.close(self.incoming)
        shutil.rmtree(self.profile, ignore_errors=True)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Sends a command of the DevTools protocol and waits for its answer."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        os.write(self.outgoing, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._hear()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return dict(answer["result"])
        raise TimeoutError(method)

    def open(self, path: Path) -> None:
        """Loads a file and waits until it is loaded."""
        self.ask("Page.navigate", url=path.as_uri())
        deadline = time.monotonic() + PATIENCE
        while self.run("document.readyState") != "complete" and time.monotonic() < deadline:
            time.sleep(0.05)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def point(self, selector: str) -> tuple[float, float]:
        """The middle of an element, scrolled into view."""
        script = (
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        x, y = self.run(script)
        return float(x), float(y)

    def click(self, selector: str) -> None:
        """Clicks with the mouse."""
        self.drag(selector, 0, 0)

    def drag(self, selector: str, dx: float, dy: float) -> None:
        """Drags with the mouse, from the middle of an element."""
        x, y = self.point(selector)
        held = {"button": "left", "clickCount": 1}
        self.ask("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, **held)
        if dx or dy:
            self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x + dx, y=y + dy, **held)
        self.ask("Input.dispatchMouseEvent", type="mouseReleased", x=x + dx, y=y + dy, **held)

    def write(self, selector: str, text: str) -> None:
        """Types into a field."""
        self.click(selector)
        self.ask("Input.insertText", text=text)

    def picture(self, path: Path) -> None:
        """Saves the visible page as a PNG."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self.waiting:
            heard = os.read(self.incoming, 1 << 20)
            assert heard, "the browser is gone"
            self.waiting += heard
        word, _, self.waiting = self.waiting.partition(b"\0")
        message: dict[str, Any] = json.loads(word)
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(str(parameters["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.problems.append(parameters["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.problems.append(str(parameters["args"]))
        return message
