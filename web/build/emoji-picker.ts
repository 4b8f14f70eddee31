import type { Plugin } from 'vite';

/** Code of the picker that violates the content security policy, and equivalents that do not. */
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
 * Makes emoji-picker-element work under a policy that forbids style elements and style
 * attributes: its styles use style sheet objects, which the policy allows scripts to create.
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
