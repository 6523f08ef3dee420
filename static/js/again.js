// The page is read anew by itself, not by somebody's hand: with a PIN only the latter locks it.

const AGAIN = "observer-kit:again";

export function readAnew() {
  sessionStorage.setItem(AGAIN, "yes");
  location.reload();
}

// Whether a hand has reloaded this page; asked once.
export function reloadedByHand() {
  const [entry] = performance.getEntriesByType("navigation");
  const itself = sessionStorage.getItem(AGAIN);
  sessionStorage.removeItem(AGAIN);
  return Boolean(entry && entry.type === "reload" && !itself);
}
