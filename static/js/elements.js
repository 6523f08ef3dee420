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

const drawn = new WeakMap();

// Put these children in place of the old ones, but only if what they show has changed: a finger may be on its way.
export function redraw(parent, children) {
  const fresh = children.map((child) => child.outerHTML).join("");
  if (drawn.get(parent) === fresh) return;
  drawn.set(parent, fresh);
  parent.replaceChildren(...children);
}
