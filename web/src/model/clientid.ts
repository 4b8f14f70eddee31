/**
 * newClientId creates a UUID of version 7 for a send. It begins with the time, so that the ids of
 * a room's messages are adjacent in the server's index.
 */
export function newClientId(now = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  random[0] = ((random[0] as number) & 0x0f) | 0x70; // the version
  random[2] = ((random[2] as number) & 0x3f) | 0x80; // the variant of RFC 9562
  const hex = now.toString(16).padStart(12, '0') + Array.from(random, toHex).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const toHex = (byte: number) => byte.toString(16).padStart(2, '0');
