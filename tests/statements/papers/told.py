"""Papers to be set: each small and whole, and the fullest of what a day can bring."""

from observer_kit.statements.papers import briefing, calls, deployment, enrolment, incidents, submission
from tests.pictures import jpeg

HASH, LOST = "a" * 64, "b" * 64
MANY = "Облыстық аумақтық сайлау комиссиясының өте ұзақ атауы "


def full_briefing(n: int, many: str = MANY) -> briefing.Briefing:
    """Give a briefing in which every list has n lines, each as long as names can be."""
    stages = tuple(
        briefing.StageLine(many * 3, many, 12345, 234, 12000, 12345, 9999, 888, 777, 66, False) for _ in range(7)
    )
    return briefing.Briefing(
        mission=many * 6, organisation="OSCE/ODIHR", at="2026-11-23, 18:40 (Asia/Almaty)", since="16:00",
        stages=stages,
        regions=tuple(briefing.RegionLine(f"{many}{i}", (1234,) * 7, i) for i in range(n)),
        teams=tuple((f"state {i}", tuple(f"TEAM-{j:04}" for j in range(n * 10))) for i in range(3)),
        states=("new", "in hand", "passed on"),
        counts=tuple(briefing.IncidentCount(f"severity {i}", (123, 45, 6)) for i in range(4)),
        incidents=tuple(
            briefing.IncidentLine("18:31", "new", "critical", f"{many * 4}{i}", many * 2, many) for i in range(n)
        ),
        open=500, closed=71,
        shares=tuple(
            briefing.ShareLine(many, many * 5, many, "10 %", 162, 1622, 11, 22, 33, 4, 55, False) for _ in range(n)
        ),
        protocols=367, failing=139, incomplete=300,
        protocol_lines=tuple(briefing.ProtocolLine(many * 2, 3, many * 4) for _ in range(n)),
        changes=tuple(many * 8 for _ in range(n)), unknown=("the last thing not known", *(many * 8,) * n),
        sample=many * 6, notice="Reconstruction; not issued by anybody",
    )  # fmt: skip


EMPTY = briefing.Briefing(
    mission="M", organisation="O", at="09:00", since="07:00", stages=(), regions=(), teams=(), states=(), counts=(),
    incidents=(), open=0, closed=0, shares=(), protocols=0, failing=0, incomplete=0, protocol_lines=(), changes=(),
    unknown=("What still lies in phones",),
)  # fmt: skip


def digest(n: int, detail: str = "Не пустили на участок.") -> incidents.Digest:
    """Give a digest of n incidents in one group."""
    step = incidents.Step("in hand", "Rang the team.", "10:00", "coordinator")
    cases = tuple(
        incidents.Case(f"{i:08}", "Expulsion", detail, "09:30", "Station 1", "Region", "T01", ("seen",), (step,))
        for i in range(n)
    )
    return incidents.Digest(
        "Mission", "Organisation", "10:00", "region A", ("critical", "not stated"), (("new", (n, 0)),),
        (incidents.Group("new", "critical", cases),), n,
    )  # fmt: skip


def one_submission(comment: str = "crowded", name: str = "Station 1") -> submission.Told:
    """Give a submission with an answer of every state, a photo that came and one that is lost."""
    line = submission.Line
    note = submission.Remark("Note:", "heard otherwise", "coordinator")
    return submission.Told(
        mission="Mission", organisation="Organisation", title=f"Voting: {name}", sub="T01", standing="Counted",
        facts=(("Team", "T01"),), counts=(("answered", 1), ("missing", 1)),
        parts=(submission.Part("Conduct", (
            line("Sealed?", "answered", "No", breach="breach, serious", comment=comment, remarks=(note,)),
            line("Seen?", "not_observed", "Could not be observed"), line("Women", "missing", "No answer"),
            line("Photo", "answered", "Photo 1"),
        )),),
        loose=(submission.Remark("Finding:", "clock off"),),
        photos=(submission.Photo(HASH, "Photo", 1), submission.Photo(LOST, "Photo", 2, "The photo is lost.")),
        reviews=(), history=(submission.Remark("12345678 (this report)", "corrects 87654321"),), visit=(),
        proofs=(("SHA-256", "f" * 64),), pictures={HASH: submission.sized_down(jpeg(400, 300))},
    )  # fmt: skip


def plan(teams: int) -> deployment.Deployment:
    """Give a plan of so many teams."""
    stop = deployment.Stop("128 · School", "urban", "07:00–20:00", (deployment.Task("Voting", "by 20:00"),))
    return deployment.Deployment(
        "Mission", "Organisation", "10:00",
        tuple(
            deployment.TeamPlan(f"T{i:02}", f"Team {i}", "Region", "+7 701", (deployment.Day("03.04.2011", (stop,)),))
            for i in range(teams)
        ),
        (("Duty officer", "+7 000"),),
    )  # fmt: skip


def call_rows(n: int) -> list[calls.CallRow]:
    """Give so many teams to call."""
    owed = (calls.Owed("Voting", "128", "by 09:00", "late"),)
    return [calls.CallRow(f"T{i:02}", "Name", "Region", "+7 701", owed, "never", "") for i in range(n)]


def sheets(n: int) -> list[enrolment.Sheet]:
    """Give so many teams' enrolment sheets."""
    slips = tuple(enrolment.Slip(f"Phone {i}", f"ABCD-{i}", f"https://m.example/o/en/enrol#{i}") for i in (1, 2, 3))
    return [
        enrolment.Sheet(
            f"T{i:02}",
            "Оңтүстік Қазақстан облысының тобы",
            slips,
            "https://observers.mission.example.org:8443/o/en/",
            "10.11.2026",
        )
        for i in range(n)
    ]
