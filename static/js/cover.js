/* Runs before a page of the kit is drawn. After a quick hide, going back leads to the neutral page, not to the content;
   opening the app again leads in. A classic script: a module would run too late. */
(() => {
  "use strict";
  const HIDDEN = "observer-kit:hidden";
  const away = () => {
    if (!localStorage.getItem(HIDDEN)) return false;
    document.documentElement.hidden = true;
    location.replace(`/o/${document.documentElement.lang}/clock`);
    return true;
  };
  const [entry] = performance.getEntriesByType("navigation");
  if (!entry || entry.type !== "back_forward" || !away()) localStorage.removeItem(HIDDEN);
  addEventListener("pageshow", (event) => event.persisted && away());
})();
