/**
 * On a page that a browser translates, every text node has been replaced by <font> elements.
 * Later updates would go to the old node, which is no longer on the page. keepTextsLive puts such
 * a node back in place of its translation when it is written to; the browser translates it again.
 * It returns a function that ends this.
 */
export function keepTextsLive(root: Node): () => void {
  const translations = new WeakMap<Node, Element>();

  const written = new MutationObserver((records) => {
    for (const { target } of records) {
      const translation = translations.get(target);
      if (!translation) continue;
      translations.delete(target);
      if (!target.isConnected && translation.isConnected) translation.replaceWith(target);
    }
  });

  const replaced = new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.removedNodes) {
        if (node.nodeType !== Node.TEXT_NODE || node.isConnected) continue;
        const translation = fontBeside(record);
        if (!translation) continue;
        translations.set(node, translation);
        written.observe(node, { characterData: true });
      }
    }
  });
  replaced.observe(root, { childList: true, subtree: true });

  return () => {
    replaced.disconnect();
    written.disconnect();
  };
}

/** The element that has replaced a removed node, in the same step or just before. */
function fontBeside({ addedNodes, previousSibling, nextSibling }: MutationRecord) {
  return [...addedNodes, previousSibling, nextSibling].find(
    (node): node is Element => node instanceof Element && node.localName === 'font',
  );
}
