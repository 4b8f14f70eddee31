import url from 'emoji-picker-element-data/en/github/data.json?url';
import type { Emoji } from '../../model/emoji';

/** The address of the bundled list, on our own server. */
export const emojiUrl: string = url;

let loading: Promise<readonly Emoji[]> | undefined;

/**
 * loadEmoji loads the list once. It rejects if the server cannot be reached; call it again then.
 */
export function loadEmoji(): Promise<readonly Emoji[]> {
  loading ??= fetchList().catch((thrown: unknown) => {
    loading = undefined;
    throw thrown;
  });
  return loading;
}

async function fetchList(): Promise<readonly Emoji[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the emoji list: ${response.status}`);
  return (await response.json()) as Emoji[];
}
