// Makes the phone ready for the day: mission fetched, every checklist page in the worker's hands; says how it stands.

import { Refused, identity, refreshManifest } from "./device.js";
import { extrasFor, pagesOf } from "./mission.js";
import { capable, keepPages } from "./register.js";

// Gives the sentence's key: "ready", "not_ready", "insecure", "no_answer", or "withdrawn" when the server takes this phone
// for none of the mission's any more; and how a large register stands, which is
// told of as it comes in (`progress`).
export async function prepare(known, progress = () => {}) {
  let manifest = known;
  let reached = true;
  let withdrawn = false;
  try {
    manifest = (await refreshManifest()) || known;
  } catch (fault) {
    reached = false;
    withdrawn = fault instanceof Refused && fault.code === "device_unknown";
  }
  if (!capable()) return { manifest, readiness: "insecure" };
  if (!manifest) return { manifest, readiness: "no_answer" };
  const result = await keepPages([...pagesOf(manifest), ...extrasFor(manifest)]);
  if (withdrawn) return { manifest, readiness: "withdrawn" };
  const places = manifest.register && (await (await import("./places.js")).load(manifest, await identity(), progress));
  const whole = result && result.missing.length === 0 && (!places || places.whole);
  return { manifest, readiness: whole ? "ready" : reached ? "not_ready" : "no_answer", places };
}

// The line that says it: while a large register comes in, and how it stands afterwards.
export function sayReadiness({ readiness, places }, say) {
  const short = places && !places.whole ? ` ${say("register_short", { a: places.have, n: places.count })}` : "";
  return say(`offline_${readiness}`) + short;
}

export const sayProgress = (line, say) => (places) => {
  line.textContent = say("register_loading", { a: places.have, n: places.count });
};
