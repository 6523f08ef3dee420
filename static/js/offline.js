// Makes the phone ready for the day: mission fetched, every checklist page in the worker's hands; says how it stands.

import { refreshManifest } from "./device.js";
import { EXTRAS, pagesOf } from "./mission.js";
import { capable, keepPages } from "./register.js";

// Gives the sentence's key: "ready", "not_ready", "insecure" or "no_answer".
export async function prepare(known) {
  let manifest = known;
  let reached = true;
  try {
    manifest = (await refreshManifest()) || known;
  } catch {
    reached = false;
  }
  if (!capable()) return { manifest, readiness: "insecure" };
  if (!manifest) return { manifest, readiness: "no_answer" };
  const result = await keepPages([...pagesOf(manifest), ...EXTRAS]);
  const whole = result && result.missing.length === 0;
  return { manifest, readiness: whole ? "ready" : reached ? "not_ready" : "no_answer" };
}
