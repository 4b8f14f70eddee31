import { levelOf } from './attention';
import { mentions } from './mentions';
import { isInThreadOnly } from './threads';
import type { Message, QuietHours, Settings, Subscription } from './wire';

/** Recipient is what decides whether a message notifies me. */
export interface Recipient {
  me: number | undefined;
  room: Subscription;
  settings: Settings | undefined;
  /** Whether I follow the thread that the message is in. */
  follows?: boolean;
}

/** notifies reports whether a message that has just arrived notifies me, as the server decides. */
export function notifies(
  message: Message,
  { me, room, settings, follows = false }: Recipient,
  now = new Date(),
): boolean {
  if (message.author.id === me || message.deleted || message.kind === 'notice') return false;
  const level = levelOf(room, settings);
  const isForMe = follows || mentions(message, me);
  if (level === 'everything') {
    if (isInThreadOnly(message) && !isForMe && !room.peer) return false;
  } else if (level !== 'mentions' || !isForMe) {
    return false;
  }
  return !isQuiet(settings?.quiet, now);
}

/** isQuiet reports whether the time is within the quiet hours, by the clock of their zone. */
export function isQuiet(quiet: QuietHours | undefined, now: Date): boolean {
  if (!quiet) return false;
  const minute = minuteIn(quiet.zone, now);
  if (minute === undefined) return false;
  const [isAfter, isBefore] = [minute >= quiet.from, minute < quiet.to];
  return quiet.from < quiet.to ? isAfter && isBefore : isAfter || isBefore;
}

/** Returns the minute of the day; undefined if the browser does not know the zone. */
function minuteIn(timeZone: string, now: Date): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
    const [hour = '', minute = ''] = format.format(now).split(':');
    return Number(hour) * 60 + Number(minute);
  } catch {
    return undefined;
  }
}

/** timeOf returns a minute of the day as the value of a time field, such as 22:00. */
export function timeOf(minute: number): string {
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${digits(Math.floor(minute / 60))}:${digits(minute % 60)}`;
}

/** minuteOf returns the minute of the day of a time field; undefined if the field is empty. */
export function minuteOf(time: string): number | undefined {
  const [, hour, minute] = /^(\d\d):(\d\d)/.exec(time) ?? [];
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}
