"""Domain errors: what a caller can put right, and what they cannot."""

from collections.abc import Mapping, Sequence

from db.terms import RefusalCode, UserErrorCode


class UserMistake(Exception):
    """Something in the input that the caller can put right; becomes an entry of `userErrors`.

    `path` names the input field, outermost first, without the word `input`.
    """

    def __init__(self, code: UserErrorCode, message: str, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = tuple(path)


class Refused(Exception):
    """Something that no change of the input puts right; becomes a GraphQL error with `extensions.code`."""

    def __init__(self, code: RefusalCode, message: str, extensions: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions = dict(extensions or {})


class Misconfigured(Exception):
    """A setting or the installation is wrong; the message says what to do, and is all that is printed."""


def not_found(what: str, *path: str) -> UserMistake:
    """The same words whether it never existed, belongs to others or may not be seen."""
    return UserMistake(UserErrorCode.NOT_FOUND, f"There is no such {what}.", path)


def forbidden(what: str) -> Refused:
    return Refused(RefusalCode.FORBIDDEN, f"You may not {what}.")
