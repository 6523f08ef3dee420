"""Photos as the desk sees them: each by its hash, and apart those that no report names yet."""

from __future__ import annotations

from typing import Final

from flask import Response, render_template, request

from observer_kit.collection.attachments import read_hash
from observer_kit.collection.pictures import MEDIA
from observer_kit.errors import AttachmentMalformed, Conflict, NotAPicture, NotFound, NotOpened
from observer_kit.storage import attachments, devices
from observer_kit.web.access import READERS, audience, config, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.desk import bp
from observer_kit.web.speech import tell

ALONE: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""A picture, opened by itself, may do nothing at all."""


@bp.get("/photos")
@audience(*READERS)
def photos(mission: str) -> str:
    """List the photos that no report names yet."""
    with store().reading() as tx:
        found = attachments.unnamed(tx, mission)
        known = devices.some(tx, {each.device for each in found})
    return render_template("desk/photos.html", mission=this_mission(), photos=found, devices=known)


@bp.get("/photos/<sha256>")
@audience(*READERS)
def photo(mission: str, sha256: str) -> Response:
    """Give a photo, opened where it came sealed: a JPEG that was decoded before it was kept, and nothing else."""
    try:
        name = read_hash(sha256)
    except AttachmentMalformed:
        raise NotFound(tell("desk.photo_not_come")) from None
    with store().reading() as tx:
        found = attachments.find(tx, mission, name)
    if found is None:
        raise NotFound(tell("desk.photo_not_come"))
    try:
        content = attachments.picture(config(), found)
    except (NotOpened, NotAPicture):
        raise Conflict(tell("desk.photo_not_opened")) from None
    response = Response(content, mimetype=MEDIA)
    kind = "attachment" if request.args.get("save") else "inline"
    response.headers["Content-Disposition"] = f'{kind}; filename="{name[:12]}.jpg"'
    response.headers["Content-Security-Policy"] = ALONE
    return response
