// Long polling, for networks that let no WebSocket through. Importing it adds it to the Socket.IO client, from the
// next attempt to connect on: the first load goes without (build/unused-transports.ts).
import { transports } from 'engine.io-client';
import { XHR } from 'engine.io-client/polling';

transports.polling = XHR;
