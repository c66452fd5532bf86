"""Every page of a built book, in the theme's light and dark mode, as axe-core judges it in a browser.

``make pages`` runs it. ``MIXEDPIXELS_BROWSER`` names the browser; without it Chromium or Chrome is
looked for, and the test is skipped where there is none.
"""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"
# The listings of the modules are one template: two of them stand for all.
LISTINGS = sorted(HTML.glob("_modules/mixedpixels/ledger/*.html"))[:2]
PAGES = [p for p in sorted(HTML.rglob("*.html")) if not {"_static", "_modules"} & {*p.parts}]
PAGES += LISTINGS
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = os.environ.get("MIXEDPIXELS_BROWSER") or next(filter(shutil.which, BROWSERS), None)

pytestmark = [
    pytest.mark.built,
    pytest.mark.skipif(not BROWSER, reason="needs Chromium or Chrome, or MIXEDPIXELS_BROWSER"),
]

QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]

# Folded parts are opened, and the tokens of listings that look alike become plain text: a page of
# code holds thousands, and axe-core takes milliseconds for each.
PREPARE = """async () => {
  for (const part of document.querySelectorAll('details')) part.open = true;
  const seen = new Set();
  for (const token of document.querySelectorAll('.highlight pre span:not(:has(a))')) {
    const kind = token.className + '|' + token.closest('.highlight').parentElement.className;
    if (seen.has(kind)) token.replaceWith(...token.childNodes);
    seen.add(kind);
  }
  // the theme answers a new size 0.3 s later
  await new Promise(done => setTimeout(done, 500));
}"""
# On a phone, what scrolls sideways can be reached from the keyboard.
NARROW = """async () => (await axe.run({
  resultTypes: ['violations'], runOnly: ['scrollable-region-focusable'],
})).violations"""
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
# Everything but contrast does not depend on the theme. label-content-name-mismatch is off by default.
STRUCTURE = """async () => (await axe.run({
  resultTypes: ['violations'],
  rules: {'color-contrast': {enabled: false}, 'label-content-name-mismatch': {enabled: true}},
})).violations"""
# Contrast is measured on three visible texts of each colour, size and weight on each ground.
CONTRAST = """async () => {
  const grounds = new Map(), seen = new Map(), texts = [];
  const ground = element => {
    if (!element) return '';
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity].join();
      const plain = own === 'rgba(0, 0, 0, 0),none,1';
      grounds.set(element, ground(element.parentElement) + (plain ? '' : own + ';'));
    }
    return grounds.get(element);
  };
  for (const element of document.body.querySelectorAll('*')) {
    const worded = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    const box = element.getBoundingClientRect();
    if (!worded || box.width < 2 || !element.checkVisibility({visibilityProperty: true})) continue;
    const style = getComputedStyle(element);
    const look = [style.color, style.fontSize, style.fontWeight, ground(element)].join('|');
    seen.set(look, (seen.get(look) ?? 0) + 1);
    if (seen.get(look) <= 3) texts.push(element);
  }
  const options = {resultTypes: ['violations'], runOnly: ['color-contrast']};
  return (await axe.run({include: texts}, options)).violations;
}"""


@pytest.fixture(scope="module")
def tab():
    """Return one tab of one browser, for all pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which(BROWSER), args=QUIET)
        yield browser.new_page()
        browser.close()


def show(tab: Page, theme: str) -> None:
    """Switch the page, whose mode follows the system's, and wait for its colours."""
    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
    tab.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
    tab.evaluate("Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0)))")


def lines(violations: list[dict], where: str) -> list[str]:
    """Return one line for each element that breaks a rule."""
    found = []
    for violation in violations:
        for node in violation["nodes"]:
            checks = node["any"] + node["all"] + node["none"]
            reason = checks[0]["message"] if checks else violation["help"]
            html = " ".join(node["html"].split())[:160]
            found.append(f"{violation['id']} ({where}): {reason}\n    {html}")
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(HTML)))
def test_page_is_accessible_in_both_themes(path, tab):
    tab.set_viewport_size(PHONE)
    tab.goto(path.as_uri())
    tab.evaluate("window.MathJax?.startup?.promise")
    tab.evaluate(Axe().axe_script)
    found = lines(tab.evaluate(NARROW), "phone")
    if (width := tab.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        found.append(f"{width} pixels wide on a screen of {PHONE['width']}")
    tab.set_viewport_size(WIDE)
    tab.evaluate(PREPARE)
    found += lines(tab.evaluate(STRUCTURE), "any mode")
    for theme in ("light", "dark"):
        show(tab, theme)
        found += lines(tab.evaluate(CONTRAST), theme)
    assert not found, f"{len(found)} violations\n" + "\n".join(found[:40])
