// Adds what gradio's components lack for keyboards and screen readers, after every change of the page.
(() => {
  const reach = () => {
    for (const text of document.querySelectorAll("#code .cm-content:not([tabindex])")) text.tabIndex = 0;
    // Screen readers would announce a list without items as empty.
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
