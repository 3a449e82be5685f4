"""Bodies of requests: JSON objects whose keys are written in snake_case or camelCase, and no others."""

from __future__ import annotations

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    """What every body is made of; the values of a task are never renamed."""

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=AliasGenerator(validation_alias=lambda name: AliasChoices(name, to_camel(name))),
        # 1e400 is no number of JSON, and a task could not be given it.
        allow_inf_nan=False,
    )
