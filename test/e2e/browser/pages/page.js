// What the pages of the dialects have in common. They show what they are sent as it
// is: a member that is missing is seen as "undefined".
const socket = io();
const { username, name, room } = Object.fromEntries(new URLSearchParams(location.search));

/** Appends a line of plain text to a list. */
function line(list, text) {
  const item = document.createElement('li');
  item.textContent = text;
  document.getElementById(list).append(item);
}

/** Replaces the list of people. */
function people(names) {
  document.getElementById('people').replaceChildren();
  for (const name of names) line('people', name);
}

/** Sends what is in the form, whose button waits for the answer if there is one to come. */
function onSend(send, waits = false) {
  const form = document.getElementById('send');
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = form.elements.text.value;
    form.elements.button.disabled = waits;
    send(text, (...answer) => {
      form.elements.button.disabled = false;
      line('answers', answer.length === 0 ? 'sent' : 'error ' + answer[0]);
    });
    form.elements.text.value = '';
  };
}

/** Reads a time that must be a number of milliseconds. */
function hour(ms) {
  if (typeof ms !== 'number') return 'wrong time';
  return Math.abs(Date.now() - ms) < 3600_000 ? 'now' : 'another time';
}

/** Shares the position, which the browser asks for. */
function onShare(share) {
  document.getElementById('share').onclick = () =>
    navigator.geolocation.getCurrentPosition(({ coords }) =>
      share(coords.latitude, coords.longitude),
    );
}
