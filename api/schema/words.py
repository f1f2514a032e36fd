"""The field's own words: every enumeration of the schema, each of its values described.

Other files import them from here: a word must be described before a field uses it.
"""

from api.schema.declared import describe
from db.terms import (
    CommentAction,
    CommentKind,
    FeedEventType,
    FeedResetReason,
    IdeaAction,
    IdeaOrder,
    IdeaStatus,
    Role,
    ThemeAction,
    ThemeStatus,
    UserErrorCode,
    Value,
    WinAction,
)

__all__ = [
    "CommentAction",
    "CommentKind",
    "FeedEventType",
    "FeedResetReason",
    "IdeaAction",
    "IdeaOrder",
    "IdeaStatus",
    "Role",
    "ThemeAction",
    "ThemeStatus",
    "UserErrorCode",
    "Value",
    "WinAction",
]

describe(
    Value,
    "What gets better: patients and safety first, money never first.",
    PATIENT_SAFETY="Fewer patients come to harm.",
    CLINICAL_QUALITY="Care works better.",
    PATIENT_EXPERIENCE="Care is kinder, clearer or easier to go through.",
    STAFF_WELLBEING="Work is safer, healthier or less of a burden.",
    TIMELINESS="People wait less, and get access sooner.",
    EQUITY="Everybody gets what they need, whoever they are.",
    ENVIRONMENT="Less waste and less harm to the climate.",
    TIME_RELEASED="Time is given back to care.",
    MONEY="Money is saved, to be used better.",
)
describe(
    Role,
    "What somebody may do beyond what every member may.",
    CONTRIBUTOR="Shares ideas, supports, comments and follows, as every member may.",
    THEME_LEAD="Creates themes, and leads the ones they own.",
    UNIT_LEAD="Answers the ideas of a unit and of those below it. Follows from `Unit.leads`; never given directly.",
    COACH="Helps anywhere: answers ideas and changes their status.",
    MODERATOR="Removes comments that should not stand.",
    EXECUTIVE="Reads everything; takes part only with another role besides.",
    ADMIN="Looks after people, units and settings, and may do everything.",
)
describe(
    ThemeStatus,
    "Where a theme stands.",
    DRAFT="Being prepared: only its owner, who made it and administrators see it.",
    OPEN="Takes ideas and wins.",
    CLOSED="Takes no more ideas; wins may still be shared. It can be opened again.",
)
describe(
    ThemeAction,
    "What can be done with a theme.",
    EDIT="Change it: editTheme.",
    OPEN="Open it, or open it again: openTheme.",
    CLOSE="Close it: closeTheme.",
    SUBMIT="Share an idea under it: submitIdea.",
    SHARE_WIN="Share a win under it: shareWin.",
)
describe(
    IdeaStatus,
    "Where an idea stands. No status leads back to OPEN.",
    OPEN="Shared; nobody has taken it up yet.",
    UNDER_REVIEW="Somebody is looking into it.",
    PLANNED="It is to be tried.",
    TESTING="It is being tried.",
    IMPLEMENTED="It is how things are done now.",
    SUSTAINED="It has stayed that way.",
    DEFERRED="Not now; the reason is said.",
    DECLINED="Not to be done; the reason is said.",
    WITHDRAWN="Taken back by its author, or with the import that brought it; only its author sees it.",
)
describe(
    IdeaAction,
    "What can be done with an idea.",
    EDIT="Change its words, values or anonymity: editIdea.",
    WITHDRAW="Take it back: withdrawIdea.",
    CHANGE_STATUS="Move it to one of `viewerCanMoveTo`: changeIdeaStatus.",
    ASSIGN_TO_THEME="Put it under a theme, or out of its theme: assignIdeaToTheme.",
    COMMENT="Comment on it: addComment.",
    SUPPORT="Support it, or no longer: supportIdea, unsupportIdea.",
    FOLLOW="Follow it, or no longer: followIdea, unfollowIdea.",
    SHARE_WIN="Share the win that came of it: shareWin.",
)
describe(
    IdeaOrder,
    "In which order ideas are listed.",
    NEWEST="The latest shared first.",
    OLDEST="The earliest shared first.",
    MOST_SUPPORTED="The one with the most support first.",
    MOST_DISCUSSED="The one with the most comments first.",
    RECENTLY_ACTIVE="The one with the latest change, comment or support first.",
    LONGEST_WAITING="Those that await a response first, the longest waiting at the top.",
)
describe(
    CommentKind,
    "What a comment is; the server decides.",
    COMMENT="Something said about the idea.",
    RESPONSE="The first answer by somebody who may change the idea's status.",
    STATUS_REASON="Why the idea's status changed.",
)
describe(
    CommentAction,
    "What can be done with a comment.",
    EDIT="Change its words: editComment.",
    REMOVE="Remove it: removeComment.",
)
describe(WinAction, "What can be done with a win.", EDIT="Change it: editWin.")
describe(
    FeedEventType,
    "What can happen: each is the type of the same name.",
    IDEA_SUBMITTED="An idea was shared: IdeaSubmitted.",
    IDEA_EDITED="An idea was edited or put under another theme: IdeaEdited.",
    IDEA_STATUS_CHANGED="An idea's status changed: IdeaStatusChanged.",
    IDEA_SUPPORTED="The support of an idea changed: IdeaSupported.",
    IDEAS_IMPORTED="Many ideas came at once: IdeasImported.",
    COMMENT_ADDED="A comment was made: CommentAdded.",
    COMMENT_EDITED="A comment was edited: CommentEdited.",
    WIN_SHARED="A win was shared: WinShared.",
    WIN_EDITED="A win was edited: WinEdited.",
    THEME_EDITED="A theme was edited: ThemeEdited.",
    THEME_OPENED="A theme opened: ThemeOpened.",
    THEME_CLOSED="A theme closed: ThemeClosed.",
    CONTENT_RETRACTED="Something must leave every screen: ContentRetracted.",
)
describe(
    FeedResetReason,
    "Why a feed lost its continuity.",
    CURSOR_EXPIRED="What came after the cursor is no longer kept, or the cursor is of another organisation.",
    LOG_REPLACED="The database was restored: the cursor belongs to a log that is gone.",
    ACCESS_CHANGED="What the person who asks may see has changed.",
)
describe(
    UserErrorCode,
    "What is wrong with the input, for a program; the message says it to a person.",
    REQUIRED="Something that must be there is missing or empty.",
    TOO_LONG="A text is longer, or a list has more items, than is kept.",
    INVALID="The value cannot be used: a wrong form, or an id of another type.",
    NOT_FOUND="There is no such thing, or it may not be seen: the two look the same.",
    NOT_ALLOWED_NOW="It may be done in principle, but not in the state things are in now.",
    REASON_REQUIRED="An idea is deferred or declined only with a reason.",
    THEME_CLOSED="The theme takes no ideas now: it is a draft, closed, or outside its dates.",
    STALE_VERSION="Somebody changed it since: read it again, then decide.",
    IDEMPOTENCY_CONFLICT="The same idempotency key was used before with another input.",
    ALREADY_TAKEN="Somebody else has it already, as with an e-mail address.",
    GONE="It was there and has been withdrawn or has run out.",
    LIMIT_REACHED="There are as many as there may be.",
    BAD_CREDENTIALS="The e-mail address, password or token is not right; which one is not said.",
    PAIRING_PENDING="Nobody has approved the pairing yet: ask again in a while.",
)
