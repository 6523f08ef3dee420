// Reads codes with the camera: the browser's own detector where there is one, else a library that is fetched for it.

const PAUSE = 120;

async function detector() {
  try {
    const own = new BarcodeDetector({ formats: ["qr_code"] });
    if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      return async (video) => (await own.detect(video)).map((found) => found.rawValue);
    }
  } catch {
    // there is none
  }
  const { decode } = await import("../vendor/scan.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    Object.assign(canvas, { width, height });
    context.drawImage(video, 0, 0);
    try {
      return [decode({ width, height, data: context.getImageData(0, 0, width, height).data }, { timeLimit: 150 })];
    } catch {
      return []; // no code in sight
    }
  };
}

// Show the camera in `video` and tell of every code it sees, again and again. Gives what stops it; throws without a camera.
export async function startCamera(video, seen) {
  if (!navigator.mediaDevices) throw new Error("no camera");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  let on = true;
  const stop = () => {
    on = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  try {
    video.srcObject = stream;
    await video.play();
    const read = await detector();
    (async () => {
      while (on) {
        const texts = video.readyState >= 2 ? await read(video).catch(() => []) : [];
        for (const text of texts) if (on) await seen(text);
        await new Promise((resume) => setTimeout(resume, PAUSE));
      }
    })();
  } catch (fault) {
    stop();
    throw fault;
  }
  return stop;
}
