"""Check values against JSON Schemas; the only user of the schema packages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ratchet.errors import InvalidTask
from ratchet.task.defaults import fill_schema_defaults, holds_defaults
from ratchet.task.dialect import DEFAULT_DIALECT, DIALECTS, dialect_of, validator_class
from ratchet.task.explain import explain
from ratchet.task.pointer import pointer_of
from ratchet.task.references import TaskRetriever, check_references, uri_of
from ratchet.task.subschemas import walk_schemas
from ratchet.task.surrogates import replace_surrogates
from ratchet.task.text import error_from, printable
from ratchet.values import Json, Problem

if TYPE_CHECKING:
    from jsonschema_rs import FancyRegexOptions, RegexOptions, ValidationError, Validator

MOST_PROBLEMS = 100
_FULLY_EXPLAINED_PARTS = 20_000
"""The checker makes an object of about a kilobyte for every violation at once; of larger values it names the first."""

_BACKTRACKED_CHARACTERS = 100_000_000
"""How many characters a pattern with lookaround may go over: a step back may read the whole string again."""
_MOST_BACKTRACKS = 1_000_000
_NO_FILES: Mapping[str, bytes] = {}


class Schema:
    """A JSON Schema that is ready to check values.

    Args:
        value: The schema itself.
        dialect: The address of its dialect.
        linear: Whether every pattern is matched in linear time.
    """

    def __init__(self, value: Json, dialect: str, files: Mapping[str, bytes], base: str) -> None:
        self.value = value
        self.dialect = dialect
        self.has_defaults = holds_defaults(value)
        self._files = files
        self._base = base
        self._bounded: dict[int, Validator] = {}
        self._linear = self._compile_linear()

    @property
    def linear(self) -> bool:
        """Tell whether every pattern is matched in linear time."""
        return self._linear is not None

    def validator(self, value: Json) -> Validator:
        """Return the compiled validator for a value; one with lookaround gets fewer steps the longer the strings."""
        if self._linear is not None:
            return self._linear
        # A power of two, so that few are ever compiled.
        size = 1 << _longest_string(value).bit_length()
        return self._compile_bounded(max(1, min(_MOST_BACKTRACKS, _BACKTRACKED_CHARACTERS // size)))

    def _compile_linear(self) -> Validator | None:
        import jsonschema_rs

        try:
            return self._compile(jsonschema_rs.RegexOptions())
        except jsonschema_rs.ValidationError:
            # Lookaround and backreferences need the other engine; anything else fails there again.
            self._compile_bounded(_MOST_BACKTRACKS)
            return None

    def _compile_bounded(self, backtracks: int) -> Validator:
        import jsonschema_rs

        if backtracks not in self._bounded:
            options = jsonschema_rs.FancyRegexOptions(backtrack_limit=backtracks)
            self._bounded[backtracks] = self._compile(options)
        return self._bounded[backtracks]

    def _compile(self, pattern_options: FancyRegexOptions | RegexOptions) -> Validator:
        make = validator_class(self.dialect)
        return make(
            self.value,
            validate_formats=True,
            retriever=TaskRetriever(self._files),
            base_uri=uri_of(self._base),
            mask="value",
            pattern_options=pattern_options,
        )


def compile_schema(schema: Json, *, files: Mapping[str, bytes] = _NO_FILES, base: str = "schema.json") -> Schema:
    """Return a schema ready to check values.

    Args:
        files: The files that it may refer to, by path relative to the task.
        base: The file that it stands in, relative to the task.

    Raises:
        InvalidTask: With every problem of the schema, each with its JSON Pointer.
    """
    compiled = _try_compile(schema, files, base)
    if isinstance(compiled, Schema):
        return compiled
    raise error_from(compiled, InvalidTask, subject="The schema")


def check_schema(schema: Json, *, files: Mapping[str, bytes] = _NO_FILES, base: str = "schema.json") -> list[Problem]:
    """Return every problem of a schema: against its dialect, with its patterns, with its references."""
    compiled = _try_compile(schema, files, base)
    return [] if isinstance(compiled, Schema) else compiled


def check_value(schema: Schema, value: Json) -> list[Problem]:
    """Return every violation of a schema with its JSON Pointer, none when the value fits.

    Of a very large value only the first violation is returned.
    """
    validator = schema.validator(value)
    try:
        fits = validator.is_valid(value)
    except UnicodeEncodeError:
        fits = False
    if fits:
        return []
    # The checker works on UTF-8, which has no lone surrogates.
    value = replace_surrogates(value)
    if validator.is_valid(value):
        return []
    try:
        errors = _violations(validator, value)
    except ValueError:
        # It can check any depth, but its errors hold the value and stop at 255 levels.
        return [Problem("The value does not fit its schema, and is nested too deep to say where", pointer="")]
    problems: list[Problem] = []
    for error in errors:
        problems.extend(problem for problem in explain(error, schema.value, value) if problem not in problems)
        if len(problems) >= MOST_PROBLEMS:
            break
    return problems[:MOST_PROBLEMS]


def fill_defaults(schema: Schema, value: Json) -> Json:
    """Return the value with the defaults of the schema filled in.

    The argument is never changed; without any default in the schema it is returned itself.
    """
    return fill_schema_defaults(schema.value, value) if schema.has_defaults else value


def _try_compile(schema: Json, files: Mapping[str, bytes], base: str) -> Schema | list[Problem]:
    import jsonschema_rs

    if not isinstance(schema, dict | bool):
        return [Problem("A JSON Schema is an object, `true` or `false`", pointer="")]
    dialect = dialect_of(schema)
    if dialect is None:
        hint = "Write one of " + ", ".join(f"`{known}`" for known in DIALECTS)
        named = schema["$schema"] if isinstance(schema, dict) else schema
        message = f"`{printable(str(named))}` is not a dialect of JSON Schema that Ratchet knows"
        return [Problem(message, pointer="/$schema", hint=hint)]
    try:
        return Schema(schema, dialect, files, base)
    except jsonschema_rs.ValidationError as error:
        reason = printable(error.message, 500)
        pointer = pointer_of(error.instance_path)
    except ValueError:
        cleaned = replace_surrogates(schema)
        if cleaned != schema:
            return _try_compile(cleaned, files, base)
        return [Problem("The schema is nested too deep", pointer="", hint="Move parts of it to `$defs`")]
    problems = _diagnose(schema, dialect, files, base)
    return problems or [Problem(f"The schema cannot be used: {reason}", pointer=pointer)]


def _diagnose(schema: Json, dialect: str, files: Mapping[str, bytes], base: str) -> list[Problem]:
    """Return every reason why a schema does not compile."""
    problems = _check_against_dialect(schema, dialect)
    problems.extend(_check_patterns(schema))
    problems.extend(check_references(schema, files, base))
    return problems[:MOST_PROBLEMS]


def _check_against_dialect(schema: Json, dialect: str) -> list[Problem]:
    # Draft 4 to 7 ignore what stands beside a `$ref`, so each dialect's own class has to be told nothing but that.
    metaschema = validator_class(dialect)({"$ref": dialect}, validate_formats=False, mask="value")
    problems: list[Problem] = []
    for error in metaschema.iter_errors(schema):
        problems.extend(problem for problem in explain(error, True, schema) if problem not in problems)
    return problems


def _check_patterns(schema: Json) -> list[Problem]:
    problems: list[Problem] = []
    for path, part in walk_schemas(schema):
        by_name = part.get("patternProperties")
        patterns = [((*path, "pattern"), part.get("pattern"))]
        if isinstance(by_name, dict):
            patterns.extend(((*path, "patternProperties", name), name) for name in by_name)
        for where, pattern in patterns:
            if isinstance(pattern, str) and not _is_pattern(pattern):
                message = f"The pattern `{printable(pattern)}` is not a regular expression that can be used"
                problems.append(Problem(message, pointer=pointer_of(where)))
        if len(problems) >= MOST_PROBLEMS:
            break
    return problems


def _is_pattern(pattern: str) -> bool:
    import jsonschema_rs

    try:
        validator_class(DEFAULT_DIALECT)(
            {"pattern": pattern}, pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_MOST_BACKTRACKS)
        )
    except ValueError:
        return False
    return True


def _violations(validator: Validator, value: Json) -> list[ValidationError]:
    import jsonschema_rs

    if not _has_more_parts(value, _FULLY_EXPLAINED_PARTS):
        return list(validator.iter_errors(value))
    try:
        validator.validate(value)
    except jsonschema_rs.ValidationError as error:
        return [error]
    return []


def _has_more_parts(value: Json, most: int) -> bool:
    waiting, count = [value], 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict | list):
            count += len(part)
            if count > most:
                return True
            waiting.extend(part.values() if isinstance(part, dict) else part)
    return False


def _longest_string(value: Json) -> int:
    waiting, longest = [value], 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            longest = max(longest, len(part))
        elif isinstance(part, dict):
            longest = max(longest, max(map(len, part), default=0))
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return longest
