declare module 'engine.io-client/polling' {
  export { XHR } from 'engine.io-client';
}
