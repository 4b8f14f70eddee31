import { Failure, unreachable } from '../model/failure';
import { m } from '../messages';
import type { ErrorInfo, NewFile, SentFileList, Upload, UploadAnswer } from '../model/wire';
import type { Request } from './request';

/** AppendOptions are the parts of an append beside its bytes. */
export interface AppendOptions {
  signal: AbortSignal;
  /** Called with the number of bytes that have been sent so far. */
  onProgress: (sent: number) => void;
}

/**
 * FilesApi is the part of REST about files; docs/PROTOCOL.md, section 6. Every call rejects with
 * a Failure, or with the reason of its abort.
 */
export interface FilesApi {
  /** Announces an upload. A retry with the same clientId returns the same file. */
  announce: (file: NewFile) => Promise<Upload>;
  /** Returns how far an upload has come. */
  state: (id: number) => Promise<Upload>;
  /** Appends bytes from the offset on. */
  append: (id: number, offset: number, bytes: Blob, options: AppendOptions) => Promise<Upload>;
  /** Deletes a file that was not sent. */
  cancel: (id: number) => Promise<undefined>;
  /** Lists a room's files, those of the latest messages below a seq first. */
  list: (room: number, before?: number, signal?: AbortSignal) => Promise<SentFileList>;
}

/** How many messages with files are requested at a time. */
const pageSize = 30;

/** createFilesApi makes it of a Request. */
export function createFilesApi(request: Request): FilesApi {
  return {
    announce: (body) => request<UploadAnswer>('POST', '/files', { body }).then(({ file }) => file),
    state: (id) => request<UploadAnswer>('GET', `/files/${id}/upload`).then(({ file }) => file),
    append,
    cancel: (id) => request<undefined>('DELETE', `/files/${id}`),
    list: (room, before, signal) =>
      request<SentFileList>('GET', `/rooms/${room}/files`, {
        query: { before, limit: pageSize },
        signal,
      }),
  };
}

/** fetch tells nothing of the bytes that it has sent. */
function append(
  id: number,
  offset: number,
  bytes: Blob,
  { signal, onProgress }: AppendOptions,
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const call = new XMLHttpRequest();
    call.open('PATCH', `/api/v1/files/${id}`);
    call.setRequestHeader('Content-Type', 'application/offset+octet-stream');
    call.setRequestHeader('Upload-Offset', String(offset));
    call.responseType = 'json';
    call.upload.onprogress = ({ loaded }) => {
      onProgress(loaded);
    };
    call.onload = () => {
      const answer = call.response as (UploadAnswer & { error?: ErrorInfo }) | null;
      if (call.status === 200 && answer) resolve(answer.file);
      else reject(failureOf(call.status, answer?.error));
    };
    call.onerror = () => {
      reject(unreachable());
    };
    const abort = () => {
      call.abort();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort);
    call.onloadend = () => {
      signal.removeEventListener('abort', abort);
    };
    call.send(bytes);
  });
}

/** A proxy may answer with its own body: then the status decides. */
function failureOf(status: number, error: ErrorInfo | undefined): Failure {
  if (error) return new Failure(error);
  const code = status === 413 ? 'too_large' : 'unavailable';
  return new Failure({ code, message: m.failures.serverBusy() });
}
