"""What g++ 12 compiles wrongly in coroutines, as far as text can show it (CONTRIBUTING.md, "Coroutines")."""

import re

import tree

CONDITION = re.compile(r"\b(?:if|while|switch)\s*(?:constexpr\s*)?(\()")
AWAIT = re.compile(r"\bco_await\b")
LAMBDA = re.compile(r"\[([^\[\]]*)\]\s*(\()")
RETURNS_AWAITABLE = re.compile(r"\)\s*(?:mutable\s*)?(?:noexcept\s*)?->\s*(?:safe::)?(?:Awaitable|asio::awaitable)\b[^;{}]*\{")
LAMBDA_HEAD = re.compile(r"\[[^\[\]]*\]\s*(?:\([^()]*\))?\s*(?:mutable\b\s*)?(?:->[^;{}]*)?\{")
COROUTINE = re.compile(r"\bAwaitable<[^;{}()]*>\s+(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*\s*(\()")
TERNARY = re.compile(r"\?(?!\?)")


def statement(text, at):
    """The expression around `at`, from the last ; { or } before it to the end of the statement."""
    start = max(text.rfind(mark, 0, at) for mark in ";{}") + 1
    end, depth = at, 0
    while end < len(text) and not (text[end] == ";" and depth == 0):
        depth += (text[end] in "({[") - (text[end] in ")}]")
        if depth < 0:
            break
        end += 1
    return text[start:end]


def own(body):
    """The body of a function without those of the lambdas in it."""
    at = 0
    while found := LAMBDA_HEAD.search(body, at):
        opening = found.end() - 1
        body = body[:opening] + " " + body[tree.closing(body, opening) + 1:]
        at = opening
    return body


def complaints(text):
    """(line, what is wrong) for one file."""
    text = tree.blank(text)
    for found in CONDITION.finditer(text):
        inside = text[found.start(1):tree.closing(text, found.start(1))]
        if AWAIT.search(inside):
            yield tree.line_of(text, found.start()), "co_await in a condition: name its result first"
    for found in AWAIT.finditer(text):
        line, whole = tree.line_of(text, found.start()), statement(text, found.start())
        if TERNARY.search(whole):
            yield line, "co_await in ?: : use if"
        after = whole[whole.rfind("co_await") if whole.count("co_await") == 1 else whole.find("co_await"):]
        call = after.find("(")
        if call >= 0:
            arguments = after[call:tree.closing(after, call)]
            if re.search(r"[(,]\s*(?:[A-Za-z_][\w:<>, ]*\s*)?\{", re.sub(r"\[[^\]]*\]\s*(?:\([^)]*\))?[^{,]*\{", "", arguments)):
                yield line, "a temporary built with braces in an argument of co_await: name it and move it"
    for found in LAMBDA.finditer(text):
        rest = text[tree.closing(text, found.start(2)):]
        if not found.group(1).strip() or not RETURNS_AWAITABLE.match(rest):
            continue
        body = own(rest[rest.find("{") + 1:tree.closing(rest, rest.find("{"))])
        if re.search(r"\bco_(?:await|return|yield)\b", body):
            yield tree.line_of(text, found.start()), "a coroutine that is a capturing lambda: pass its state as parameters"


def references(text):
    """Const references that a coroutine offers to take: they bind to what is gone when it goes on. A source file's own
    helpers may, since their callers are in sight and wait for them."""
    text = tree.blank(text)
    for found in COROUTINE.finditer(text):
        parameters = text[found.start(1):tree.closing(text, found.start(1))]
        if re.search(r"\bconst\s+[\w:<>]+\s*&(?!&)", parameters):
            yield tree.line_of(text, found.start()), "a coroutine's parameter is a const reference: take it by value"


def check():
    for path in tree.sources("core", "capi", "tests"):
        text = tree.text_of(path)
        found = list(complaints(text))
        if path.suffix == ".hpp" and path.parts[0] != "tests":
            found += references(text)
        for line, what in sorted(set(found)):
            yield f"{path}:{line}: {what}"


def selftest():
    bad = [
        "void f() { if (co_await g()) h(); }",
        "void f() { while (!co_await g()) h(); }",
        "void f() { auto x = a ? co_await g() : 0; }",
        "void f() { co_await g(Blob{1, 2}); }",
        "void f() { co_await g(a, {1, 2}); }",
        "auto f = [&](int a) -> Awaitable<void> { co_return; };",
    ]
    good = [
        "void f() { const bool yes = co_await g(); if (yes) h(); }",
        "void f() { co_await runtime->on_cpu([x] { return x; }); }",
        "auto f = [this](int a) -> Awaitable<void> { return g(a); };",
        "auto f = [x](int a) -> Awaitable<void> { return []() -> Awaitable<void> { co_return; }(); };",
        "auto f = [](int a) -> Awaitable<void> { co_return; };",
        'void f() { co_await g("a ? {b}"); } // if (co_await x)',
    ]
    for text in bad:
        assert list(complaints(text)), text
    for text in good:
        assert not list(complaints(text)), (text, list(complaints(text)))
    assert list(references("Awaitable<void> f(const Name &name);"))
    assert not list(references("Awaitable<void> f(Name name);"))
