"""The page in a real browser: typed into, answers read as they stream, on a wide screen and on a phone's."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("jinja2")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
selenium = pytest.importorskip("selenium")

from live import Live, serving  # noqa: E402
from talking import make_folder  # noqa: E402

BROWSER, DRIVER = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
pytestmark = [pytest.mark.filterwarnings("ignore"),  # of the server's library
              pytest.mark.skipif(BROWSER is None or DRIVER is None, reason="no chromium with its driver")]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(make_folder(tmp_path_factory.mktemp("model")), tokens=2000) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield found
    found.quit()


def wait(condition: Any, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@pytest.mark.parametrize("name, width, height", [("wide", 1280, 800), ("narrow", 390, 844)])
def test_typing_and_reading(browser: Any, live: Live, name: str, width: int, height: int) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    # A window has a least width: what the page sees is said to the browser itself.
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", dict(width=width, height=height, deviceScaleFactor=1,
                                                                      mobile=name == "narrow"))
    browser.get(live.url)
    wait(lambda: browser.find_element(By.ID, "model").text == "tiny")
    browser.find_element(By.TAG_NAME, "summary").click()
    browser.find_element(By.ID, "temperature").send_keys("0")
    tokens = browser.find_element(By.ID, "tokens")
    tokens.clear()
    tokens.send_keys("60")
    browser.find_element(By.TAG_NAME, "summary").click()
    text = browser.find_element(By.ID, "text")
    text.send_keys("what does it do?", Keys.SHIFT, Keys.ENTER, Keys.SHIFT, "and <b>why</b>?", Keys.ENTER)

    def said() -> list[str]:
        return [box.text for box in browser.find_elements(By.CSS_SELECTOR, ".assistant")]

    wait(lambda: browser.find_elements(By.CLASS_NAME, "note"))
    first = said()[0]
    assert len(first) > 20 and browser.find_element(By.ID, "send").text == "Send"
    user = browser.find_element(By.CSS_SELECTOR, ".user").text
    assert user == "what does it do?\nand <b>why</b>?"  # as text, no markup
    # What comes second is seen growing, and stopped in the middle.
    browser.execute_script("document.getElementById('tokens').value = 2000")
    text.send_keys("go on", Keys.ENTER)
    growing = wait(lambda: len(said()) == 2 and len(said()[1]) > 1 and said()[1])
    wait(lambda: len(said()[1]) > len(growing) or browser.find_element(By.ID, "send").text == "Send")
    if browser.find_element(By.ID, "send").text == "Stop":
        browser.find_element(By.ID, "send").click()
    wait(lambda: browser.find_element(By.ID, "send").text == "Send")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".user")) == 2
    # Nothing sticks out to the side.
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.execute_script("return window.innerWidth") == width
    if os.environ.get("SCREENSHOTS"):
        Path(os.environ["SCREENSHOTS"], f"{name}.png").write_bytes(browser.get_screenshot_as_png())
    browser.find_element(By.ID, "reset").click()
    assert not browser.find_elements(By.CSS_SELECTOR, ".message")
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"
            and "favicon" not in entry["message"]] == []


def test_errors_are_shown(browser: Any, live: Live) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser.get(live.url)
    wait(lambda: browser.find_element(By.ID, "model").text == "tiny")
    browser.execute_script("document.getElementById('tokens').value = 5000")
    browser.find_element(By.ID, "text").send_keys("hello", Keys.ENTER)
    assert "2000 at most" in wait(lambda: [box.text for box in browser.find_elements(By.CSS_SELECTOR, ".error")])[0]
