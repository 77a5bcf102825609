// What gradio's own parts lack for those who use no mouse, or hear the page: added whenever the page has changed.
(() => {
  const reach = () => {
    // A reply scrolls, so the keyboard must be able to go there.
    for (const code of document.querySelectorAll("#chat pre:not([tabindex])")) {
      code.tabIndex = 0;
      code.setAttribute("role", "group");
      code.setAttribute("aria-label", "Code of the reply");
    }
    for (const text of document.querySelectorAll("#code .cm-content:not([tabindex])")) text.tabIndex = 0;
    // A list without items is announced as an empty one.
    for (const list of document.querySelectorAll('#chat [role="list"]:not(:has([role="listitem"]))')) {
      list.setAttribute("role", "group");
    }
  };
  let due = false;
  const changed = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      reach();
    });
  };
  new MutationObserver(changed).observe(document, { childList: true, subtree: true });
})();
