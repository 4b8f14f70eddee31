// Loads the client from the PartyChat server and connects to it.
const server = new URLSearchParams(location.search).get('server') ?? 'http://localhost:3000';

/** @param {object} [auth] sent in the handshake, such as {username: 'ann'} */
async function connect(auth) {
  await new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), {
      src: server + '/socket.io/socket.io.js', onload: resolve, onerror: reject,
    });
    document.head.append(script);
  });
  const socket = io(server, { auth });
  socket.on('classicError', (error) => alert(error.message));
  return socket;
}

/** Appends a line of plain text to a list. */
function line(list, text) {
  const item = document.createElement('li');
  item.textContent = text;
  list.append(item);
}
