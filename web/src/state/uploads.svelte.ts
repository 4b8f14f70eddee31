import type { FilesApi } from '../api/files';
import { newClientId } from '../model/clientid';
import { Failure, failureFrom } from '../model/failure';
import type { FileMessage, FileShelf, KeptFile, Place } from '../model/files/kept';
import { startTimer, type Timer } from '../model/timer';
import type { File as FileInfo, Upload } from '../model/wire';

/** Milliseconds: the delay before the first retry, and the longest one. */
const firstWait = 1_000;
const longestWait = 30_000;

/** Bytes of one request: at first, which any proxy accepts, and at most. */
const firstChunk = 1_000_000;
const largestChunk = 16_000_000;

/** A request that takes less than this many milliseconds lets the next one be larger. */
const quick = 1_000;

/** ChosenFile is a file that is not sent yet, as components see it. */
export class ChosenFile {
  #kept = $state.raw() as KeptFile;
  readonly address: string;
  readonly abort = new AbortController();
  #sent = $state(0);
  #state = $state<'waiting' | 'uploading' | 'ready' | 'failed'>('waiting');
  #reason = $state('');
  upload: Upload | undefined;

  constructor(kept: KeptFile) {
    this.#kept = kept;
    this.address = URL.createObjectURL(kept.content);
  }

  /** What is known of it, also after a reload. */
  get kept(): KeptFile {
    return this.#kept;
  }

  set kept(kept: KeptFile) {
    this.#kept = kept;
  }

  /** The part that has arrived, from 0 to 1. */
  get progress(): number {
    return this.#state === 'ready' ? 1 : this.#sent / this.kept.content.size;
  }

  get state(): 'waiting' | 'uploading' | 'ready' | 'failed' {
    return this.#state;
  }

  /** Why it failed, in words for people. */
  get reason(): string {
    return this.#reason;
  }

  /** become sets what components see. */
  become(state: 'waiting' | 'uploading' | 'ready' | 'failed', reason = ''): void {
    this.#state = state;
    this.#reason = reason;
  }

  /** note records how many bytes have been sent. */
  note(sent: number): void {
    this.#sent = sent;
  }

  /** close ends the upload, and frees the preview. */
  close(): void {
    this.abort.abort();
    URL.revokeObjectURL(this.address);
  }
}

/** UploadsOptions are the dependencies of Uploads. */
export interface UploadsOptions {
  api: FilesApi;
  /** Opens the place where files outlive a reload; never rejects. */
  openShelf: () => Promise<FileShelf>;
  /** Sends a message whose files have all arrived. */
  send: (place: Place, message: FileMessage, files: FileInfo[]) => void;
  /** Called if the browser cannot keep a file through a reload. */
  onUnkept: () => void;
  timer?: Timer;
}

