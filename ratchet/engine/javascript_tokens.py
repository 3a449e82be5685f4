"""Cut JavaScript into tokens and find its brackets and functions, well enough to look for a position in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[A-Za-z_$\u0080-\u009f\u00a1-\u1fff\u2030-\ufefe\uff00-\U0010ffff]"
_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\ufeff]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)
  | (?P<name>\#?{_NAME}(?:{_NAME}|\d)*)
  | (?P<number>\.?\d[\w.]*)
  | (?P<string>'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?)
  | (?P<mark>=>|\?\.(?!\d)|\.\.\.|[=!]==?|\+\+|--|(?:\*\*|&&|\|\||\?\?|<<|>>>?|[-+*/%&|^<>])=?|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)?", re.DOTALL)
# Without a way back and not endless: what only looks like a regular expression may be made to be tried a million times.
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,300}+\]){1,1000}+/\w*")

_OPERATOR_WORDS = frozenset(
    [
        "await",
        "case",
        "delete",
        "do",
        "else",
        "in",
        "instanceof",
        "new",
        "of",
        "return",
        "throw",
        "typeof",
        "void",
        "yield",
        "extends",
        "default",
    ]
)
_CONTROL_WORDS = frozenset(["if", "for", "while", "switch", "catch", "with"])
_OPENERS = {"(": ")", "[": "]", "{": "}", "${": "}"}
_CLOSERS = frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it starts, counted in characters.

    Args:
        kind: "name", "number", "string", "template", "regex" or "mark".
    """

    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Function:
    """The tokens of one function: from its first parameter, name or keyword to the end of its body."""

    first: int
    last: int
    name: str


@dataclass(frozen=True, slots=True)
class Script:
    """A source text, cut up.

    Args:
        partner: For each token, the bracket that belongs to it, or -1.
        parent: For each token, the innermost bracket that is open around it, or -1.
        owner: For each token, the innermost function it belongs to, or -1.
    """

    source: str
    tokens: list[Token]
    partner: list[int]
    parent: list[int]
    functions: list[Function]
    owner: list[int]

    def text(self, index: int) -> str:
        """Return the text of a token, "" outside of the script."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def kind(self, index: int) -> str:
        """Return the kind of a token, "" outside of the script."""
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def ends_operand(self, index: int) -> bool:
        """Tell whether a value may end with this token, so that `(` after it calls and `[` after it reads."""
        return _ends_operand(self.tokens[index]) if 0 <= index < len(self.tokens) else False


def read_script(source: str) -> Script:
    """Cut a source text up, in linear time; broken or odd text gives fewer brackets and functions, never an error."""
    tokens = tokenize(source)
    partner, parent = _pair_brackets(tokens)
    functions = _find_functions(source, tokens, partner)
    return Script(source, tokens, partner, parent, functions, _assign_owners(len(tokens), functions))


def tokenize(source: str) -> list[Token]:
    """Return the tokens, without comments and white space."""
    tokens: list[Token] = []
    # What the next `}` closes, one entry an open brace: a template's hole or a plain brace.
    braces: list[bool] = []
    position = 0
    while position < len(source):
        character = source[position]
        if character == "`" or (character == "}" and braces and braces[-1]):
            position = _read_template(source, position, tokens, braces)
            continue
        regex = _REGEX.match(source, position) if character == "/" and _regex_may_start(tokens) else None
        comment = source[position : position + 2] in ("//", "/*")
        if regex and not comment:
            tokens.append(Token("regex", regex.group(), position))
            position = regex.end()
            continue
        found = _TOKEN.match(source, position)
        if found is None:
            break
        kind = found.lastgroup
        if kind is not None and kind != "space":
            tokens.append(Token(kind, found.group(), position))
            if character == "{":
                braces.append(False)
            elif character == "}" and braces:
                braces.pop()
        position = found.end()
    return tokens


def _read_template(source: str, position: int, tokens: list[Token], braces: list[bool]) -> int:
    """Add the piece of a template that starts here, and the bracket of the hole that ends it; return its end."""
    if source[position] == "}":
        braces.pop()
        tokens.append(Token("mark", "}", position))
    found = _TEMPLATE.match(source, position + 1)
    end = found.end() if found else len(source)
    if not source.endswith("${", position + 1, end):
        tokens.append(Token("template", source[position + 1 : end], position + 1))
        return end
    tokens.append(Token("template", source[position + 1 : end - 2], position + 1))
    tokens.append(Token("mark", "${", end - 2))
    braces.append(True)
    return end


def _regex_may_start(tokens: list[Token]) -> bool:
    """Tell whether a slash here begins a regular expression instead of dividing."""
    return not tokens or tokens[-1].text == "}" or not _ends_operand(tokens[-1])


def _ends_operand(token: Token) -> bool:
    if token.kind == "mark":
        return token.text in (")", "]", "}", "++", "--")
    return token.kind != "name" or token.text not in _OPERATOR_WORDS


def _pair_brackets(tokens: list[Token]) -> tuple[list[int], list[int]]:
    """Return the partner of each bracket and the bracket around each token."""
    partner = [-1] * len(tokens)
    parent = [-1] * len(tokens)
    open_brackets: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "mark" and token.text in _CLOSERS and open_brackets:
            opener = open_brackets[-1]
            if _OPENERS[tokens[opener].text] == token.text:
                open_brackets.pop()
                partner[opener], partner[index] = index, opener
        parent[index] = open_brackets[-1] if open_brackets else -1
        if token.kind == "mark" and token.text in _OPENERS:
            open_brackets.append(index)
    return partner, parent


def _find_functions(source: str, tokens: list[Token], partner: list[int]) -> list[Function]:
    """Return every function, outer ones before the ones inside them."""
    functions: list[Function] = []
    # Arrow functions without braces that have not ended yet: first token, name, bracket depth.
    arrows: list[tuple[int, str, int]] = []
    depth = 0
    for index, token in enumerate(tokens):
        mark = token.text if token.kind == "mark" else ""
        if mark in _CLOSERS:
            depth -= 1
        while arrows and _ends_arrow(source, tokens, index, depth, arrows[-1][2]):
            first, name, _ = arrows.pop()
            functions.append(Function(first, index - 1, name))
        if mark in _OPENERS:
            depth += 1
        if mark == "=>":
            first = _arrow_start(tokens, partner, index)
            name = _assigned_name(tokens, first)
            if index + 1 < len(tokens) and tokens[index + 1].text == "{" and partner[index + 1] > 0:
                functions.append(Function(first, partner[index + 1], name))
            else:
                arrows.append((first, name, depth))
        elif mark == "{" and partner[index] > 0 and index and tokens[index - 1].text == ")":
            head = _method_start(tokens, partner[index - 1])
            if head is not None:
                functions.append(Function(head[0], partner[index], head[1]))
    functions.extend(Function(first, len(tokens) - 1, name) for first, name, _ in arrows)
    return sorted(functions, key=lambda function: (function.first, -function.last))


def _ends_arrow(source: str, tokens: list[Token], index: int, depth: int, arrow_depth: int) -> bool:
    """Tell whether an arrow function's expression is over before this token."""
    token, before = tokens[index], tokens[index - 1]
    if depth < arrow_depth:
        return True
    if depth > arrow_depth or before.text == "=>":
        return False
    if token.kind == "mark":
        return token.text in (",", ";")
    # Two values side by side on two lines are two statements.
    apart = "\n" in source[before.start + len(before.text) : token.start]
    return apart and token.text not in ("in", "instanceof") and token.kind != "template" and _ends_operand(before)


