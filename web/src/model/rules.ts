import { m } from '../messages';
import type { Limits } from './wire';

// Finds errors before anything is sent: docs/PROTOCOL.md, section 3, "Rules". Each function
// returns the error as a sentence, or "".

const usernameMin = 2;

/** The server's default limits, used until it has sent its own. */
export const usualLimits: Limits = {
  usernameMax: 32,
  passwordMin: 8,
  passwordMax: 256,
  roomName: 64,
  topic: 256,
  message: 8_000,
};

/** length counts like the server: in Unicode code points. */
export function length(text: string): number {
  return Array.from(text).length;
}

export function usernameProblem(username: string, limits = usualLimits): string {
  if (username === '') return m.rules.chooseAUsername();
  if (length(username) < usernameMin) {
    return m.rules.usernameTooShort({ count: usernameMin });
  }
  if (length(username) > limits.usernameMax) {
    return m.rules.usernameTooLong({ count: limits.usernameMax });
  }
  if (!/^[\p{L}\p{M}\p{Nd}_.-]+$/u.test(username)) {
    return m.rules.usernameCharacters();
  }
  return '';
}

export function passwordProblem(password: string, limits = usualLimits): string {
  if (password === '') return m.rules.chooseAPassword();
  if (length(password) < limits.passwordMin) {
    return m.rules.passwordTooShort({ count: limits.passwordMin });
  }
  if (length(password) > limits.passwordMax) {
    return m.rules.passwordTooLong({ count: limits.passwordMax });
  }
  return '';
}

export function roomNameProblem(name: string, limits = usualLimits): string {
  if (name.trim() === '') return m.rules.giveTheRoomAName();
  if (length(name.trim()) > limits.roomName) {
    return m.rules.roomNameTooLong({ count: limits.roomName });
  }
  return '';
}

export function topicProblem(topic: string, limits = usualLimits): string {
  if (length(topic.trim()) > limits.topic) {
    return m.rules.topicTooLong({ count: limits.topic });
  }
  return '';
}
