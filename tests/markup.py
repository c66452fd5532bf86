"""HTML read strictly: tags must balance, attributes must not stand twice."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img"),
    *("input", "link", "meta", "source", "track", "wbr"),
}


@dataclass
class Element:
    """A tag with its attributes and what is inside it: texts and elements."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    inside: list = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(x if isinstance(x, str) else x.text for x in self.inside)

    def all(self, tag: str = "", cls: str = "") -> list["Element"]:
        """Return the elements of a tag and class below this one, in the order of the document."""
        found = []
        for x in self.inside:
            if isinstance(x, Element):
                classes = (x.attributes.get("class") or "").split()
                if tag in ("", x.tag) and (not cls or cls in classes):
                    found.append(x)
                found += x.all(tag, cls)
        return found


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>, {self.getpos()}"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """Return the document; fails where tags do not balance."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"never closed: {[e.tag for e in reader.open[1:]]}"
    return reader.open[0]
