"""Reads the public headers with libclang, as they are: declarations, annotations, comments, positions.

Nothing is judged here beyond what can be read; the law of the interface is in rules.py. libclang and not clang's JSON
dump, because the dump leaves the texts of annotations out (DETAILS D5).
"""

from __future__ import annotations

import pathlib
import re
from dataclasses import dataclass, field
from typing import Any

import clang.cindex as cindex

Kind = cindex.CursorKind


@dataclass
class Declared:
    """A parameter or a result: its type and what its annotations say."""

    name: str
    type: Any
    ctype: str
    annotations: list[str]
    line: int


@dataclass
class Function:
    name: str
    header: str
    line: int
    end_line: int
    text: str
    doc: str
    result: Declared
    params: list[Declared]


@dataclass
class Callback:
    name: str
    header: str
    line: int
    end_line: int
    doc: str
    result: str
    params: list[Declared]


@dataclass
class Enum:
    name: str
    header: str
    line: int
    doc: str
    values: list[tuple[str, int, str]]  # name, value, comment


@dataclass
class Constant:
    name: str
    header: str
    line: int
    doc: str
    tokens: list[str]


@dataclass
class Headers:
    functions: list[Function] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    constants: list[Constant] = field(default_factory=list)
    handles: dict[str, str] = field(default_factory=dict)  # name -> header
    prose: dict[str, str] = field(default_factory=dict)  # header -> the comment at its head
    problems: list[str] = field(default_factory=list)


class Source:
    """The text of one header, and its comments."""

    def __init__(self, path: pathlib.Path) -> None:
        text = path.read_text(encoding="utf-8")
        self.lines = text.splitlines()
        self.comments: dict[int, str] = {}  # the last line of a comment that stands alone -> its text
        self.beside: dict[int, str] = {}  # the line on which a comment begins after code -> its text
        for found in re.finditer(r"/\*(.*?)\*/[ \t]*$", text, re.MULTILINE | re.DOTALL):
            first, last = (text.count("\n", 0, place) + 1 for place in found.span())
            words = [re.sub(r"^\s*\* ?", "", line).rstrip() for line in found.group(1).splitlines()]
            if self.lines[first - 1].lstrip().startswith("/*"):
                self.comments[last] = "\n".join(words).strip()
            else:
                self.beside[first] = " ".join(word.strip() for word in words).strip()
        self.prose = next(iter(self.comments.values()), "")

    def line(self, number: int) -> str:
        return self.lines[number - 1]


def annotations_of(cursor: Any) -> list[str]:
    return [child.spelling for child in cursor.get_children() if child.kind == Kind.ANNOTATE_ATTR]


def declared(cursor: Any) -> Declared:
    return Declared(
        cursor.spelling, cursor.type, cursor.type.spelling, annotations_of(cursor), cursor.location.line
    )


def parse(include: pathlib.Path) -> tuple[Any, list[str]]:
    # SAFE_API becomes an annotation of its own, so that a declaration that it does not open is seen.
    arguments = [
        "-x", "c", "-std=c11", "-DSAFE_MODEL", '-DSAFE_API=__attribute__((annotate("api")))', f"-I{include}",
    ]  # fmt: skip
    options = cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
    unit = cindex.Index.create().parse(str(include / "safe" / "safe.h"), args=arguments, options=options)
    return unit, [str(problem) for problem in unit.diagnostics]


def read(include: pathlib.Path) -> Headers:
    """Reads include/safe/safe.h and what it includes of the same folder."""
    headers = Headers()
    unit, headers.problems = parse(include)
    folder = (include / "safe").resolve()
    sources = {path.name: Source(path) for path in sorted(folder.glob("*.h"))}
    included = {"safe.h"}
    shared: dict[tuple[str, int], str] = {}  # (header, last line) of a documented declaration -> its comment

    for cursor in unit.cursor.get_children():
        place = cursor.location.file
        if place is None:
            continue
        path = pathlib.Path(place.name).resolve()
        if path.parent != folder:
            continue
        header, line, last = path.name, cursor.location.line, cursor.extent.end.line
        included.add(header)
        first = cursor.extent.start.line

        def doc() -> str:
            above = (header, first - 1)
            text = sources[header].comments.get(first - 1, "") or shared.get(above, "")
            shared[(header, last)] = text
            return text

        if cursor.kind == Kind.FUNCTION_DECL:
            result = Declared("result", cursor.result_type, cursor.result_type.spelling, annotations_of(cursor), line)
            params = [declared(argument) for argument in cursor.get_arguments()]
            text = sources[header].line(first)
            headers.functions.append(Function(cursor.spelling, header, line, last, text, doc(), result, params))
        elif cursor.kind == Kind.ENUM_DECL:
            beside = sources[header].beside
            values = [
                (value.spelling, value.enum_value, beside.get(value.location.line, ""))
                for value in cursor.get_children()
            ]
            headers.enums.append(Enum(cursor.spelling, header, line, doc(), values))
        elif cursor.kind == Kind.TYPEDEF_DECL:
            read_typedef(headers, cursor, header, doc)
        elif cursor.kind == Kind.MACRO_DEFINITION:
            tokens = [token.spelling for token in cursor.get_tokens()][1:]
            headers.constants.append(Constant(cursor.spelling, header, line, doc(), tokens))
        elif cursor.kind in (Kind.STRUCT_DECL, Kind.UNION_DECL):
            if cursor.is_definition():
                headers.problems.append(f"{header}:{line}: {cursor.spelling}: a struct layout would cross the interface")
        elif cursor.kind not in (Kind.INCLUSION_DIRECTIVE, Kind.MACRO_INSTANTIATION):
            headers.problems.append(f"{header}:{line}: {cursor.spelling}: a {cursor.kind.name} is not part of the model")

    headers.prose = {name: sources[name].prose for name in sorted(included)}
    for name in sorted(set(sources) - included):
        headers.problems.append(f"{name}:1: safe/safe.h does not include it")
    return headers


def read_typedef(headers: Headers, cursor: Any, header: str, doc: Any) -> None:
    target = cursor.underlying_typedef_type
    line = cursor.location.line
    if target.kind == cindex.TypeKind.POINTER and target.get_pointee().get_canonical().kind in (
        cindex.TypeKind.FUNCTIONPROTO,
        cindex.TypeKind.FUNCTIONNOPROTO,
    ):
        params = [declared(child) for child in cursor.get_children() if child.kind == Kind.PARM_DECL]
        result = target.get_pointee().get_canonical().get_result().spelling
        headers.callbacks.append(Callback(cursor.spelling, header, line, cursor.extent.end.line, doc(), result, params))
        return
    record = target.get_canonical()
    if record.kind == cindex.TypeKind.RECORD:
        if record.spelling != f"struct {cursor.spelling}_s":
            headers.problems.append(
                f"{header}:{line}: {cursor.spelling}: a handle is declared as"
                f" 'typedef struct {cursor.spelling}_s {cursor.spelling};'"
            )
        headers.handles[cursor.spelling] = header
