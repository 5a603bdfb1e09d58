"""A page of the function reference, written twice: as Markdown and as HTML without scripts."""

from __future__ import annotations

import html
import re
from typing import Any, Sequence

NAME = re.compile(r"`?\b(safe/\w+\.h|(?:safe|SAFE)_\w+\*?)`?|`([^`]+)`")
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "pre{background:#f4f4f4;padding:.7em;overflow:auto}table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#8cf}pre{background:#222}}"
)


def anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


class Page:
    """Blocks in order; names of the interface become links to where they are described."""

    def __init__(self, title: str, where: dict[str, str], name: str) -> None:
        self.title = title
        self.where = where
        self.name = name
        self.headings: list[str] = []
        self.blocks: list[tuple[str, Any]] = []

    def heading(self, title: str) -> None:
        self.headings.append(title)
        self.blocks.append(("heading", title))

    def code(self, text: str) -> None:
        self.blocks.append(("code", text))

    def paragraphs(self, text: str, verbatim: bool = False) -> None:
        """Prose whose paragraphs are told apart by empty lines; columns (verbatim) stay as they are."""
        for paragraph in re.split(r"\n\s*\n", text.strip()):
            if paragraph:
                columns = verbatim and "\n" in paragraph
                self.blocks.append(("code", paragraph) if columns else ("text", paragraph.replace("\n", " ")))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.blocks.append(("table", (head, rows)))

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        self.blocks.append(("facts", rows))

    # --- Markdown ---

    def target(self, name: str, suffix: str) -> str:
        page, _, mark = self.where[name].partition("#")
        return ("" if page == self.name else page + suffix) + (f"#{mark}" if mark else "")

    def linked(self, text: str) -> str:
        def link(found: "re.Match[str]") -> str:
            name = found.group(1) or found.group(2)
            return f"[`{name}`]({self.target(name, '.md')})" if name in self.where else f"`{name}`"

        return NAME.sub(link, text.replace("\n", " ").replace("<", "&lt;").replace("|", "\\|"))

    def markdown(self) -> str:
        text = f"<!-- Made by capi/model/gen_docs.py from capi/include/safe. Do not edit. -->\n# {self.title}\n"
        if self.name != "index":
            text += "\n[Index](index.md)\n"
        for kind, block in self.blocks:
            text += "\n" + getattr(self, "markdown_" + kind)(block) + "\n"
        return text

    def markdown_heading(self, title: str) -> str:
        return f"## {title}"

    def markdown_code(self, code: str) -> str:
        return f"```c\n{code}\n```"

    def markdown_text(self, text: str) -> str:
        return self.linked(text)

    def markdown_table(self, table: tuple[Sequence[str], Sequence[Sequence[str]]]) -> str:
        head, rows = table
        lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
        for first, *rest in rows:
            cells = [self.linked(first) if first in self.where else f"`{first}`", *map(self.linked, rest)]
            lines.append(f"| {' | '.join(cells)} |")
        return "\n".join(lines)

    def markdown_facts(self, rows: Sequence[tuple[str, str]]) -> str:
        return "\n".join(f"- **{name}**: {self.linked(text)}" for name, text in rows)

    # --- HTML ---

    def anchored(self, text: str) -> str:
        def link(found: "re.Match[str]") -> str:
            name = found.group(1) or found.group(2)
            code = f"<code>{name}</code>"
            return f'<a href="{self.target(name, ".html")}">{code}</a>' if name in self.where else code

        return NAME.sub(link, html.escape(text.replace("\n", " "), quote=False))

    def html(self) -> str:
        title = html.escape(self.title)
        text = '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        text += '<meta name="viewport" content="width=device-width">\n'
        text += f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        if self.name != "index":
            text += '<p><a href="index.html">Index</a></p>\n'
        for kind, block in self.blocks:
            text += getattr(self, "html_" + kind)(block) + "\n"
        return text + "</main>\n</body>\n</html>\n"

    def html_heading(self, title: str) -> str:
        return f'<h2 id="{anchor(title)}">{html.escape(title)}</h2>'

    def html_code(self, code: str) -> str:
        return f"<pre>{html.escape(code)}</pre>"

    def html_text(self, text: str) -> str:
        return f"<p>{self.anchored(text)}</p>"

    def html_table(self, table: tuple[Sequence[str], Sequence[Sequence[str]]]) -> str:
        head, rows = table
        lines = ["<table>", "<tr>" + "".join(f'<th scope="col">{name}</th>' for name in head) + "</tr>"]
        for first, *rest in rows:
            name = self.anchored(first) if first in self.where else f"<code>{html.escape(first)}</code>"
            lines.append(f"<tr><td>{name}</td>" + "".join(f"<td>{self.anchored(cell)}</td>" for cell in rest) + "</tr>")
        return "\n".join([*lines, "</table>"])

    def html_facts(self, rows: Sequence[tuple[str, str]]) -> str:
        return "<ul>\n" + "\n".join(f"<li><b>{name}</b>: {self.anchored(text)}</li>" for name, text in rows) + "\n</ul>"
