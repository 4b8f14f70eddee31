import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import type { Chat } from '../state/chat.svelte';
import Provide from './Provide.svelte';

/** renderIn renders one component with the state that App would provide. */
export function renderIn<P extends object>(chat: Chat, component: Component<P>, given: P): void {
  render(Provide, {
    props: {
      chat,
      component: component as unknown as Component<Record<string, unknown>>,
      given: { ...given } as Record<string, unknown>,
    },
  });
}
