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

/** One of the browser's storages; undefined if its settings forbid it. */
function openStorage(kind: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return window[kind];
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
  openShelf: () => import('./storage/shelf').then(({ openFileShelf }) => openFileShelf()),
  storage: openStorage('localStorage'),
  tabStorage: openStorage('sessionStorage'),
});

mount(App, { target, props: { chat, theme: new ThemeChoice(document.documentElement) } });
