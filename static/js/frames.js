// Codes: content cut into frames, each a text in QR's dense alphabet; and frames put together again, in any order.
// OK1 <base45 of: kind, set, index, count, piece> .   observer_kit/exchange/qr.py writes and reads the same.

export const REPORT = 1;
export const RECEIPTS = 2;
export const DRAFT = 3;

const MARK = "OK1";
const END = "."; // base45 may end in a space, which readers cut off
const HEAD = 11; // kind, eight bytes of the whole's SHA-256, index, count
const PIECE = Math.floor((970 - MARK.length - END.length) / 3) * 2 - HEAD; // version 20, level M
const MOST = 255;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export function encode45(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length;
    let value = pair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let digit = 0; digit < (pair ? 3 : 2); digit += 1) {
      text += LETTERS[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

// Gives null for what is no base45.
export function decode45(text) {
  const out = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = Array.from(text.slice(at, at + 3), (letter) => LETTERS.indexOf(letter));
    const width = digits.length - 1;
    const value = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    if (digits.includes(-1) || width === 0 || value >= 256 ** width) return null;
    if (width === 2) out.push(value >> 8);
    out.push(value & 255);
  }
  return Uint8Array.from(out);
}

const nameOf = async (content) => new Uint8Array(await crypto.subtle.digest("SHA-256", content)).slice(0, 8);
const same = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

// Gives the texts of the codes, all of one size; null for more than codes can carry.
export async function frames(kind, content) {
  const count = Math.max(1, Math.ceil(content.length / PIECE));
  if (count > MOST) return null;
  const size = Math.ceil(content.length / count);
  const name = await nameOf(content);
  return Array.from({ length: count }, (_, index) => {
    const piece = content.slice(index * size, (index + 1) * size);
    return `${MARK}${encode45(Uint8Array.from([kind, ...name, index, count, ...piece]))}${END}`;
  });
}

// Gives {kind, set, index, count, piece}, or null for a code that is not ours or not whole.
export function readFrame(text) {
  if (!text.startsWith(MARK) || !text.endsWith(END)) return null;
  const data = decode45(text.slice(MARK.length, -END.length));
  if (!data || data.length < HEAD || data[9] >= data[10]) return null;
  return { kind: data[0], set: encode45(data.slice(1, 9)), index: data[9], count: data[10], piece: data.slice(HEAD) };
}

// Takes the texts of codes as a camera reads them, again and again, in any order.
export class Gathering {
  constructor() {
    this.sets = new Map();
  }

  // Gives what this text was: "foreign", "again", "damaged" or "new"; a set's last piece gives its content as well.
  async add(text) {
    const frame = readFrame(text.trim());
    if (!frame) return { was: "foreign" };
    const key = `${frame.kind} ${frame.count} ${frame.set}`;
    if (!this.sets.has(key)) this.sets.set(key, { kind: frame.kind, count: frame.count, pieces: new Map(), whole: false });
    const set = this.sets.get(key);
    const progress = () => ({ set: key, kind: set.kind, have: set.pieces.size, count: set.count });
    if (set.pieces.has(frame.index)) return { was: "again", ...progress() };
    set.pieces.set(frame.index, frame.piece);
    if (set.pieces.size < set.count) return { was: "new", ...progress() };
    const content = new Uint8Array([].concat(...Array.from({ length: set.count }, (_, index) => Array.from(set.pieces.get(index)))));
    if (!same(await nameOf(content), decode45(frame.set))) {
      this.sets.delete(key);
      return { was: "damaged" };
    }
    set.whole = true;
    return { was: "new", content, ...progress() };
  }
}
