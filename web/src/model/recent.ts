/** How many recent searches are kept. */
const most = 8;

/** parseRecent reads the recent searches from storage; whatever is not one is left out. */
export function parseRecent(stored: string | null | undefined): readonly string[] {
  if (!stored) return [];
  try {
    const list: unknown = JSON.parse(stored);
    return Array.isArray(list)
      ? list.filter((text): text is string => typeof text === 'string').slice(0, most)
      : [];
  } catch {
    return [];
  }
}

/** addRecent puts a search first. It replaces those that it continues: “tra”, then “train”. */
export function addRecent(recent: readonly string[], text: string): readonly string[] {
  return [text, ...recent.filter((other) => !text.startsWith(other))].slice(0, most);
}
