import type { NewPushDevice, PushDevice, PushInfo } from '../model/wire';
import type { Request } from './request';

/** PushApi is the part of REST about pushes. Every call rejects with a Failure. */
export type PushApi = ReturnType<typeof createPushApi>;

export function createPushApi(request: Request) {
  return {
    /** Returns the server's key and my devices. */
    info: () => request<PushInfo>('GET', '/push'),
    put: (device: NewPushDevice) => request<PushDevice>('PUT', '/push/device', { body: device }),
    remove: (id: string) => request<undefined>('DELETE', `/push/devices/${id}`),
  };
}
