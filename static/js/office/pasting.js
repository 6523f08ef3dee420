// What is pasted becomes plain text with the few signs of Markdown: no fonts, no invisible characters, no turned letters.

const UNSEEN = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\u061c\ufeff\u0000-\u0008\u000c\u000e-\u001f\u007f-\u009f]/g;
const BULLET = /^[ \t]*[•·▪◦‣●○■□§\uf0b7\uf0a7][ \t]+|^[ \t]*[o–-]\t[ \t]*/gm;
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, table, blockquote";
const INNER = `${BLOCKS}, div, ul, ol, section, article`;

export function fromPlain(text) {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\v\u2028]/g, "\n")
    .replace(/\u2029/g, "\n\n")
    .replace(BULLET, "- ")
    .replace(/^([ \t]*\d{1,3}[.)])\t[ \t]*/gm, "$1 ")
    .replace(UNSEEN, "")
    .replace(/[\u00a0\u2007\u202f\t]/g, " ")
    .replace(/ +$/gm, "");
}

// A word processor sends its paragraphs as HTML as well: only there an end of a paragraph is told from a line's.
export function fromHtml(html) {
  const page = new DOMParser().parseFromString(html, "text/html"); // parsed, never shown: nothing in it runs or loads
  for (const each of page.querySelectorAll("style, script, head, title, meta, link, del, [hidden]")) each.remove();
  if (!page.body || !page.body.querySelector(BLOCKS)) return null;
  const blocks = [];
  gather(page.body, blocks);
  const lines = [];
  let before = "";
  for (const { kind, text } of blocks) {
    if (before) lines.push(kind === "item" && before === "item" ? "\n" : "\n\n");
    lines.push(text);
    before = kind;
  }
  return lines.join("");
}

function gather(node, blocks) {
  const name = node.localName;
  if (name === "table") return add(blocks, "table", rows(node));
  if (node.querySelector(INNER)) {
    let loose = "";
    for (const child of node.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE && (child.matches(INNER) || child.querySelector(INNER))) {
        add(blocks, "text", tidy(loose));
        loose = "";
        gather(child, blocks);
      } else loose += words(child);
    }
    return add(blocks, "text", tidy(loose));
  }
  // Word's own lists are paragraphs whose bullet or number stands in a part to be left out.
  const sign = node.querySelector("[style*='mso-list:Ignore' i], [style*='mso-list: Ignore' i]");
  const number = sign && sign.textContent.trim().match(/^\d{1,3}[.)]/);
  if (sign) sign.remove();
  const text = tidy(words(node));
  if (sign || name === "li") {
    const list = node.closest("ol");
    const place = number ? number[0] : list ? `${[...list.children].indexOf(node) + 1}.` : "-";
    return add(blocks, "item", text && `${place} ${text}`);
  }
  return add(blocks, "text", /^h[1-6]$/.test(name) && text ? `### ${text}` : text);
}

function add(blocks, kind, text) {
  if (text) blocks.push({ kind, text });
}

function words(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[\s\u00a0]+/g, " ");
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  return node.localName === "br" ? "\n" : [...node.childNodes].map(words).join("");
}

const tidy = (text) => fromPlain(text).replace(/ *\n */g, "\n").replace(/ {2,}/g, " ").trim();

function rows(table) {
  const lines = [...table.rows].map((row) => `| ${[...row.cells].map((cell) => tidy(words(cell)).replace(/\n/g, " ")).join(" | ")} |`);
  if (lines.length > 1) lines.splice(1, 0, `|${" --- |".repeat(table.rows[0].cells.length)}`);
  return lines.join("\n");
}

export function onPaste(event) {
  const given = event.clipboardData;
  if (!given) return;
  const plain = given.getData("text/plain");
  const html = given.getData("text/html");
  const clean = (html && fromHtml(html)) || fromPlain(plain);
  if (!clean || clean === plain) return; // the browser's own pasting will do
  event.preventDefault();
  putIn(event.target, clean);
}

// As if typed, so that it can be undone like any typing.
export function putIn(area, text) {
  area.focus();
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
