import { screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { FakeServer, newChat } from '../../testing/fakes';
import { renderIn } from '../../testing/render';
import ShareDialog from './ShareDialog.svelte';

vi.mock('./outlines', () => ({ outlinesAround: () => Promise.resolve('M0 0') }));

const location = {
  latitude: 47.6062,
  longitude: 17.4601,
  accuracy: 12,
  time: '2026-01-02T03:04:05Z',
};

it('A position is shown on its map before it is sent, and sent only when the reader says so', async () => {
  const [onshare, onclose] = [vi.fn(), vi.fn()];
  renderIn(newChat(new FakeServer()), ShareDialog, { location, to: '# trip', onshare, onclose });
  const dialog = screen.getByRole('dialog', { name: 'Share your location?' });
  expect(dialog).toHaveTextContent('Your location will be sent to # trip.');
  expect(dialog).toHaveTextContent('47.6062° N, 17.4601° E');
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(onclose).toHaveBeenCalledOnce();
  expect(onshare).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Share' }));
  expect(onshare).toHaveBeenCalledExactlyOnceWith(location);
});
