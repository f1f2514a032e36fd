"""docker/compose.yaml as the tests read it: the services with the variables of an .env put in."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DOCKER = Path(__file__).resolve().parents[2] / "docker"
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")
UNITS = {"s": 1, "m": 60, "h": 3600}

Service = Mapping[str, Any]


class NotSetError(Exception):
    """A variable that compose.yaml requires; the message is compose.yaml's."""


def compose_file() -> dict[str, Any]:
    """As it is written, with its anchors followed."""
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(DOCKER / "compose.yaml")
    return read


def services(variables: Mapping[str, str]) -> dict[str, Service]:
    """As compose would start them. Raises NotSetError."""
    found: dict[str, Service] = filled(compose_file()["services"], variables)
    return found


def filled(value: Any, variables: Mapping[str, str]) -> Any:
    match value:
        case str():
            return VARIABLE.sub(lambda found: variable(found, variables), value)
        case dict():
            return {name: filled(each, variables) for name, each in value.items()}
        case list():
            return [filled(each, variables) for each in value]
        case _:
            return value


def variable(found: re.Match[str], variables: Mapping[str, str]) -> str:
    name, how, words = found.groups()
    value = variables.get(name) or (words if how == ":-" else "")
    if not value and how != ":-":
        raise NotSetError(words or f"{name} is not set")
    return value


def seconds(duration: str) -> int:
    """Of `30s`, `1m`."""
    return int(duration[:-1]) * UNITS[duration[-1]]
