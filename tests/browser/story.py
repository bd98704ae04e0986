#!/usr/bin/env python3
"""Opens a story's page in a real browser and steps through it as a reader does.

    python3 tests/browser/story.py story.html [--shots FOLDER]

Needs chromium and chromedriver, and nothing of Python but its own library. Says what is wrong and exits with 1.
"""

import argparse
import base64
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
RIGHT, HOME, PAGE_DOWN, SPACE = "\ue014", "\ue011", "\ue00f", "\ue00d"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,900",
]

# What a reader sees: the step that is shown, its words, the counter, and which buttons can be pressed.
SEEN = """
const shown = [...document.querySelectorAll('.step.now')].filter(step => step.checkVisibility());
const picture = shown.length === 1 && shown[0].querySelector('svg').getBoundingClientRect();
return {
  shown: shown.map(step => step.id), picture: picture && [picture.width, picture.height],
  bottom: document.getElementById('bar').getBoundingClientRect().bottom, height: innerHeight,
  caption: document.getElementById('caption').innerText, counter: document.getElementById('counter').innerText,
  steps: document.querySelectorAll('.step').length, hash: location.hash, play: document.getElementById('play').innerText,
  disabled: [...document.querySelectorAll('button:disabled')].map(button => button.id),
};
"""


class Wrong(Exception):
    """Something is not as a reader expects it."""


class Browser:
    """A browser behind chromedriver, spoken to as the WebDriver standard says."""

    def __init__(self, profile):
        driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
        if not driver or not chromium:
            raise Wrong("chromium and chromedriver are not installed")
        self.driver = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.session = None
        try:
            self.port = self.wait_for_port()
            options = {"binary": chromium, "args": FLAGS + [f"--user-data-dir={profile}"]}
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
            self.session = self.ask("POST", "/session", wanted)["sessionId"]
        except BaseException:
            self.close()
            raise

    def wait_for_port(self):
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                return int(line.rsplit(" ", 1)[1].strip().rstrip("."))
        raise Wrong("chromedriver did not start")

    def ask(self, method, path, body=None):
        # The first answer waits for the browser to start.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        text = None if method == "GET" else json.dumps(body or {})
        connection.request(method, path, text, {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise Wrong(f"the browser says: {value['error']}: {value['message'].splitlines()[0]}")
        return value

    def do(self, method, path, body=None):
        return self.ask(method, f"/session/{self.session}{path}", body)

    def open(self, address):
        self.do("POST", "/url", {"url": address})

    def click(self, name):
        found = self.do("POST", "/element", {"using": "css selector", "value": f"#{name}"})
        self.do("POST", f"/element/{found[ELEMENT]}/click")

    def press(self, key):
        keys = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.do("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": keys}]})

    def seen(self):
        return self.do("POST", "/execute/sync", {"script": SEEN, "args": []})

    def shot(self, file):
        # A picture that fades in is there after that.
        time.sleep(0.5)
        file.write_bytes(base64.b64decode(self.do("GET", "/screenshot")))

    def close(self):
        try:
            if self.session:
                self.do("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()


def expect(wanted, what):
    if not wanted:
        raise Wrong(what)


def stands_at(browser, number, after):
    """What is seen, which must be the step of that number and nothing else."""
    seen = browser.seen()
    count = seen["steps"]
    expect(seen["counter"] == f"step {number} of {count}", f"after {after} the counter says {seen['counter']!r}, not step {number} of {count}")
    expect(seen["shown"] == [str(number)], f"after {after} the pictures {seen['shown']} are seen, not {number}")
    expect(seen["hash"] == f"#{number}", f"after {after} the address ends in {seen['hash']!r}")
    expect(seen["caption"].strip(), f"after {after} there is no caption")
    expect(min(seen["picture"]) >= 100, f"after {after} the picture has the size {seen['picture']}")
    expect(seen["bottom"] <= seen["height"] + 1, f"after {after} the buttons are below the window")
    ends = {"first", "previous"} if number == 1 else {"next", "last"} if number == count else set()
    expect(set(seen["disabled"]) == ends, f"after {after} the buttons {seen['disabled']} cannot be pressed")
    return seen


def walk(browser, address):
    browser.open(address)
    first = stands_at(browser, 1, "opening")
    last = first["steps"]
    expect(last >= 3, f"the story has only {last} steps")

    def changed(do, number, what, before):
        do()
        seen = stands_at(browser, number, what)
        expect(seen["caption"] != before["caption"], f"{what} left the caption as it was")
        return seen

    second = changed(lambda: browser.click("next"), 2, "Next", first)
    end = changed(lambda: browser.click("last"), last, "Last", second)
    again = changed(lambda: browser.click("first"), 1, "First", end)
    expect(again["caption"] == first["caption"], "the first caption differs the second time")
    changed(lambda: browser.press(RIGHT), 2, "the Right key", again)
    changed(lambda: browser.press(PAGE_DOWN), 3, "Page Down", second)
    changed(lambda: browser.click("previous"), 2, "Prev", again)
    changed(lambda: browser.press(HOME), 1, "Home", second)
    plays(browser)
    browser.open(f"{address}#{last}")
    # Only the part after # differs, so the page is not loaded again.
    stands_at(browser, last, "the address of the last step")


def plays(browser):
    """Space plays, and a step stops it."""
    browser.do("POST", "/execute/sync", {"script": "document.activeElement.blur()", "args": []})
    browser.press(SPACE)
    expect(browser.seen()["play"] == "Pause", "Space does not play")
    # Nobody waits so long for a step: captions take at most nine seconds.
    for _ in range(120):
        if browser.seen()["counter"].startswith("step 2 "):
            break
        time.sleep(0.25)
    stands_at(browser, 2, "playing")
    browser.press(HOME)
    expect(browser.seen()["play"] == "Play", "a step does not stop the play")


def shots(browser, address, folder):
    """Pictures of the page: at steps, in the dark, on a small screen."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in [1, 4, 8]:
        browser.open(f"{address}#{number}")
        browser.shot(folder / f"step-{number}.png")
    media = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.do("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": media})
    browser.shot(folder / "dark.png")
    size = {"width": 390, "height": 780, "deviceScaleFactor": 2, "mobile": True}
    browser.do("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": size})
    browser.shot(folder / "small.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path, help="a folder for pictures of the page")
    args = parser.parse_args()
    if not args.page.is_file():
        sys.exit(f"story.py: {args.page} is not there")
    address = args.page.resolve().as_uri()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        try:
            browser = Browser(profile)
            try:
                walk(browser, address)
                if args.shots:
                    shots(browser, address, args.shots)
            finally:
                browser.close()
        except Wrong as wrong:
            sys.exit(f"story.py: {wrong}")
    print("the page steps, plays and tells where it is")


if __name__ == "__main__":
    main()