/**
 * Uploads are the files that the user has chosen and that are not sent yet. They are uploaded one
 * after another, from where they ended, through lost connections and reloads.
 */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #timer: Timer;
  #shelf: Promise<FileShelf> | undefined;
  #owner: number | undefined;
  #files = $state.raw<readonly ChosenFile[]>([]);
  #isWorking = false;
  #wake: () => void = () => undefined;
  #attempts = 0;
  #chunk = firstChunk;
  #chunkMax = largestChunk;

  constructor(options: UploadsOptions) {
    this.#options = options;
    this.#timer = options.timer ?? startTimer;
  }

  /** The files chosen for a place that no message waits for. */
  chosen(place: Place): readonly ChosenFile[] {
    return this.#at(place).filter(({ kept }) => !kept.message);
  }

  /** The files of messages to the place that wait for them. */
  awaited(place: Place): readonly ChosenFile[] {
    return this.#at(place).filter(({ kept }) => kept.message);
  }

  #at({ room, thread }: Place): readonly ChosenFile[] {
    return this.#files.filter(({ kept }) => kept.room === room && kept.thread === thread);
  }

  /** open brings back the files that the user chose before a reload, and goes on. */
  async open(owner: number): Promise<void> {
    if (this.#owner !== owner) {
      this.clear();
      this.#owner = owner;
      const kept = await (await this.#atShelf()).take(owner);
      if (this.#owner !== owner) return;
      const known = new Set(this.#files.map((file) => file.kept.clientId));
      const back = kept.filter((file) => !known.has(file.clientId));
      this.#files = [...this.#files, ...back.map((file) => new ChosenFile(file))].sort(
        (a, b) => a.kept.order - b.kept.order,
      );
    }
    this.resume();
  }

  /** add uploads files for a place. */
  async add(owner: number, { room, thread }: Place, files: readonly File[]): Promise<void> {
    const added = files.map((content, i) => {
      const name = content.name || 'file';
      const order = Date.now() + i / 1_000;
      return new ChosenFile({ clientId: newClientId(), owner, room, thread, name, content, order });
    });
    this.#files = [...this.#files, ...added];
    this.#pump();
    const shelf = await this.#atShelf();
    const isKept = await Promise.all(added.map(({ kept }) => shelf.put(kept)));
    if (isKept.includes(false)) this.#options.onUnkept();
  }

  /** remove cancels a file. */
  remove(file: ChosenFile): void {
    this.#drop(file);
    if (file.upload) void this.#options.api.cancel(file.upload.id).catch(() => undefined);
  }

  /** retry uploads a file again that has failed. */
  retry(file: ChosenFile): void {
    file.become('waiting');
    this.#pump();
  }

  /** send sends the files chosen for the place, as soon as all have arrived. */
  async send(place: Place, content: Omit<FileMessage, 'clientId'>): Promise<void> {
    const message = { clientId: newClientId(), ...content };
    for (const file of this.chosen(place)) file.kept = { ...file.kept, message };
    const shelf = await this.#atShelf();
    await Promise.all(this.#of(message.clientId).map(({ kept }) => shelf.put(kept)));
    this.#settle();
    this.#pump();
  }

  /** unsend returns the files of a waiting message to the composer. */
  unsend(file: ChosenFile): void {
    const message = file.kept.message?.clientId;
    for (const other of this.#files.filter(({ kept }) => kept.message?.clientId === message)) {
      const kept = { ...other.kept, message: undefined };
      other.kept = kept;
      void this.#atShelf().then((shelf) => shelf.put(kept));
    }
  }

  /** resume goes on at once. */
  resume(): void {
    this.#attempts = 0;
    this.#wake();
    this.#settle();
    this.#pump();
  }

  /** clear forgets the files. Those that are kept come back for the same user. */
  clear(): void {
    this.#owner = undefined;
    for (const file of this.#files) file.close();
    this.#files = [];
    this.#wake();
  }

  #atShelf(): Promise<FileShelf> {
    this.#shelf ??= this.#options.openShelf();
    return this.#shelf;
  }

  #of(message: string): readonly ChosenFile[] {
    return this.#files.filter(({ kept }) => kept.message?.clientId === message);
  }

  #drop(file: ChosenFile): void {
    file.close();
    this.#files = this.#files.filter((other) => other !== file);
    void this.#atShelf().then((shelf) => shelf.delete(file.kept.clientId));
    this.#settle();
  }

  /** Sends the messages whose files have all arrived. */
  #settle(): void {
    const waiting = new Map(
      this.#files.flatMap(({ kept }) => (kept.message ? [[kept.message.clientId, kept]] : [])),
    );
    for (const [clientId, { room, thread, message }] of waiting) {
      const files = this.#of(clientId);
      const uploads = files.map(({ state, upload }) => (state === 'ready' ? upload : undefined));
      if (!message || !uploads.every((upload) => upload !== undefined)) continue;
      const infos = uploads.map(({ id, name, type, size, width, height }) => ({
        id,
        name,
        type,
        size,
        ...(width && height ? { width, height } : {}),
      }));
      this.#options.send({ room, thread }, message, infos);
      // The outbox has the message now. If the page dies in between, it is sent with the same
      // clientId, which the server recognises.
      this.#files = this.#files.filter((file) => !files.includes(file));
      for (const file of files) {
        file.close();
        void this.#atShelf().then((shelf) => shelf.delete(file.kept.clientId));
      }
    }
  }

  #pump(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    void this.#work().finally(() => {
      this.#isWorking = false;
      if (this.#next()) this.#pump();
    });
  }

  #next(): ChosenFile | undefined {
    return this.#files.find(({ state }) => state === 'waiting');
  }

  async #work(): Promise<void> {
    for (let file = this.#next(); file; file = this.#next()) {
      file.become('uploading');
      try {
        await this.#upload(file);
        this.#attempts = 0;
        file.become('ready');
        this.#settle();
      } catch (thrown) {
        if (file.abort.signal.aborted) continue;
        const failure = failureFrom(thrown);
        if (failure.isPassing || failure.code === 'unauthenticated') {
          file.become('waiting');
          await this.#rest(failure);
        } else {
          file.become('failed', failure.message);
        }
      }
    }
  }

  async #upload(file: ChosenFile): Promise<void> {
    const { api } = this.#options;
    const { clientId, name, content } = file.kept;
    // Announcing it again finds it, or begins anew if the server has swept it.
    let upload = await api.announce({ clientId, name, size: content.size });
    file.upload = upload;
    while (!upload.ready) {
      file.abort.signal.throwIfAborted();
      const offset = upload.received;
      file.note(offset);
      if (offset >= content.size) {
        upload = await api.state(upload.id); // finishes it
      } else {
        upload = await this.#append(file, upload.id, offset);
      }
      file.upload = upload;
    }
  }

  async #append(file: ChosenFile, id: number, offset: number): Promise<Upload> {
    const { api } = this.#options;
    const bytes = file.kept.content.slice(offset, offset + this.#chunk);
    const begun = Date.now();
    try {
      const upload = await api.append(id, offset, bytes, {
        signal: file.abort.signal,
        onProgress: (sent) => {
          file.note(offset + Math.min(sent, bytes.size));
        },
      });
      if (Date.now() - begun < quick) this.#chunk = Math.min(this.#chunkMax, this.#chunk * 2);
      return upload;
    } catch (thrown) {
      // More has arrived than was acknowledged.
      if (thrown instanceof Failure && thrown.code === 'taken') return api.state(id);
      if (thrown instanceof Failure && thrown.code === 'too_large' && this.#chunk > 1_000) {
        // A proxy accepts less at once.
        this.#chunk = this.#chunkMax = this.#chunk / 2;
        return api.state(id);
      }
      throw thrown;
    }
  }

  #rest(failure: Failure): Promise<void> {
    const wait = Math.min(longestWait, firstWait * 2 ** this.#attempts);
    this.#attempts += 1;
    return new Promise((resolve) => {
      const stop = this.#timer(
        () => {
          end();
        },
        Math.max(wait, (failure.retryAfter ?? 0) * 1_000),
      );
      const end = () => {
        this.#wake = () => undefined;
        stop();
        resolve();
      };
      this.#wake = end;
    });
  }
}
