import { mount } from 'svelte';
import { createApi } from './api';
import App from './App.svelte';
import { memoryHome } from './model/memorystore';
import { createLink } from './socket';
import { Chat } from './state/chat.svelte';
import { ThemeChoice } from './state/theme.svelte';
import './styles/index.css';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');

/** The browser's storage; undefined where its settings forbid it. */
function openStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

const chat = new Chat({
  api: createApi(),
  link: createLink(),
  openOutboxHome: () =>
    import('./storage/outbox')
      .then(({ openOutboxHome }) => openOutboxHome())
      .catch(() => memoryHome()),
  storage: openStorage(),
});

mount(App, { target, props: { chat, theme: new ThemeChoice(document.documentElement) } });
