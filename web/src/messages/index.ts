export { m } from './messages.gen';
