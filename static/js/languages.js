// The language switch keeps the place: the fragment (a draft's id, a code) goes along.

export function keepFragment() {
  for (const link of document.querySelectorAll("a[data-language]")) {
    link.addEventListener("click", () => {
      link.hash = location.hash;
    });
  }
}
