import logo from './logo.svg?raw';

/** Badge is the dot on the page's icon. */
export type Badge = 'none' | 'unread' | 'calling';

/** Colours without tokens: the icon is outside of the page. */
const colours = { unread: '#8d879c', calling: '#d5432f' };

const known = new Map<Badge, string>();

/** badgeIcon gives the page's icon a dot: a coral one if messages call for me. */
export function badgeIcon(badge: Badge): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  if (!known.has('none')) known.set('none', link.href);
  if (badge !== 'none' && !known.has(badge)) known.set(badge, withDot(colours[badge]));
  const href = known.get(badge);
  if (href !== undefined && link.href !== href) link.href = href;
}

function withDot(fill: string): string {
  const icon = new DOMParser().parseFromString(logo, 'image/svg+xml');
  const dot = icon.createElementNS('http://www.w3.org/2000/svg', 'circle');
  const place = { cx: 21, cy: 7, r: 6, fill, stroke: 'white', 'stroke-width': 1.5 };
  for (const [name, value] of Object.entries(place)) dot.setAttribute(name, String(value));
  icon.documentElement.append(dot);
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(icon))}`;
}
