/**
 * Media follows a media query. Create it while a component is set up; it ends with the component.
 */
export class Media {
  #matches = $state(false);

  constructor(query: string) {
    const list = matchMedia(query);
    this.#matches = list.matches;
    $effect(() => {
      const note = () => (this.#matches = list.matches);
      list.addEventListener('change', note);
      return () => {
        list.removeEventListener('change', note);
      };
    });
  }

  get current(): boolean {
    return this.#matches;
  }
}
