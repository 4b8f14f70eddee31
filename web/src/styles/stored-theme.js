// Runs before the first paint, so that the other theme never flashes.
(function () {
  try {
    var root = document.documentElement.dataset;
    var theme = localStorage.getItem('partychat.theme');
    var own = localStorage.getItem('partychat.own');
    if (theme === 'light' || theme === 'dark') root.theme = theme;
    if (own === 'left' || own === 'flat') root.own = own;
  } catch {
    // Without storage the defaults apply.
  }
})();
