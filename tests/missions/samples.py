"""The sample missions, opened and rebuilt once for all tests."""

from functools import cache

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.config import resources
from observer_kit.missions.checklists import mission_checklists
from observer_kit.missions.load import open_folder
from observer_kit.missions.rebuild import rebuild


@cache
def opened(name):
    return open_folder(resources("forms") / "missions" / name)


@cache
def asked(name):
    return mission_checklists(opened(name).mission, load_catalogue())


@cache
def rebuilt(name):
    return list(rebuild(opened(name), asked(name), "office-demo"))


@cache
def places(name):
    return {location.code: location for location in opened(name).register}
