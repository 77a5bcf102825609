// The pencil of a picture in the chat edits the prompt that led to it. gradio would only offer to submit the picture itself.
(() => {
  const LABEL = "Edit the prompt of this picture";
  const MADE = /^(Edited by hand\.|A picture laid out by hand\.|Return to picture \d+\.)$/; // prompts of the program
  const PENCILS = "#chat .message-row:has(.message.component) + .message-buttons button";
  const isPencil = (button) => button.title === "Edit" || button.title === LABEL;
  const promptOf = (button) => {
    let row = button.closest(".message-buttons");
    while ((row = row.previousElementSibling)) {
      const text = row.matches(".user-row") && row.querySelector("[data-testid=user]")?.textContent.trim();
      if (text && !MADE.test(text)) return row;
    }
    return null;
  };
  const update = () => {
    for (const button of document.querySelectorAll(PENCILS)) {
      if (!isPencil(button)) continue;
      if (button.title !== LABEL) {
        button.title = LABEL;
        button.setAttribute("aria-label", LABEL);
      }
      button.hidden = !promptOf(button);
    }
  };
  const pressed = (event) => {
    const button = event.target.closest?.(PENCILS);
    if (!button || !isPencil(button)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const row = promptOf(button);
    row?.nextElementSibling?.querySelector("button[title=Edit]")?.click();
    row?.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("click", pressed, true);
  new MutationObserver(update).observe(document, { childList: true, subtree: true });
})();
