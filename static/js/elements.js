// Make elements with text: never markup from data.

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

// A line that stays until it is no longer true; nothing on these pages vanishes with the news.
export function notice(text) {
  const line = byId("notice");
  line.textContent = text || "";
  line.hidden = !text;
}
