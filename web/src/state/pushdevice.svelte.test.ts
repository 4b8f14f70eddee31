import { expect, test, vi } from 'vitest';
import type { Request } from '../api/request';
import { PushDevice } from './pushdevice.svelte';

interface Setting {
  permission?: NotificationPermission;
  granted?: NotificationPermission;
  subscribed?: boolean;
  secure?: boolean;
  standalone?: boolean;
  pushes?: boolean;
  current?: boolean;
  subscribe?: () => Promise<unknown>;
}

/** A browser and a server. */
function setUp(setting: Setting = {}) {
  const calls: string[] = [];
  let isSubscribed = setting.subscribed ?? false;
  const own = {
    toJSON: () => ({ endpoint: 'https://push.example/1', keys: { p256dh: 'k', auth: 'a' } }),
    unsubscribe: async () => (isSubscribed = false),
  };
  const pushManager = {
    getSubscription: async () => (isSubscribed ? own : null),
    subscribe: async () => {
      await setting.subscribe?.();
      isSubscribed = true;
      return own;
    },
  };
  const registration = { pushManager };
  const notification = {
    permission: setting.permission ?? 'granted',
    requestPermission: async () => (notification.permission = setting.granted ?? 'granted'),
  };
  vi.stubGlobal('Notification', notification);
  vi.stubGlobal('isSecureContext', setting.secure ?? true);
  if (setting.pushes ?? true) vi.stubGlobal('PushManager', () => undefined);
  vi.stubGlobal('navigator', {
    standalone: setting.standalone,
    serviceWorker: {
      register: async () => registration,
      ready: Promise.resolve(registration),
      getRegistration: async () => registration,
    },
  });
  const request = (async (method: string, path: string) => {
    calls.push(`${method} ${path}`);
    if (method === 'GET') {
      const devices = setting.current ? [{ id: 'x', current: true, showsText: false }] : [];
      return { key: 'key', devices };
    }
    return { id: 'x' };
  }) as Request;
  localStorage.clear();
  return { device: new PushDevice(request, localStorage, () => 7), calls };
}

test('I3 says why a device cannot receive pushes', async () => {
  for (const [setting, state] of [
    [{ secure: false }, 'insecure'],
    [{ pushes: false, standalone: false }, 'install'],
    [{ pushes: false }, 'unsupported'],
    [{ permission: 'denied' }, 'denied'],
    [{ permission: 'default' }, 'off'],
    [{ subscribed: true, current: true }, 'on'],
    [{ subscribed: true }, 'off'],
  ] as const) {
    const { device } = setUp(setting);
    await device.look();
    expect(device.state).toBe(state);
    vi.unstubAllGlobals();
  }
});

test('I3 asks for permission when it is turned on, and registers the device', async () => {
  const { device, calls } = setUp({ permission: 'default' });
  await device.look();
  await device.turnOn();
  expect(device.state).toBe('on');
  expect(device.hasChosen).toBe(true);
  await device.turnOff();
  expect(device.state).toBe('off');
  expect(device.hasChosen).toBe(false);
  expect(calls).toEqual(['GET /push', 'PUT /push/device', 'DELETE /push/devices/x']);
});

test('I3 a refusal leaves everything as it was', async () => {
  const { device, calls } = setUp({ permission: 'default', granted: 'denied' });
  await device.look();
  await device.turnOn();
  expect(device.state).toBe('denied');
  expect(calls).toEqual(['GET /push']);
});

test('I3 a subscription that the browser has lost is renewed, if the user has chosen it', async () => {
  const { device, calls } = setUp();
  await device.look();
  expect(device.state).toBe('off');
  await device.turnOn();
  const again = setUp();
  localStorage.setItem('partychat:push', '7');
  await again.device.look();
  expect(again.device.state).toBe('on');
  expect(again.calls).toEqual(['GET /push', 'PUT /push/device']);
  localStorage.setItem('partychat:push', '8');
  expect(again.device.hasChosen).toBe(false);
  expect(calls).toEqual(['GET /push', 'PUT /push/device']);
});

test('I3 a subscription with another key is replaced, and one at a service that is away fails', async () => {
  let refusals = 1;
  const { device } = setUp({
    subscribe: async () => {
      if (refusals-- > 0) throw new DOMException('another key', 'InvalidStateError');
    },
  });
  await device.turnOn();
  expect(device.state).toBe('on');
  const away = setUp({ subscribe: () => Promise.reject(new Error('AbortError')) });
  await expect(away.device.turnOn()).rejects.toThrow('push service');
  expect(away.device.hasChosen).toBe(false);
});
