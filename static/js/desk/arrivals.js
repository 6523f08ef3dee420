// The desk's drop area: files dropped onto it, and codes read by the camera into the form, in any order.

import { startCamera } from "../camera.js";
import { Gathering, REPORT } from "../frames.js";

const byId = (id) => document.getElementById(id);

function listenToDrops(drop) {
  const field = drop.querySelector("input");
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    field.files = event.dataTransfer.files;
  });
}

function listenToCamera(part) {
  const say = (key, values = {}) => part.dataset[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  const gathering = new Gathering();
  const lines = new Map(); // a set's name → its line, in the order in which they came
  let stop = null;

  function progress(set, { have, count }) {
    if (!lines.has(set)) lines.set(set, byId("sets").appendChild(document.createElement("li")));
    const i = [...lines.keys()].indexOf(set) + 1;
    lines.get(set).textContent = have < count ? say("progress", { i, have, n: count }) : say("whole", { i, n: count });
  }

  async function seen(text) {
    const found = await gathering.add(text);
    if (found.was === "new" && found.kind === REPORT) {
      byId("codes").value += `${text}\n`;
      byId("told").textContent = "";
      progress(found.set, found);
    } else if (found.was !== "new") byId("told").textContent = say(found.was);
    else byId("told").textContent = say("receipts");
  }

  const show = (on) => {
    byId("view").hidden = !on;
    byId("stop").hidden = !on;
    byId("read").hidden = on;
  };
  byId("read").addEventListener("click", async () => {
    show(true);
    byId("told").textContent = "";
    try {
      stop = await startCamera(byId("view"), seen);
      byId("stop").focus();
    } catch (fault) {
      show(false);
      byId("told").textContent = say("refused", { reason: fault.message });
    }
  });
  byId("stop").addEventListener("click", () => {
    if (stop) stop();
    show(false);
    byId("read").focus();
  });
  part.hidden = false;
}

if (byId("drop")) {
  listenToDrops(byId("drop"));
  listenToCamera(byId("camera"));
}
