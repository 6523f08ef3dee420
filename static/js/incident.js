// The incident takes over the place and the visit of a checklist, which waits where it is.

import { blankDraft } from "./draft.js";
import { checklistAddress, incidentOf } from "./mission.js";
import * as store from "./store.js";

// `begun`: whether there is anything of the checklist to come back to.
export async function beginIncident({ manifest, language, draft, begun }) {
  const incident = incidentOf(manifest);
  if (!incident) {
    location.assign(`/o/${language}/`);
    return;
  }
  const report = blankDraft({
    mission: draft.mission,
    checklist: incident.name,
    version: incident.version,
    stage: incident.stage,
    visit: draft.visit,
    location: draft.location,
    location_name: draft.location_name,
    parent: begun ? draft.id : null,
  });
  await store.keepDraft(report);
  location.assign(`${checklistAddress(language, incident.version)}#${report.id}`);
}
