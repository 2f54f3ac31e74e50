import { crc32, deflateSync, inflateSync } from 'node:zlib';

/**
 * Makes a screenshot small: a page of text has few colours, so that a palette of 256 holds them, a little
 * rounded where there are emoji. PNG, third edition: https://www.w3.org/TR/png-3/
 */

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Samples of a pixel, by the colour type: grey, RGB, RGBA. */
const samples: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** As many as a byte tells apart. */
const mostColours = 256;

/**
 * The upper part of a picture, with a palette.
 *
 * @param png    eight bits a sample, RGB or RGBA without anything transparent, not interlaced
 * @param height how many rows to keep
 */
export function withPalette(png: Buffer, height: number): Buffer {
  const header = Buffer.from(chunk(png, 'IHDR')[0] ?? '');
  const size = samples[header[9] ?? 0];
  if (header[8] !== 8 || size === undefined || header[12] !== 0) {
    throw new Error('A screenshot of another kind than Chromium takes.');
  }
  const width = header.readUInt32BE(0);
  const pixels = unfiltered(inflateSync(Buffer.concat(chunk(png, 'IDAT'))), width, height, size);
  const { colours, indices } = indexed(pixels, size);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  header.writeUInt32BE(height, 4);
  // The colour type of a palette.
  header[9] = 3;
  return Buffer.concat([
    signature,
    written('IHDR', header),
    written('PLTE', Buffer.from(colours.flat())),
    written('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    written('IEND', Buffer.alloc(0)),
  ]);
}

/** The contents of all chunks of a type, in order. */
function chunk(png: Buffer, type: string): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === type) {
      found.push(png.subarray(at + 8, at + 8 + length));
    }
    at += length + 12;
  }
  return found;
}

/** Takes the filters back: section 9 of the specification. */
function unfiltered(data: Buffer, width: number, height: number, size: number): Buffer {
  const stride = width * size;
  const pixels = Buffer.alloc(stride * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : (pixels[y * stride + x] ?? 0));
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const [left, up, corner] = [
        at(x - size, y),
        at(x, y - 1),
        x < size ? 0 : at(x - size, y - 1),
      ];
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      pixels[y * stride + x] = (data[y * (stride + 1) + 1 + x] ?? 0) + predicted;
    }
  }
  return pixels;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [left, up, corner].map((each) => Math.abs(guess - each)) as [
    number,
    number,
    number,
  ];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

type Colour = readonly [red: number, green: number, blue: number];

/** The chosen colours as they are, and for each pixel the nearest of them. */
function indexed(
  pixels: Buffer,
  size: number,
): { readonly colours: readonly Colour[]; readonly indices: Buffer } {
  const keys = Array.from({ length: pixels.length / size }, (_, pixel) =>
    pixels.readUIntBE(pixel * size, 3),
  );
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const byCount = [...counts].sort(([a, some], [b, more]) => more - some || a - b);
  const colours = chosen(byCount.map(([key]) => colourOf(key)));
  const known = new Map(byCount.map(([key]) => [key, nearest(colourOf(key), colours)]));
  return { colours, indices: Buffer.from(keys.map((key) => known.get(key) ?? 0)) };
}

/** Those that are most frequent, and of the rest those that are least like the others: the signs' own. */
function chosen(byCount: readonly Colour[]): readonly Colour[] {
  const colours = byCount.slice(0, mostColours / 2);
  const rest = byCount.slice(mostColours / 2);
  const gaps = rest.map((each) => Math.min(...colours.map((other) => distance(each, other))));
  while (colours.length < Math.min(mostColours, byCount.length)) {
    const at = gaps.indexOf(Math.max(...gaps));
    const next = rest[at];
    if (next === undefined) break;
    colours.push(next);
    rest.forEach((each, index) => {
      gaps[index] = Math.min(gaps[index] ?? 0, distance(each, next));
    });
  }
  return colours;
}

function distance(one: Colour, other: Colour): number {
  return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2;
}

function colourOf(key: number): Colour {
  return [key >> 16, (key >> 8) & 255, key & 255];
}

function nearest(colour: Colour, colours: readonly Colour[]): number {
  const distances = colours.map((each) => distance(each, colour));
  return distances.indexOf(Math.min(...distances));
}

function written(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
