/**
 * whileLooked reports whether the page is visible, now and on each change, until the returned
 * function is called.
 */
export function whileLooked(listener: (isLooking: boolean) => void): () => void {
  const tell = () => {
    listener(document.visibilityState === 'visible' && document.hasFocus());
  };
  tell();
  document.addEventListener('visibilitychange', tell);
  window.addEventListener('focus', tell);
  window.addEventListener('blur', tell);
  return () => {
    document.removeEventListener('visibilitychange', tell);
    window.removeEventListener('focus', tell);
    window.removeEventListener('blur', tell);
  };
}
