import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { withPalette } from '../../../tools/pictures/png.ts';

const [width, height] = [7, 10] as const;

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A picture whose rows have the five filters in turn, as the specification writes them. */
function picture(size: 3 | 4, sampleAt: (x: number, y: number) => number): Buffer {
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : sampleAt(x, y));
  const rows = Array.from({ length: height }, (_, y) => {
    const filter = y % 5;
    const row = Array.from({ length: width * size }, (_unused, x) => {
      const [a, b, c] = [at(x - size, y), at(x, y - 1), x < size ? 0 : at(x - size, y - 1)];
      const paeth = [a, b, c].reduce((best, each) =>
        Math.abs(a + b - c - each) < Math.abs(a + b - c - best) ? each : best,
      );
      return (at(x, y) - ([0, a, b, Math.floor((a + b) / 2), paeth][filter] ?? 0)) & 255;
    });
    return Buffer.from([filter, ...row]);
  });
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, size === 3 ? 2 : 6, 0, 0, 0]);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const data = chunk('IDAT', deflateSync(Buffer.concat(rows)));
  return Buffer.concat([signature, chunk('IHDR', header), data, chunk('IEND', Buffer.alloc(0))]);
}

/** The colours of a picture with a palette, in rows. */
function coloursOf(png: Buffer): readonly (readonly number[])[] {
  const part = (type: string): Buffer => {
    const at = png.indexOf(type, 0, 'latin1');
    return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
  };
  const [palette, rows] = [part('PLTE'), inflateSync(part('IDAT'))];
  return Array.from({ length: part('IHDR').readUInt32BE(4) }, (_, y) =>
    Array.from({ length: width }, (_unused, x) => rows[y * (width + 1) + 1 + x] ?? 0).flatMap(
      (index) => [...palette.subarray(index * 3, index * 3 + 3)],
    ),
  );
}

describe('a picture with few colours', () => {
  test.each([3, 4] as const)('of %i samples has the same ones with a palette', (size) => {
    const sample = (x: number, y: number): number =>
      size === 4 && x % 4 === 3 ? 255 : (x * 37 + y * 101) % 256;
    const expected = Array.from({ length: height - 2 }, (_, y) =>
      Array.from({ length: width * size }, (_unused, x) => x)
        .filter((x) => x % size < 3)
        .map((x) => sample(x, y)),
    );
    expect(coloursOf(withPalette(picture(size, sample), height - 2))).toEqual(expected);
  });
});
