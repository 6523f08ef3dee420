// The code of conduct: read and accepted once on this phone, with its version and the date; a new version asks again.

import { stamp } from "./clock.js";
import { acceptedConduct, dateOf, paragraphs } from "./before.js";
import { manifest as storedManifest } from "./device.js";
import { byId, notice } from "./elements.js";
import { newId } from "./ids.js";
import { keepFragment } from "./languages.js";
import { checklistAddress, showRebuilt } from "./mission.js";
import { register } from "./register.js";
import { nameIn } from "./stations.js";
import { keepSetting } from "./database.js";
import { loadWords } from "./words.js";

const { language } = byId("main").dataset;

// The checklist that was being opened stands in the fragment; without one My day comes next.
function next() {
  const version = location.hash.slice(1);
  return /^[0-9a-f]{64}$/.test(version) ? `${checklistAddress(language, version)}#${newId()}` : `/o/${language}/`;
}

async function open() {
  const [say, manifest] = await Promise.all([loadWords(language), storedManifest()]);
  keepFragment();
  register();
  showRebuilt(manifest, say);
  if (!manifest || !manifest.conduct) return notice(say("conduct_missing"));
  byId("text").append(...paragraphs(nameIn(manifest.conduct.text, language)));
  const { version } = manifest.conduct;
  const known = await acceptedConduct(manifest);
  if (known) {
    byId("accepted").textContent = say("conduct_accepted", { date: dateOf(known.at, say), version });
    byId("accepted").hidden = false;
    byId("go").href = next();
    byId("go").hidden = false;
    return undefined;
  }
  byId("accept").hidden = false;
  byId("accept").addEventListener("click", async () => {
    try {
      await keepSetting("conduct", { mission: manifest.mission.code, version, at: stamp() });
      location.assign(next());
    } catch (fault) {
      notice(say("not_saved", { reason: fault.message }));
    }
  });
  return undefined;
}

open().catch((fault) => notice(fault.message));
