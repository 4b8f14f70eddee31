import type { Limits } from './wire';

// What the server would refuse is said before anything is sent: docs/PROTOCOL.md, section 3, "Rules".
// Each function gives what is wrong as a sentence, or "" if nothing is.

const usernameMin = 2;

/** length counts as the server does: in Unicode code points. */
export function length(text: string): number {
  return Array.from(text).length;
}

export function usernameProblem(username: string, limits: Limits): string {
  if (username === '') return 'Choose a username.';
  if (length(username) < usernameMin) {
    return `The username needs at least ${usernameMin} characters.`;
  }
  if (length(username) > limits.usernameMax) {
    return `The username may have at most ${limits.usernameMax} characters.`;
  }
  if (!/^[\p{L}\p{M}\p{Nd}_.-]+$/u.test(username)) {
    return 'The username may have letters, digits, “_”, “.” and “-” only.';
  }
  return '';
}

export function passwordProblem(password: string, limits: Limits): string {
  if (password === '') return 'Choose a password.';
  if (length(password) < limits.passwordMin) {
    return `The password needs at least ${limits.passwordMin} characters.`;
  }
  if (length(password) > limits.passwordMax) {
    return `The password may have at most ${limits.passwordMax} characters.`;
  }
  return '';
}

export function roomNameProblem(name: string, limits: Limits): string {
  if (name.trim() === '') return 'Give the room a name.';
  if (length(name.trim()) > limits.roomName) {
    return `The name may have at most ${limits.roomName} characters.`;
  }
  return '';
}

export function topicProblem(topic: string, limits: Limits): string {
  if (length(topic.trim()) > limits.topic) {
    return `The topic may have at most ${limits.topic} characters.`;
  }
  return '';
}
