// What comes back to the phone: receipts from the desk and drafts from another phone, by file or by camera.

import { byId, make } from "./elements.js";
import { startCamera } from "./camera.js";
import { unlockDrafts } from "./bundle.js";
import { DRAFT, Gathering, RECEIPTS, REPORT } from "./frames.js";
import { unpackDraft, unpackReceipts } from "./pack.js";
import { applyReceipts } from "./receipts.js";
import { takeOver } from "./relay.js";

const LARGEST = 20_000_000;
const NOBODY = { delivered: 0, photos: 0, known: 0, strange: 0, unproven: 0 };

// Sentences about what was taken in; `nameOf(draft)` names a draft to a person, `changed` is called when something was.
export class TakeIn {
  constructor(say, nameOf, changed) {
    Object.assign(this, { say, nameOf, changed, counts: { ...NOBODY }, drafts: [] });
  }

  begin() {
    this.counts = { ...NOBODY };
    this.drafts = [];
  }

  async receipts(list) {
    const more = await applyReceipts(list);
    for (const [name, n] of Object.entries(more)) this.counts[name] += n;
    if (more.delivered || more.photos) this.changed();
  }

  async draft(found) {
    const became = await takeOver(found);
    const named = ["taken", "here", "finished"].includes(became);
    const line = this.say(`hand_draft_${became}`, named ? { what: this.nameOf(found.draft) } : {});
    if (!this.drafts.includes(line)) this.drafts.push(line);
    if (became === "taken") this.changed();
  }

  lines() {
    const { unproven, photos, ...reports } = this.counts;
    const counted = { ...reports, photos_delivered: photos };
    const receipts = Object.entries(counted).filter(([, n]) => n).map(([name, n]) => this.say(`hand_${name}`, { n }));
    return [...receipts, ...(unproven ? [this.say("hand_unproven")] : []), ...this.drafts];
  }
}

const tell = (box, lines) => byId(box).replaceChildren(...lines.map((line) => make("p", {}, line)));

async function readFile(file) {
  if (file.size > LARGEST) return null;
  try {
    return JSON.parse(await file.text());
  } catch {
    return null;
  }
}

// A file of either kind; drafts ask for their key first.
export function listenToFiles(takeIn, say) {
  const field = byId("take");
  field.addEventListener("focus", () => field.previousElementSibling.classList.add("focus"));
  field.addEventListener("blur", () => field.previousElementSibling.classList.remove("focus"));
  field.addEventListener("change", async () => {
    const [file] = field.files;
    if (!file) return;
    const found = await readFile(file);
    field.value = "";
    takeIn.begin();
    byId("unlock").hidden = true;
    if (found && found.observer_kit === "receipts" && Array.isArray(found.receipts)) {
      await takeIn.receipts(found.receipts);
      tell("taken", takeIn.lines());
    } else if (found && found.observer_kit === "drafts") {
      tell("taken", []);
      askKey(found, takeIn, say);
    } else tell("taken", [say("hand_not_ours")]);
  });
}

function askKey(file, takeIn, say) {
  byId("unlock").hidden = false;
  byId("key").value = "";
  byId("key").focus();
  byId("unlock").onsubmit = async (event) => {
    event.preventDefault();
    let drafts;
    try {
      drafts = await unlockDrafts(file, byId("key").value);
    } catch {
      tell("taken", [say("hand_key_wrong")]);
      return;
    }
    byId("unlock").hidden = true;
    takeIn.begin();
    for (const each of Array.isArray(drafts) ? drafts : []) await takeIn.draft(each);
    tell("taken", takeIn.lines());
  };
}

async function take(takeIn, kind, content) {
  if (kind === RECEIPTS) return takeIn.receipts(unpackReceipts(content));
  return takeIn.draft(await unpackDraft(content));
}

// Read codes with the camera until the observer has enough; every code may come in any order and again.
export function listenToCamera(takeIn, say) {
  byId("camera").addEventListener("click", async () => {
    const gathering = new Gathering();
    takeIn.begin();
    byId("home").hidden = true;
    byId("reading").hidden = false;
    byId("reading-line").focus();
    tell("seen", []);
    const seen = async (text) => {
      const { was, kind, have, count, content } = await gathering.add(text);
      if (was === "again") return;
      if (was !== "new" || ![RECEIPTS, DRAFT].includes(kind)) {
        tell("seen", [...takeIn.lines(), say(kind === REPORT ? "hand_for_desk" : was === "damaged" ? "hand_damaged" : "hand_foreign")]);
        return;
      }
      try {
        if (content) await take(takeIn, kind, content);
        tell("seen", [...takeIn.lines(), ...(have < count ? [say("hand_progress", { have, n: count })] : [])]);
      } catch {
        tell("seen", [...takeIn.lines(), say("hand_draft_bad")]);
      }
    };
    let stop = () => {};
    const back = () => {
      stop();
      byId("reading").hidden = true;
      byId("home").hidden = false;
      byId("camera").focus();
      tell("taken", takeIn.lines());
    };
    byId("reading-stop").onclick = back;
    try {
      stop = await startCamera(byId("view"), seen);
      if (byId("reading").hidden) stop(); // left before the camera was there
    } catch (fault) {
      back();
      tell("taken", [say("hand_no_camera", { reason: fault.message })]);
    }
  });
}