def _arrow_start(tokens: list[Token], partner: list[int], arrow: int) -> int:
    """Return the first token of an arrow function: its parameters, or `async` before them."""
    first = partner[arrow - 1] if arrow and tokens[arrow - 1].text == ")" else arrow - 1
    first = max(first, 0)
    return first - 1 if first and tokens[first - 1].text == "async" else first


def _assigned_name(tokens: list[Token], first: int) -> str:
    """Return the name that a function value is bound to: `name = …` or `name: …`."""
    bound = first >= 2 and tokens[first - 1].text in ("=", ":") and tokens[first - 2].kind == "name"
    return tokens[first - 2].text if bound else ""


def _method_start(tokens: list[Token], opener: int) -> tuple[int, str] | None:
    """Return the first token and the name of the function with this parameter list; None for `if (…) {`."""
    first = opener - 1
    if first < 0 or (tokens[first].kind == "mark" and tokens[first].text not in ("]", "*")):
        return None
    word = tokens[first].text
    if word in _CONTROL_WORDS or (word == "await" and first and tokens[first - 1].text == "for"):
        return None
    name = word if tokens[first].kind == "name" and word != "function" else ""
    while first and (tokens[first - 1].text in ("function", "async", "get", "set", "static", "*")):
        first -= 1
    return first, name or _assigned_name(tokens, first)


def _assign_owners(count: int, functions: list[Function]) -> list[int]:
    """Return, for each token, the innermost function it belongs to."""
    owner = [-1] * count
    open_functions: list[int] = []
    upcoming = 0
    for index in range(count):
        while open_functions and functions[open_functions[-1]].last < index:
            open_functions.pop()
        while upcoming < len(functions) and functions[upcoming].first <= index:
            open_functions.append(upcoming)
            upcoming += 1
        owner[index] = open_functions[-1] if open_functions else -1
    return owner
