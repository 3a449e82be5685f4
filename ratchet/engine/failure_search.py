"""Look for what an error message complains about, from the position that the engine reported."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ratchet.engine.javascript_tokens import Script

_PROPERTY = re.compile(r"cannot (?P<verb>read|set) property '(?P<name>.*)' of (?:undefined|null)", re.DOTALL)
_VARIABLE = re.compile(r"'?(?P<name>[^\s']+)'? is (?P<state>not defined|not initialized|read-only)")
_OPERANDS = re.compile(r"invalid 'in' operand|invalid 'instanceof' right operand|cannot convert (symbol|BigInt) to")
_CALLS = re.compile(
    r"not a function|(.+ is )?not a constructor|class constructors must be invoked|must be called with"
    r"|Maximum call stack"
)
_ITERATION = ("Symbol.iterator", "Symbol.asyncIterator")
_ASSIGNMENTS = frozenset(
    ["=", "+=", "-=", "*=", "/=", "%=", "**=", "&&=", "||=", "??=", "&=", "|=", "^=", "<<=", ">>=", ">>>="]
)
_DECLARATIONS = frozenset(["let", "const", "var", "class", "function"])
_MAX_NESTING = 20
_MEMBER = (".", "?.")
_OPERATORS = frozenset(
    ["+", "-", "*", "/", "%", "**", "<", ">", "<=", ">=", "==", "!=", "===", "!==", "&", "|", "^", "<<", ">>", ">>>"]
)


class Search:
    """A search from a reported position through the function it is in."""

    def __init__(self, script: Script, offset: int, whole_line: int | None, function: str | None) -> None:
        self.script = script
        self.at = self._token_at(offset)
        self.owner = script.owner[self.at] if self.at < len(script.tokens) else -1
        if whole_line is not None and function != "<eval>":
            self._enter_function(whole_line, function)

    def find(self, message: str, native: str | None) -> int | None:
        """Return the token that a message is about; None keeps the reported position."""
        if native is not None:
            return self._statement_of(self._callee(native))
        found = self._complained_about(message)
        thrown = self._thrown_expression()
        if thrown is not None and (found is None or not thrown[0] < found <= thrown[1]):
            return thrown[0]
        if found is not None:
            return found
        callee = self._callee(None)
        return self._statement_of(callee) if callee is not None and self._constructs(callee) else None

    def _complained_about(self, message: str) -> int | None:
        """Return the first token after the position that fits the message."""
        if found := _PROPERTY.fullmatch(message):
            if found["name"] in _ITERATION:
                return self._iterated()
            return self._property(found["name"], setting=found["verb"] == "set")
        if message == "value is not iterable":
            return self._iterated()
        if message == "Cannot convert undefined or null to object":
            return self._pattern()
        if found := _VARIABLE.fullmatch(message):
            return self._variable(found["name"], found["state"])
        if _OPERANDS.match(message):
            before = self.at - 1
            return None if self.script.ends_operand(before) or self.script.kind(before) == "string" else before
        if _CALLS.match(message):
            return self._statement_of(self._called())
        return None

    def _token_at(self, offset: int) -> int:
        """Return the first token at or after an offset."""
        tokens = self.script.tokens
        low, high = 0, len(tokens)
        while low < high:
            middle = (low + high) // 2
            if tokens[middle].start < offset:
                low = middle + 1
            else:
                high = middle
        return low

    def _enter_function(self, line_start: int, name: str | None) -> None:
        """Choose the function that begins on a line: without any position of its own, only that line is reported."""
        end = self.script.source.find("\n", line_start)
        end = end if end >= 0 else len(self.script.source)
        tokens, functions = self.script.tokens, self.script.functions
        starting = [i for i, f in enumerate(functions) if line_start <= tokens[f.first].start < end]
        plain = (name or "").rpartition(" ")[2]
        named = [index for index in starting if functions[index].name == plain]
        marked = {self.script.owner[index] for index in range(len(tokens)) if self._marks_position(index)}
        silent = [index for index in named or starting if index not in marked]
        chosen = (silent or named or starting)[:1]
        if chosen:
            self.owner, self.at = chosen[0], functions[chosen[0]].first

    def enter_callback(self) -> bool:
        """Move into the function that is the first argument of the call at the position.

        For a function without any position of its own the engine may report that of the word before it.
        """
        for index, function in enumerate(self.script.functions):
            if self.at < function.first <= self.at + 2 and self.script.owner[self.at] == self.owner:
                self.owner, self.at = index, function.first
                return True
        return False

    def _marks_position(self, index: int) -> bool:
        """Tell whether the engine remembers a position at this token: calls, operators, `new` and `throw`."""
        script, text = self.script, self.script.text(index)
        if text == "(":
            return script.ends_operand(index - 1) and self._calls(index)
        if script.kind(index) == "mark":
            return text in _OPERATORS and script.ends_operand(index - 1)
        return text in ("throw", "new") and script.text(index - 1) not in _MEMBER

    def _calls(self, opener: int) -> bool:
        """Tell whether a parenthesis holds arguments, not parameters or a condition."""
        script = self.script
        before = script.text(opener - 1)
        if before in ("if", "for", "while", "switch", "catch", "with", "function") or not script.ends_operand(
            opener - 1
        ):
            return False
        after = script.text(script.partner[opener] + 1) if script.partner[opener] >= 0 else ""
        return after != "{" and after != "=>" and script.text(opener - 2) != "function"

    def _own_tokens(self, first: int, last: int | None = None) -> Iterator[int]:
        """Yield the tokens of the function itself, from one token on."""
        owner = self.script.owner
        end = len(owner) if last is None else last
        if self.owner >= 0:
            end = min(end, self.script.functions[self.owner].last + 1)
        return (index for index in range(first, end) if owner[index] == self.owner)

    def _property(self, name: str, *, setting: bool) -> int | None:
        """Return the likeliest use of a property after the position, else the last one before it."""
        found = self._next_property(name, setting=setting)
        if found is None and self.enter_callback():
            found = self._next_property(name, setting=setting)
        if found is not None:
            return found
        first = self.script.functions[self.owner].first if self.owner >= 0 else 0
        earlier = [i for i in self._own_tokens(first, self.at) if self._names_property(i, name, setting=setting)]
        return earlier[-1] if earlier else None

    def _next_property(self, name: str, *, setting: bool) -> int | None:
        """Return the likeliest use of a property between the position and the next one the engine remembers."""
        uses: list[int] = []
        computed: int | None = None
        for index in self._own_tokens(self.at):
            # The engine would have reported a later position, had it come past one.
            if self._marks_position(index) and (uses or computed is not None):
                break
            if self._names_property(index, name, setting=setting):
                uses.append(index)
            elif computed is None and self._reads_computed(index):
                computed = index
        return self._likeliest(uses, before=1) if uses else computed

    def _likeliest(self, uses: list[int], *, before: int = 0) -> int:
        """Return the first use of a variable that holds nothing, else of one that is not surely a value.

        Args:
            before: How many tokens lie between the variable and the use of it.
        """
        values = self._initial_values() if len(uses) > 1 else {}
        doubts = [self._doubt(index - before, values) for index in uses]
        return uses[doubts.index(max(doubts))]

    def _doubt(self, index: int, values: dict[str, str]) -> int:
        """Tell how doubtful it is that the variable that ends before a token, or is it, holds a value: 0 to 2."""
        script = self.script
        index -= script.text(index) in _MEMBER
        if script.kind(index) != "name" or script.text(index - 1) in _MEMBER:
            return 1
        begins = values.get(script.text(index))
        if begins in ("undefined", "null", ";"):
            return 2
        sure = begins is not None and (
            begins in ("[", "{", "new", "function", "async") or begins[0] in "'\"`0123456789"
        )
        return 0 if sure else 1

    def _initial_values(self) -> dict[str, str]:
        """Return, for each variable declared in the function, the first word of its value."""
        script = self.script
        first = script.functions[self.owner].first if self.owner >= 0 else 0
        values: dict[str, str] = {}
        for index in self._own_tokens(first):
            if script.text(index) in ("let", "const", "var") and script.kind(index + 1) == "name":
                after = script.text(index + 2)
                values[script.text(index + 1)] = script.text(index + 3) if after == "=" else after
        return values

    def _names_property(self, index: int, name: str, *, setting: bool) -> bool:
        """Tell whether this token is `.name`, or the bracket of `['name']`; `?.name` cannot fail."""
        script = self.script
        if script.text(index) == "[" and script.ends_operand(index - 1) and script.partner[index] == index + 2:
            literal = script.text(index + 1)
            matches = script.kind(index + 1) in ("string", "number") and literal.strip("'\"") == name
            after = index + 3
        else:
            matches = script.text(index) == name and script.text(index - 1) == "."
            after = index + 1
        return matches and (not setting or script.text(after) in _ASSIGNMENTS)

    def _reads_computed(self, index: int) -> bool:
        """Tell whether this is the bracket of `value[expression]`."""
        script = self.script
        literal = script.kind(index + 1) in ("string", "number") and script.partner[index] == index + 2
        return script.text(index) == "[" and script.ends_operand(index - 1) and not literal

    def _variable(self, name: str, state: str) -> int | None:
        """Return the first use of a variable after the position."""
        script = self.script
        uses = [index for index in self._own_tokens(self.at) if self._is_variable(index, name)]
        if state == "read-only":
            assigned = (i for i in uses if self._assigns(i))
            return next(assigned, uses[0] if uses else None)
        return next((i for i in uses if script.text(i - 1) not in _DECLARATIONS), None)

    def _is_variable(self, index: int, name: str) -> bool:
        script = self.script
        if script.text(index) != name or script.kind(index) != "name" or script.text(index - 1) in _MEMBER:
            return False
        return not (script.text(index + 1) == ":" and script.text(index - 1) in ("{", ","))

    def _assigns(self, index: int) -> bool:
        """Tell whether a variable is given a value here."""
        script = self.script
        before, after = script.text(index - 1), script.text(index + 1)
        if before in _DECLARATIONS:
            return False
        return after in _ASSIGNMENTS or after in ("++", "--") or before in ("++", "--")

    def _iterated(self) -> int | None:
        """Return the last name of the likeliest expression after the position that is iterated over."""
        uses: list[int] = []
        for index in self._own_tokens(self.at):
            if uses and self._marks_position(index):
                break
            if self._begins_iterable(index):
                uses.append(self._last_of_chain(index + 1))
        return self._likeliest(uses) if uses else None

    def _begins_iterable(self, index: int) -> bool:
        """Tell whether what follows is iterated over: `of x`, `...x`, `yield* x`, `[a] = x`."""
        script, text = self.script, self.script.text(index)
        if text == "of":
            return script.kind(index - 1) == "name" or script.text(index - 1) in ("]", "}")
        if text == "...":
            opener = script.parent[index]
            spread = script.text(opener) == "(" or script.text(opener) == "["
            return spread and not self._is_pattern(opener)
        if text == "*":
            return script.text(index - 1) == "yield"
        return text == "=" and script.text(index - 1) == "]" and self._is_pattern(script.partner[index - 1])

    def _last_of_chain(self, index: int) -> int:
        """Return `c` for an expression that begins `a.b.c`."""
        script = self.script
        while script.text(index + 1) in _MEMBER and script.kind(index + 2) == "name":
            index += 2
        return min(index, len(script.tokens) - 1)

    def _is_pattern(self, opener: int) -> bool:
        """Tell whether a bracket begins a destructuring pattern or a parameter list, or is inside of one."""
        script = self.script
        for _ in range(_MAX_NESTING):
            if opener < 0 or script.partner[opener] < 0:
                return False
            after = script.text(script.partner[opener] + 1)
            if script.text(opener) == "(":
                return after == "=>" or (after == "{" and not script.ends_operand(script.partner[opener] + 1))
            if script.text(opener - 1) in ("let", "const", "var"):
                return True
            if after == "=" and not script.ends_operand(opener - 1):
                return True
            if script.text(opener - 1) not in (":", ",", "[", "(", "{"):
                return False
            opener = script.parent[opener]
        return False

    def _pattern(self) -> int | None:
        """Return the first name taken apart by the first object pattern after the position, innermost first."""
        script = self.script
        for index in self._own_tokens(self.at):
            if script.text(index) == "{" and self._is_pattern(index):
                return self._first_name(index)
        return None

    def _first_name(self, opener: int) -> int:
        """Return the first name in the innermost object pattern that a pattern begins with."""
        script = self.script
        while script.kind(opener + 1) == "name" and script.text(opener + 2) == ":" and script.text(opener + 3) == "{":
            opener += 3
        return opener + 2 if script.text(opener + 1) == "..." else opener + 1

    def _called(self) -> int | None:
        """Return the callee at or around the position that is not surely a function."""
        known = {function.name for function in self.script.functions if function.name}
        first: int | None = None
        for callee in self._callees():
            first = callee if first is None else first
            if self.script.text(callee - 1) in _MEMBER or self.script.text(callee) not in known:
                return callee
        return first

    def _callee(self, native: str | None) -> int | None:
        """Return the callee at or around the position: the one with this name, else the innermost."""
        first: int | None = None
        for callee in self._callees():
            first = callee if first is None else first
            if native is None or self.script.text(callee) == native:
                return callee
        return first

    def _callees(self) -> Iterator[int]:
        """Yield the names of the calls at and around the position, inside out."""
        script = self.script
        if self.at >= len(script.tokens):
            return
        if script.kind(self.at) == "name" and self._is_callee(self.at):
            yield self.at
        opener = script.parent[self.at]
        while opener > 0:
            own = script.owner[opener] == self.owner
            if own and self._reads_computed(opener) and script.text(script.partner[opener] + 1) == "(":
                yield opener
            elif own and script.text(opener) == "(" and self._calls(opener):
                yield opener - 2 if script.text(opener - 1) == "?." else opener - 1
            opener = script.parent[opener]

    def _is_callee(self, index: int) -> bool:
        script = self.script
        after = index + 2 if script.text(index + 1) == "?." else index + 1
        return script.text(after) == "(" or script.kind(after) == "template" or self._constructs(index)

    def _chain_start(self, index: int) -> int:
        """Return `a` for the last name of `a.b.c`."""
        script = self.script
        while script.text(index - 1) in _MEMBER and script.kind(index - 2) == "name":
            index -= 2
        return index

    def _constructs(self, callee: int) -> bool:
        """Tell whether a callee is called with `new`."""
        return self.script.text(self._chain_start(callee) - 1) == "new"

    def _statement_of(self, callee: int | None) -> int | None:
        """Return the `new` in front of a callee where there is one, else the callee."""
        if callee is None:
            return None
        return self._chain_start(callee) - 1 if self._constructs(callee) else callee

    def _thrown_expression(self) -> tuple[int, int] | None:
        """Return the `throw` and the last token of the call that makes the error it throws, around the position."""
        script = self.script
        for callee in self._callees():
            start = self._chain_start(callee)
            start -= self._constructs(callee)
            if script.text(start - 1) == "throw":
                last = script.partner[callee + 1] if callee + 1 < len(script.tokens) else -1
                return start - 1, max(last, callee)
        return None
