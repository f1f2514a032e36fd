"""The nouns' types by name, resolved when the schema is built: nouns refer to each other in circles."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from api.schema.comments import Comment as Comment
    from api.schema.feed import FeedConnection as FeedConnection
    from api.schema.ideas import Idea as Idea
    from api.schema.people import Person as Person
    from api.schema.screens import Screen as Screen
    from api.schema.themes import Theme as Theme
    from api.schema.units import Unit as Unit
    from api.schema.wins import Win as Win
else:
    Comment = Annotated["Comment", strawberry.lazy("api.schema.comments")]
    FeedConnection = Annotated["FeedConnection", strawberry.lazy("api.schema.feed")]
    Idea = Annotated["Idea", strawberry.lazy("api.schema.ideas")]
    Person = Annotated["Person", strawberry.lazy("api.schema.people")]
    Screen = Annotated["Screen", strawberry.lazy("api.schema.screens")]
    Theme = Annotated["Theme", strawberry.lazy("api.schema.themes")]
    Unit = Annotated["Unit", strawberry.lazy("api.schema.units")]
    Win = Annotated["Win", strawberry.lazy("api.schema.wins")]
