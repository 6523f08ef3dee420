// Whether the page was opened from the home screen, and whose rules hold for putting it there.

export const onHomeScreen = () =>
  ["standalone", "fullscreen", "minimal-ui"].some((mode) => matchMedia(`(display-mode: ${mode})`).matches) || navigator.standalone === true;

export function platform() {
  if (/iPhone|iPad|iPod/.test(navigator.userAgent)) return "ios";
  if (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1) return "ios"; // an iPad says it is a Mac
  return /Android/.test(navigator.userAgent) ? "android" : "other";
}
