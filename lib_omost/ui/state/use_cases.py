"""What the handlers of a page share: the studio, the store of conversations, and the running jobs."""

from __future__ import annotations

import logging

from lib_omost.errors import OmostError
from lib_omost.studio import Studio

from .branches import Branches
from .filmstrip import Filmstrip
from .gallery import Gallery
from .interruptions import Interruptions
from .jobs import Jobs
from .keeping import Keeper
from .late_edits import LateEdits
from .limits import Admission
from .page_state import PageState
from .repainting import Repainting
from .users import login_of
from .waiting import WaitingLine

logger = logging.getLogger(__name__)


class UseCases:
    """Base class of the handlers. `keeper` stores the changes of handlers decorated with `kept`; `admission` limits
    their jobs."""

    def __init__(
        self, studio: Studio, gallery: Gallery, keeper: Keeper | None = None, admission: Admission | None = None
    ) -> None:
        self.studio = studio
        self.gallery = gallery
        self.keeper = keeper or Keeper(None, gallery)
        self.jobs = Jobs(admission)
        self.branches = Branches(self.keeper, self.jobs)
        self.repainting = Repainting(studio, gallery, self.jobs)
        self.filmstrip = Filmstrip(gallery, self.jobs)
        self.waiting = WaitingLine()
        self.interruptions = Interruptions()
        self.late_edits = LateEdits()
        followers = (self.branches, self.repainting, self.filmstrip, self.waiting)
        self.keeper.followers += [follower.follow for follower in followers]
        self.page_state = PageState(studio)

    def pictures(self, page: str) -> Gallery:
        """The pictures of the login that has opened `page`."""
        return self.gallery.of(login_of(page))

    def busy(self, page: str) -> str | None:
        """Why a page cannot start anything else now; None if it can."""
        match self.jobs.current(page):
            case "chat":
                return "The layout model is writing: wait until it has finished, or stop it."
            case "render":
                return "A picture is being rendered: wait until it has finished, or stop it."
        return None


def sentence(error: Exception, what: str) -> str:
    """The sentence for the user; the traceback of a bug is logged."""
    if isinstance(error, OmostError):
        return str(error)
    logger.error("%s", what, exc_info=error)
    return f"{what} because of a bug in the program ({type(error).__name__}: {error}). Its log says more."
