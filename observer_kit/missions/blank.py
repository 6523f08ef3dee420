"""An empty mission that works: the files of a folder, each with remarks on what belongs in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

_MISSION: Final = """\
# One mission: what is observed, when, and by whom. Lines that begin with # are remarks.

code = "{name}"                 # short name of the mission: letters, digits, - _ .
event = "{event}"          # election or referendum: decides the words of every question
day = {day}                # the day of voting
organisation = "Our organisation"
zone = "Asia/Almaty"            # time zone of the mission (IANA); a station may have its own
languages = ["en", "ru", "kk"]  # languages of the phones
sample = "purposive"            # how stations are chosen: purposive, random or stratified
opens = 07:00:00                # the ordinary hours of voting; a station may have its own
closes = 20:00:00
small_cell = 10                 # groups with fewer reports are left out of published data

[name]                          # the mission's name, as papers and screens show it
en = "Observation mission {name}"
ru = "Миссия наблюдателей {name}"
kk = "{name} байқаушылар миссиясы"

[event_name]                    # what is observed
{event_name}

[country]
en = "Republic of Kazakhstan"
ru = "Республика Казахстан"
kk = "Қазақстан Республикасы"

{items}
[[parties]]                     # parties whose observers or proxies may be met
code = "party_a"
name = {{ en = "Party A", ru = "Партия А", kk = "А партиясы" }}

[checklists]                    # the stages observed; length is core (for the field) or full (for reference)
readiness = {{ length = "core" }}
opening = {{ length = "core" }}
voting = {{ length = "core" }}
counting = {{ length = "core" }}
tabulation = {{ length = "core" }}
protocol = {{}}
incident = {{}}

[expected]                      # reports that the deployment plan expects, by stage
opening = 2
voting = 5
counting = 2

# [windows]                     # minutes before (below 0) or after a station opens or closes; these are the kit's own
# opening = {{ from = -60, due = 60 }}    # readiness, opening, voting: from its opening; voting ends with its closing
# counting = {{ from = 0, due = 360 }}    # counting, protocol, tabulation: from its closing

[[emergency]]                   # whom an observer in danger calls; put a number that is answered
label = "Mission's duty officer"  # or by language: {{ en = "…", ru = "…", kk = "…" }}
phone = "+7 000 000 00 00"

# [conduct]                     # the mission's own code of conduct; without it the kit's is accepted on the phones
# version = "1"                 # another version is accepted anew
# text = {{ en = "…", ru = "…", kk = "…" }}

# [statement]
# style = "sco"                 # sco, ots, press-summary, odihr-preliminary, odihr-final, odihr-limited, protocol-annex

[facts]                         # numbers and words of the statement that no form counts; a style's prompts name its own
observers = {{ value = 4, kind = "observed", locator = "deployment plan" }}
# inviter = {{ value = {{ en = "…", ru = "…", kk = "…" }}, kind = "observed", locator = "letter of invitation" }}
"""
_EVENT_NAME: Final = {
    "election": 'en = "Election"\nru = "Выборы"\nkk = "Сайлау"',
    "referendum": 'en = "Referendum"\nru = "Референдум"\nkk = "Референдум"',
}
_ITEMS: Final = {
    "election": """\
[[candidates]]                  # in the order of the ballot
code = "candidate_a"
name = { en = "Candidate A", ru = "Кандидат А", kk = "А кандидаты" }

[[candidates]]
code = "candidate_b"
name = { en = "Candidate B", ru = "Кандидат Б", kk = "Б кандидаты" }
""",
    "referendum": """\
[[options]]                     # in the order of the ballot
code = "yes"
name = { en = "Yes", ru = "Да", kk = "Иә" }

[[options]]
code = "no"
name = { en = "No", ru = "Нет", kk = "Жоқ" }
""",
}
_LOCATIONS: Final = """\
# The register: one row for each territory, commission and polling station. Comma or semicolon; UTF-8.
# code        short and unique; what an observer types and a paper shows
# kind        country, region, district, polling_station or commission
# name        as people call it
# parent      code of the territory it lies in
# reports_to  code of the commission that receives its protocol
# number      its official number
# special     military, medical, rest_home, detention, abroad, remote; empty for an ordinary station
# setting     urban or rural
# opens       HH:MM; empty for the mission's ordinary hours
# closes      HH:MM; empty for the mission's ordinary hours
# voters      registered voters
# zone        IANA time zone; empty for the mission's own
# made_up     true for a place that does not exist (samples); empty otherwise
# name_ru, name_kk  two more columns, where a place has a name of its own in Russian and Kazakh; they may be left out
code,kind,name,parent,reports_to,number,special,setting,opens,closes,voters,zone,made_up
A,region,Region A,,,,,,,,,,
DC-1,commission,District commission 1,A,,,,,,,,,
1,polling_station,Polling station No. 1,A,DC-1,1,,urban,,,1200,,
2,polling_station,Polling station No. 2,A,DC-1,2,,urban,,,950,,
3,polling_station,Polling station No. 3,A,DC-1,3,,rural,,,430,,
4,polling_station,Polling station No. 4,A,DC-1,4,,rural,,,310,,
5,polling_station,Polling station No. 5,A,DC-1,5,medical,urban,08:00,18:00,80,,
"""
_TEAMS: Final = """\
# The teams. code: on every report; name: as the office calls it; region: code of the region where it works;
# phone: for the coordinators alone, shown on the desk's chase and on call sheets; several with ; between them.
# name_ru, name_kk: two more columns, where a team has a name of its own in Russian and Kazakh; they may be left out
code,name,region,phone
T1,Team 1,A,
T2,Team 2,A,
"""
_DEPLOYMENT: Final = """\
# The deployment plan: one line for each report that is expected.
# team      code of the team
# stage     readiness, opening, voting, counting, tabulation or protocol
# location  code of the station or commission; empty where the team chooses
# by        HH:MM on the station's own clock; empty for the stage's usual window (a count goes on past midnight)
team,stage,location,by
T1,opening,1,
T1,voting,2,
T1,voting,3,
T1,counting,1,
T2,opening,4,
T2,voting,,
T2,voting,,
T2,counting,4,
"""
_DIARY: Final = """\
# What no form counts. id: unique; day: YYYY-MM-DD; kind: meeting, complaint, visit or media; title; detail;
# count: how many it stands for (1 when empty); reference: a word to count by, such as the body addressed.
id,day,kind,title,detail,count,reference
"""


def write_blank(folder: Path, name: str, event: str, day: date) -> None:
    """Write the files of an empty mission into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    mission = _MISSION.format(
        name=name, event=event, day=day.isoformat(), event_name=_EVENT_NAME[event], items=_ITEMS[event]
    )
    for file, content in (
        ("mission.toml", mission),
        ("locations.csv", _LOCATIONS),
        ("teams.csv", _TEAMS),
        ("deployment.csv", _DEPLOYMENT),
        ("diary.csv", _DIARY),
    ):
        (folder / file).write_text(content, "utf-8")
