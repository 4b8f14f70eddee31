/** Size is the width and height of a box, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The box that a single picture fits into, and its smallest sides. */
const largest: Size = { width: 400, height: 320 };
const smallest = 64;

/**
 * alone returns the box of a single picture: its own proportions within the largest box. A very
 * long or small one is cut, so that it can still be seen and touched.
 */
export function alone({ width, height }: Size): Size {
  const scale = Math.min(1, largest.width / width, largest.height / height);
  return {
    width: Math.round(Math.max(smallest, width * scale)),
    height: Math.round(Math.max(smallest, height * scale)),
  };
}

/** columnsFor returns how many pictures of a group are side by side. */
export function columnsFor(count: number): number {
  return count <= 1 ? 1 : count === 2 || count === 4 ? 2 : 3;
}
