// Adds what gradio's components lack for keyboards and screen readers, after every change of the page.
(() => {
  const reach = () => {
    restore();
    for (const text of document.querySelectorAll("#code .cm-content:not([tabindex])")) text.tabIndex = 0;
    for (const box of document.querySelectorAll("#chat .edit-textarea:not([aria-label])")) box.setAttribute("aria-label", "Message");
    // gradio scrolls to the end of an empty chat, too, whenever its size changes in a low window.
    for (const empty of document.querySelectorAll("#chat .placeholder-content:not([data-shown])")) {
      empty.dataset.shown = "";
      const begin = () => (empty.parentElement.scrollTop = 0);
      const until = new AbortController(); // the user scrolls
      for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) empty.parentElement.addEventListener(name, () => until.abort(), { once: true });
      empty.parentElement.addEventListener("scroll", () => empty.isConnected && begin(), { signal: until.signal });
      begin();
    }
    // Screen readers would announce a list without items as empty.
    for (const list of document.querySelectorAll('#chat [role="list"]:not(:has([role="listitem"]))')) {
      list.setAttribute("role", "group");
    }
  };
  // What was typed and not sent outlasts a reload of the tab.
  const DRAFT = "omost-studio-draft";
  const promptBox = () => document.querySelector("#prompt textarea");
  let restored = false;
  const restore = () => {
    const box = promptBox();
    if (restored || !box) return;
    restored = true;
    const draft = sessionStorage.getItem(DRAFT);
    if (!draft || box.value) return;
    box.value = draft;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  window.addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(DRAFT, promptBox()?.value || "");
    } catch {
      // Storage is full or off.
    }
  });
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

  // The bar with Render stays at the bottom of the window: what is typed must not stand behind it.
  const clear = (event) => {
    const field = event.target;
    const bar = document.querySelector("#actions");
    if (!bar || !field.matches?.("textarea, input:not([type=checkbox]):not([type=radio]), select, .cm-content") || bar.contains(field)) return;
    requestAnimationFrame(() => {
      const [box, edge] = [field.getBoundingClientRect(), bar.getBoundingClientRect()];
      const beside = box.right <= edge.left || edge.right <= box.left;
      const hidden = box.bottom - edge.top + 8;
      if (!beside && hidden > 0 && box.top < edge.bottom) window.scrollBy(0, Math.min(hidden, box.top - 8));
    });
  };
  for (const name of ["input", "focusin"]) document.addEventListener(name, clear);
  // The bar grows with its messages, and the page with its views.
  const grown = new ResizeObserver(() => document.activeElement && clear({ target: document.activeElement }));
  const watchBar = () => {
    const bar = document.querySelector("#actions");
    if (!bar) return requestAnimationFrame(watchBar);
    grown.observe(bar);
    grown.observe(document.body);
  };
  watchBar();
})();
