import { execFileSync } from 'node:child_process';
import { createDecipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the device has received: docs/PROTOCOL.md, “Pushes”. */
export interface Push {
  kind: string;
  room: number;
  seq: number;
  text?: string;
}

/** A push service (RFC 8030) with one device, which decrypts what it receives (RFC 8291). */
export class PushService {
  /** PEM file of the authority that the server must trust. */
  readonly authority: string;
  readonly pushes: string[] = [];
  readonly #folder: string;
  readonly #server: Server;
  readonly #keys: ECDH;
  readonly #secret = randomBytes(16);

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.authority = join(folder, 'cert.pem');
    this.#server = server;
    this.#keys = createECDH('prime256v1');
    this.#keys.generateKeys();
  }

  static async start(): Promise<PushService> {
    const folder = await mkdtemp(join(tmpdir(), 'partychat-push-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
        ...['-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    const server = createServer({ key: await readFile(key), cert: await readFile(cert) });
    const service = new PushService(folder, server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        service.pushes.push(service.#decrypt(Buffer.concat(chunks)));
        response.writeHead(201).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return service;
  }

  /** The device's PushSubscription as JSON. */
  get subscription() {
    const { port } = this.#server.address() as AddressInfo;
    return {
      endpoint: `https://localhost:${port}/device`,
      keys: {
        p256dh: this.#keys.getPublicKey().toString('base64url'),
        auth: this.#secret.toString('base64url'),
      },
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await rm(this.#folder, { recursive: true });
  }

  #decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const sender = body.subarray(21, 21 + (body[20] ?? 0));
    const record = body.subarray(21 + sender.length);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#keys.getPublicKey(), sender]);
    const derive = (from: ArrayBuffer | Buffer, with_: Buffer, about: Buffer, length: number) =>
      hkdfSync('sha256', Buffer.from(from as ArrayBuffer), with_, about, length);
    const input = derive(this.#keys.computeSecret(sender), this.#secret, info, 32);
    const key = derive(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = derive(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
    const cipher = createDecipheriv('aes-128-gcm', Buffer.from(key), Buffer.from(nonce));
    cipher.setAuthTag(record.subarray(-16));
    const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
    return padded.toString().replace(/\x02\0*$/, '');
  }
}
