/** whileLooked tells whether the page is looked at, now and whenever that changes; the result ends that. */
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
