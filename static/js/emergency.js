// Danger, violence, expulsion, voting suspended: leave first, then call. Opens over the page; works without a network.

import { byId, make } from "./elements.js";
import { nameIn } from "./stations.js";

export function startEmergency({ manifest, language, report }) {
  const sheet = byId("emergency");
  const contacts = (manifest && manifest.mission.emergency) || [];
  byId("calls").replaceChildren(
    ...contacts.map((contact) => {
      const phone = String(contact.phone || contact.number || "");
      const name = nameIn(contact.name || contact.label || "", language);
      return make("li", {}, make("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, name, make("span", {}, phone)));
    }),
  );
  let before = null;

  function close() {
    sheet.hidden = true;
    if (before) before.focus();
  }

  byId("emergency-close").addEventListener("click", close);
  byId("emergency-incident").addEventListener("click", report);
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key !== "Tab") return;
    const stops = [...sheet.querySelectorAll("a, button")];
    const last = stops[stops.length - 1];
    if (event.shiftKey && (document.activeElement === stops[0] || document.activeElement === byId("emergency-title"))) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      stops[0].focus();
    }
  });

  return () => {
    before = document.activeElement;
    sheet.hidden = false;
    byId("emergency-title").focus();
  };
}
