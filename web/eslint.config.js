import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** The direction of imports: what each folder of src/ may import from the others. */
const layers = {
  model: [],
  socket: ['model'],
  api: ['model'],
  storage: ['model'],
  worker: ['model'],
  ui: ['model'],
  state: ['model', 'socket', 'api'],
  features: ['model', 'ui', 'state'],
};

const folders = Object.keys(layers);

/** @param {string} folder @param {string[]} allowed */
function direction(folder, allowed) {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  const patterns = [
    {
      regex: `^\\.\\.?/(.*/)?(${forbidden.join('|')})/`,
      message: `src/${folder}/ may import ${allowed.join(', ') || 'none of the other folders'}.`,
    },
  ];
  if (folder !== 'socket') {
    patterns.push({ regex: '^socket\\.io-client', message: 'Only src/socket/ speaks Socket.IO.' });
  }
  if (['model', 'socket', 'api', 'storage'].includes(folder)) {
    patterns.push({ regex: '^svelte', message: `src/${folder}/ is free of the framework.` });
  }
  return {
    files: [`src/${folder}/**/*.{ts,svelte}`],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

/**
 * Only src/model/keys.ts reads keys: other handlers would forget keys that an input method has
 * used.
 */
const pressed = '/^(event|e|ev|pressed)$/';
const keys = [
  'MemberExpression[property.name=/^(keyCode|isComposing)$/]',
  `MemberExpression[object.name=${pressed}][property.name=/^(key|code|which)$/]`,
  `VariableDeclarator[init.name=${pressed}] > ObjectPattern > Property[key.name=/^(key|code|which|keyCode|isComposing)$/]`,
  "ObjectPattern[typeAnnotation.typeAnnotation.typeName.name='KeyboardEvent']",
].map((selector) => ({
  selector,
  message:
    'Ask keyOf or isLetter in src/model/keys.ts, which leave out what an input method has taken.',
}));

/** A name written from right to left would reorder the words of the sentence around it. */
const isName = '/^(username|name)$/';
const name = `:matches([property.name=${isName}], [expression.property.name=${isName}])`;
const mustache = `SvelteMustacheTag:matches([expression.property.name=${isName}], [expression.expression.property.name=${isName}])`;
const words = 'SvelteText[value=/[^\\s]/]';
const names = [
  `TemplateLiteral > ${name}`,
  `CallExpression[callee.object.object.name='m'] > ObjectExpression > Property > ${name}`,
  `SvelteAttribute[value.length>1] > ${mustache}`,
  `${words} ~ ${mustache}`,
  `${mustache} + ${words}`,
].map((selector) => ({
  selector,
  message: 'Put names into sentences with isolated in src/model/isolated.ts, or in a <bdi>.',
}));

/** Texts for people come from messages/, where they can be translated. */
const shown = '/^(title|label|placeholder|aria-label|legend|hint|action|alt|note)$/';
const sentence = '/^\\P{L}*\\p{Lu}\\p{Ll}*[^\\w\\s]? .*\\p{Ll}/u';
const texts = [
  ':not(SvelteStyleElement) > SvelteText[value=/\\p{L}/u]',
  `SvelteAttribute[key.name=${shown}] > SvelteLiteral[value=/\\p{L}/u]`,
  'SvelteMustacheTag > Literal[value=/\\p{L}/u]',
  'SvelteMustacheTag[parent.type!="SvelteAttribute"] > ConditionalExpression > Literal[value=/\\p{L}/u]',
  `Property[key.name=${shown}] > Literal[value=/\\p{L}/u]`,
  "CallExpression[callee.property.name='show'] > Literal:first-child",
  `Literal[value=${sentence}]`,
  ':not(NewExpression, CallExpression[callee.property.name="replaceSync"]) > TemplateLiteral > TemplateElement[value.cooked=/\\p{L} \\p{L}|^ \\p{L}|\\p{L}[.:,…]? $/u]',
].map((selector) => ({
  selector,
  message: 'Put the text into messages/en.json and call m.part.name(): see CONTRIBUTING.',
}));

const syntaxRule = {
  files: ['src/**/*.{ts,svelte}'],
  ignores: ['**/*.test.ts', 'src/model/keys.ts'],
  rules: { 'no-restricted-syntax': ['error', ...keys, ...names, ...texts] },
};

/** Message markup and test support have no texts of our own. */
const markupRule = {
  files: ['src/model/markup/**/*.ts', 'src/testing/**'],
  ignores: ['**/*.test.ts'],
  rules: { 'no-restricted-syntax': ['error', ...keys, ...names] },
};

export default defineConfig(
  globalIgnores(['dist/', '**/*.gen.ts']),
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: { globals: globals.browser },
    rules: {
      // The compiler checks for undefined names, including types.
      'no-undef': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // State classes keep plain maps inside and publish whole lists as $state.raw.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['*.js', '*.ts', 'build/**', 'scripts/**'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  syntaxRule,
  markupRule,
  ...folders.map((folder) => direction(folder, layers[folder])),
);
