import type { Plugin } from 'vite';

/** What the picker does against the content security policy, and what has the same effect within it. */
const changes: [forbidden: string, allowed: string][] = [
  [
    `const style = document.createElement('style');
    style.textContent = baseStyles + EXTRA_STYLES;
    this.shadowRoot.appendChild(style);`,
    `const sheet = new CSSStyleSheet();
    sheet.replaceSync(baseStyles + EXTRA_STYLES);
    this.shadowRoot.adoptedStyleSheets = [sheet];`,
  ],
  [
    `targetNode.setAttribute(attributeName, newValue);`,
    `if (attributeName === 'style') targetNode.style.cssText = newValue;
        else targetNode.setAttribute(attributeName, newValue);`,
  ],
];

/**
 * Lets emoji-picker-element work under a policy that forbids style elements and style attributes:
 * its styles go through the style sheet objects, which the policy leaves to scripts.
 */
export function emojiPicker(): Plugin {
  return {
    name: 'emoji-picker',
    enforce: 'pre',
    transform(code, id) {
      if (!/emoji-picker-element[\\/]picker\.js$/.test(id)) return undefined;
      for (const [forbidden, allowed] of changes) {
        if (!code.includes(forbidden)) {
          throw new Error('emoji-picker-element has changed: see build/emoji-picker.ts');
        }
        code = code.replace(forbidden, () => allowed);
      }
      return { code, map: null };
    },
  };
}
