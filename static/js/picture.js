// A picture from the camera or a file → the JPEG that will be sent: its points drawn anew, so that nothing else is left of it.

const HEAVIEST = 30_000_000; // bytes: a phone must be able to unfold it in its memory
const MOST_POINTS = 16_000_000; // of a canvas, on older iPhones
const QUALITY = 0.8;

// `reason` is a sentence's key, photo_<reason>, with these values.
export class Refused extends Error {
  constructor(reason, values = {}) {
    super(`the photo was refused: ${reason}`);
    this.name = "Refused";
    Object.assign(this, { reason, values });
  }
}

export const megabytes = (bytes) => Math.max(1, Math.round(bytes / 1_000_000));

// What the first bytes say; a name or a type that came with the file says nothing.
async function kindOf(file) {
  const head = new Uint8Array(await file.slice(0, 200).arrayBuffer());
  const text = Array.from(head, (byte) => String.fromCharCode(byte)).join("");
  if (/^(\u00ef\u00bb\u00bf)?\s*</.test(text)) return "svg";
  return /^[^]{4}ftyp(he|mif1|msf1)/.test(text) ? "heic" : "none";
}

function load(address) {
  const image = new Image();
  return new Promise((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = address;
  });
}

async function redraw(image, side) {
  const { naturalWidth: width, naturalHeight: height } = image; // as it is to be looked at: turned by its orientation
  const scale = Math.min(1, side / Math.max(width, height), Math.sqrt(MOST_POINTS / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // under what was see-through: JPEG has no such thing
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  canvas.width = 0; // some browsers keep its memory for long
  return blob;
}

// Gives the bytes of a JPEG with at most `side` points on its longer side; throws Refused.
export async function shrink(file, side) {
  if (file.size > HEAVIEST) throw new Refused("heavy", { n: megabytes(file.size), most: megabytes(HEAVIEST) });
  let kind = "none";
  let address = null;
  try {
    kind = await kindOf(file);
    if (kind === "svg") throw new Error("a drawing");
    address = URL.createObjectURL(file);
    const blob = await redraw(await load(address), side);
    if (blob.type !== "image/jpeg") throw new Error("no JPEG");
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    throw new Refused(kind);
  } finally {
    if (address) URL.revokeObjectURL(address);
  }
}
