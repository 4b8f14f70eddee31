import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { appManifest } from './build/app-manifest.ts';
import { cleanDist } from './build/clean-dist.ts';
import { compressed } from './build/compressed.ts';
import { storedTheme } from './build/stored-theme.ts';
import { emojiPicker } from './build/emoji-picker.ts';
import { unusedModules } from './build/unused-modules.ts';
import { baseLanguage, messages } from './build/messages/index.ts';
import { plainIcons } from './build/plain-icons.ts';
import { plainRows } from './build/plain-rows.ts';
import { smaller } from './build/smaller.ts';
import { socketIoClient } from './build/socket-io-client.ts';
import { worker } from './build/worker.ts';

const server = `http://127.0.0.1:${process.env.PORT ?? '3000'}`;

const language = process.env.MESSAGES ?? baseLanguage;

export default defineConfig({
  plugins: [
    messages(language),
    unusedModules(),
    plainIcons(),
    plainRows(),
    emojiPicker(),
    svelte(),
    // Translations are added to the base language, which is built first: see scripts/build.js.
    ...(language === baseLanguage ? [cleanDist()] : []),
    storedTheme(),
    appManifest(language),
    socketIoClient(),
    worker(language),
    smaller(),
    compressed(),
  ],
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    emptyOutDir: false,
    // The content security policy allows files of our own origin but no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // Code that is loaded on demand finds its few files by itself; listing them all in the
      // first file would cost everybody for what few people open.
      resolveDependencies: (_file, needed, { hostType }) => (hostType === 'html' ? needed : []),
    },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // A name for the budget check.
            {
              name: 'socket.io',
              test: /node_modules[\\/](socket|engine)\.io(?!.*[\\/](polling|polling-xhr|has-cors)\.js$)/,
            },
            // Code that is loaded at once stays in one file, which compresses better than
            // several.
            { name: 'home', test: /src[\\/]main\.ts$/ },
          ],
        },
      },
    },
  },
  // Otherwise the development server bundles each of them on first use.
  optimizeDeps: { exclude: ['@lucide/svelte', 'emoji-picker-element', 'virtua'] },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': server,
      '/socket.io': { target: server, ws: true },
    },
  },
  // Without this, vitest would use Svelte's server build, in which nothing mounts.
  ...(process.env.VITEST ? { resolve: { conditions: ['browser'] } } : {}),
  test: {
    environment: 'happy-dom',
    include: ['{src,build}/**/*.test.ts'],
    css: { include: [/(tokens|base)\.css/] }, // a test reads these; all others need no CSS
    setupFiles: ['src/testing/setup.ts'],
    testTimeout: 120_000, // longer than the internal waits, because code is compiled on first use
    restoreMocks: true,
    unstubGlobals: true,
  },
});
