// A one-time code makes this phone one of the team's.

import { Refused, begunCode, enrol, identity as whoAmI, manifest as storedManifest } from "./device.js";
import { byId, notice } from "./elements.js";
import { onHomeScreen, platform } from "./homescreen.js";
import { keepFragment } from "./languages.js";
import { showRebuilt, teamOf } from "./mission.js";
import { prepare, sayProgress, sayReadiness } from "./offline.js";
import { register } from "./register.js";
import { nameIn } from "./stations.js";
import { persist } from "./store.js";
import { loadWords } from "./words.js";

const { language } = byId("main").dataset;

function who(manifest) {
  return [nameIn(manifest.mission.name, language), teamOf(manifest, language)].filter(Boolean).join(" · ");
}

async function enrolled(say) {
  const manifest = await storedManifest();
  history.replaceState(null, "", location.pathname); // the code is used up
  notice("");
  byId("enrol").hidden = true;
  byId("done").hidden = false;
  byId("done-who").textContent = who(manifest);
  showRebuilt(manifest, say);
  byId("demo").hidden = !manifest.demo;
  byId("done-title").focus();
  const kept = await persist();
  byId("persisted").textContent = say(kept ? "persisted" : "not_persisted");
  byId("offline").textContent = sayReadiness(await prepare(manifest, sayProgress(byId("offline"), say)), say);
}

function explain(fault, say) {
  if (fault instanceof Refused) {
    if (fault.status === 0) return say("enrol_no_answer");
    if (fault.status === 429 && fault.wait) return say("enrol_wait", { n: Math.ceil(fault.wait / 60) });
    if (fault.status >= 400 && fault.status < 500 && fault.status !== 429) return say("enrol_refused");
    return say("enrol_later");
  }
  return say("enrol_failed", { reason: fault.message });
}

async function open() {
  const say = await loadWords(language);
  keepFragment();
  register({ mayUpdate: false }); // a code that is being typed must not vanish in a reload
  const code = byId("code");
  if (!window.isSecureContext || !crypto.subtle) {
    notice(say("offline_insecure"));
    return;
  }
  const mine = await whoAmI();
  const known = await storedManifest();
  if (mine && known) {
    byId("already").hidden = false;
    byId("already").textContent = say("enrolled_already", { who: who(known) });
  }
  const take = () => {
    if (location.hash) code.value = decodeURIComponent(location.hash.slice(1)).replace(/^code=/, "");
  };
  take();
  const begun = await begunCode();
  if (begun && !code.value) {
    code.value = begun;
    notice(say("enrol_begun"));
  }
  byId("ios").hidden = platform() !== "ios" || onHomeScreen();
  addEventListener("hashchange", take); // a second code opened on the same page
  byId("enrol").addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = code.value.trim();
    if (!typed) return code.focus();
    const button = byId("redeem");
    button.disabled = true;
    notice("");
    try {
      await enrol(typed);
      await enrolled(say);
    } catch (fault) {
      notice(explain(fault, say));
    } finally {
      button.disabled = false;
    }
    return undefined;
  });
  byId("redeem").disabled = false; // a tap before this would send the code to nobody
}

open();
