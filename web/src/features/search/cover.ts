/**
 * coverRoom makes what the search lies over unreachable until the returned function is called.
 * The list of chats stays usable where it is beside the search.
 */
export function coverRoom(): () => void {
  const home = document.querySelector('.home');
  const covered = [...(home?.children ?? [])].filter(
    (pane): pane is HTMLElement =>
      pane instanceof HTMLElement &&
      (!pane.classList.contains('list') || matchMedia('(width < 40em)').matches),
  );
  for (const pane of covered) pane.inert = true;
  return () => {
    for (const pane of covered) pane.inert = false;
  };
}
