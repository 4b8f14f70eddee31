/** KeptFile is a file that was chosen for a room and is not sent yet. */
export interface KeptFile {
  /** Its idempotency key. */
  readonly clientId: string;
  /** The id of the user who chose it. */
  readonly owner: number;
  readonly room: number;
  /** The root of the thread that it was chosen for, if it was not chosen for the room. */
  readonly thread?: number | undefined;
  readonly name: string;
  readonly content: Blob;
  /** Its place among all files: they are uploaded and sent in this order. */
  readonly order: number;
  /** The message that it is to be sent in, once that was decided. */
  readonly message?: FileMessage | undefined;
}

/** FileMessage is a message that waits for its files. */
export interface FileMessage {
  /** The message's idempotency key. */
  readonly clientId: string;
  readonly caption: string;
  /** The seq of the message that it answers, and whether the room shows it besides its thread. */
  readonly replyTo?: number | undefined;
  readonly inRoom?: boolean | undefined;
}

/** SendFiles sends the chosen files in a message. */
export type SendFiles = (message: Omit<FileMessage, 'clientId'>) => void;

/** Place is where files are sent: a room, or the thread of one of its messages. */
export interface Place {
  readonly room: number;
  readonly thread?: number | undefined;
}

/** FileShelf keeps files through reloads. Its calls never reject. */
export interface FileShelf {
  /** Returns the owner's files that no other tab is working on, and claims them. */
  take: (owner: number) => Promise<KeptFile[]>;
  /** Claims a new file, or changes one. Returns false if the browser cannot keep it. */
  put: (file: KeptFile) => Promise<boolean>;
  delete: (clientId: string) => Promise<void>;
}

/** memoryShelf keeps nothing: for browsers without a database. */
export function memoryShelf(): FileShelf {
  return {
    take: () => Promise.resolve([]),
    put: () => Promise.resolve(false),
    delete: () => Promise.resolve(),
  };
}
