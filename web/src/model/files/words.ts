const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** sizeWords returns a number of bytes in the reader's language, like “3.4 MB”. */
export function sizeWords(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: units[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: amount < 10 && unit > 0 ? 1 : 0,
  }).format(amount);
}

/** Kind is how a file is shown. */
export type Kind = 'picture' | 'video' | 'audio' | 'other';

/** What every browser that we support shows or plays. */
const shown = /^image\/(jpeg|png|gif|webp|avif)$|^video\/(mp4|webm|ogg)$|^audio\//;

/** kindOf returns how a file of that media type is shown. Pictures need a known size. */
export function kindOf({ type, width }: { type: string; width?: number | undefined }): Kind {
  if (!shown.test(type)) return 'other';
  if (type.startsWith('video/')) return 'video';
  if (type.startsWith('audio/')) return 'audio';
  return width ? 'picture' : 'other';
}

/** addressOf returns where a file is, or a picture in a smaller size. */
export function addressOf(id: number, size?: 'small' | 'medium' | 'large'): string {
  return `/api/v1/files/${id}${size ? `?size=${size}` : ''}`;
}
