"""Every error a person or a program can meet, each with a stable code.

A code is the contract: the phone, a script and a test decide on it, never on
the sentence beside it. `status` is the HTTP status a page or API answers with.
"""

from __future__ import annotations

from typing import Any, ClassVar


class KitError(Exception):
    """Say what is wrong, where, and what was expected, in one line."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, place: str | None = None, **detail: Any) -> None:
        self.message = message
        self.place = place
        self.detail = detail
        super().__init__(f"{place}: {message}" if place else message)

    def as_dict(self) -> dict[str, Any]:
        """Give the one shape in which an error leaves the program."""
        shape: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.place:
            shape["place"] = self.place
        if self.detail:
            shape["detail"] = self.detail
        return shape


class FormsInvalid(KitError):
    """A file under forms/ (or a mission's own) says something the loader can't accept."""

    code = "forms_invalid"


class ExpressionInvalid(FormsInvalid):
    """A relevant or constraint is outside the declared subset, or names what is not there."""

    code = "expression_invalid"


class MissionInvalid(FormsInvalid):
    """A mission folder is incomplete or a row of it can't be read."""

    code = "mission_invalid"


class NotFound(KitError):
    """The thing asked for does not exist, or not in this mission."""

    code = "not_found"
    status = 404


class MissionUnknown(NotFound):
    """No mission has this code."""

    code = "mission_unknown"


class ChecklistUnknown(NotFound):
    """No checklist has this name, or this version was never published here."""

    code = "checklist_unknown"


class EnvelopeMalformed(KitError):
    """The envelope itself can't be read: not the answers in it, the wrapping."""

    code = "malformed"


class EnvelopeConflict(KitError):
    """Another envelope with this id but other bytes is already stored."""

    code = "conflict"
    status = 409


class TooLarge(KitError):
    """The request is larger than the server takes in one piece."""

    code = "too_large"
    status = 413


class DeviceUnknown(KitError):
    """The device token is missing, unknown or withdrawn."""

    code = "device_unknown"
    status = 401


class SignInFailed(KitError):
    """Name and password do not belong together."""

    code = "sign_in_failed"
    status = 401


class TooManyAttempts(KitError):
    """Too many attempts from here; wait and try again."""

    code = "too_many_attempts"
    status = 429


class Forbidden(KitError):
    """This person's role does not reach this page."""

    code = "forbidden"
    status = 403


class Conflict(KitError):
    """The act does not fit the present state."""

    code = "state_conflict"
    status = 409


class StorageFault(KitError):
    """The database or a file of the data folder is not as it was left."""

    code = "storage_fault"
    status = 500


class SetupIncomplete(KitError):
    """Something the program needs is not installed or not configured."""

    code = "setup_incomplete"
    status = 500


class PasswordTooShort(KitError):
    """The password is shorter than the least that is accepted."""

    code = "password_too_short"


class PublicKeyInvalid(KitError):
    """What was offered as a public key is no point of P-256."""

    code = "public_key_invalid"


class CodeInvalid(KitError):
    """The enrolment code is unknown, used or too old."""

    code = "code_invalid"
    status = 403


class NameTaken(KitError):
    """Someone already has this name."""

    code = "name_taken"
    status = 409


class AudienceMissing(SetupIncomplete):
    """A view names no audience, or one that does not exist: the application does not start."""

    code = "audience_missing"


class MissionMismatch(EnvelopeMalformed):
    """The envelope belongs to another mission than the device that sends it."""

    code = "mission_mismatch"


class OutputUnwritable(KitError):
    """A file can't be written where it was asked for."""

    code = "not_writable"
    status = 500


class AddressUnavailable(SetupIncomplete):
    """The server can't listen where it was told to."""

    code = "address_unavailable"


class SignatureNotOfDevice(EnvelopeMalformed):
    """The envelope is handed in by another device and not signed by the one that it names."""

    code = "signature_not_of_device"


class ReadinessMalformed(KitError):
    """What a phone says of its own readiness is not of the agreed shape."""

    code = "readiness_malformed"


class AddressInvalid(KitError):
    """What was given as the server's address can't lead a phone here."""

    code = "address_invalid"


class NotOpened(KitError):
    """What came sealed can't be opened; `why` in its detail: key_unknown, altered or not_json."""

    code = "not_opened"


class AttachmentMalformed(KitError):
    """What is said of a photo before it is sent (hash, size, ids, place of a piece) can't be read."""

    code = "attachment_malformed"


class AttachmentAltered(KitError):
    """All pieces of a photo came, and together they are not the bytes that were announced: begin again."""

    code = "attachment_altered"
    status = 422


class NotAPicture(KitError):
    """The bytes are no JPEG picture that can be read, whatever they are called."""

    code = "not_a_picture"
    status = 415


class UploadUnknown(NotFound):
    """A piece of a photo that was not announced, or was announced too long ago: announce it again."""

    code = "upload_unknown"


class TooManyUploads(KitError):
    """This phone has more photos half sent than the server keeps: finish one of them first."""

    code = "too_many_uploads"
    status = 429


class AttachmentsFull(KitError):
    """This phone has sent as many bytes of photos as the server takes from one."""

    code = "attachments_full"
    status = 413


class CodeForeign(KitError):
    """A code was read that is not of Observer Kit."""

    code = "code_foreign"


class CodeDamaged(KitError):
    """A code of Observer Kit, or a set of them, is not whole."""

    code = "code_damaged"


class CodesMissing(KitError):
    """Of the codes of one report some were not read."""

    code = "codes_missing"


class UnpacksTooLarge(KitError):
    """What was packed small claims, or turns out, to be larger than anything that is taken."""

    code = "unpacks_too_large"
    status = 413


class BundleUnreadable(KitError):
    """A file of handed-over reports, or a line of it, is damaged, cut off or altered."""

    code = "bundle_unreadable"


class BundleIncomplete(KitError):
    """A file of handed-over reports lacks something that it lists."""

    code = "bundle_incomplete"


class BundleKeyUnknown(KitError):
    """A file of handed-over reports was sealed to another key than this mission's."""

    code = "bundle_key_unknown"


class AuthorityExpired(SetupIncomplete):
    """The laptop's certificate authority has come to its end, or nearly."""

    code = "authority_expired"


class NoLanAddress(SetupIncomplete):
    """This machine has no address in a local network that phones could reach."""

    code = "lan_address_missing"


class HubInvalid(KitError):
    """A hub's file can't be read, or does not belong here."""

    code = "hub_invalid"


class HubEnrolsNobody(Conflict):
    """A hub takes reports in; phones are enrolled at the mission's own server."""

    code = "hub_enrols_nobody"
