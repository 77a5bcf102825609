// Folds the code and the thinking of every reply in the chat. While a reply is being written, the fold shows the line that is written now.
(() => {
  const REGION = /\.add_local_description\s*\(/g;
  const opened = new WeakMap(); // the kinds of folds that the user has opened, by message
  const watched = new WeakSet();
  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  const contents = (code) => {
    const regions = (code.match(REGION) || []).length;
    return regions ? count(regions, "region") : count(code.trimEnd().split("\n").length, "line") + " of code";
  };
  const label = (fold) => {
    const code = fold.querySelector("pre").textContent;
    const [what, now] = fold.firstElementChild.children;
    const rows = document.querySelectorAll("#chat .bot-row");
    const row = fold.closest(".bot-row");
    const folds = row ? row.querySelectorAll("details.fold") : [];
    const last = row === rows[rows.length - 1] && (!folds.length || fold === folds[folds.length - 1]);
    const writing = Boolean(fold.closest("#chat.writing")) && last;
    fold.classList.toggle("writing", writing);
    if (fold.querySelector("code.language-thinking")) {
      what.textContent = writing ? "Thinking …" : "Thinking";
      now.textContent = writing ? code.trimEnd().split("\n").pop() : fold.open ? "hide" : "show";
      return;
    }
    what.textContent = contents(code) + (writing ? " so far" : "");
    now.textContent = writing ? code.trimEnd().split("\n").pop() : `${fold.open ? "hide" : "show"} code`;
  };
  const wrap = (block) => {
    const pre = block.querySelector(":scope > pre");
    if (!pre) return;
    const message = block.closest("[data-testid=bot]");
    const fold = document.createElement("details");
    const title = document.createElement("summary");
    fold.className = "fold";
    fold.setAttribute("aria-live", "off"); // the chat is a log, and a screen reader would read every line of the code
    const kind = pre.querySelector("code.language-thinking") ? "thinking" : "code";
    if (!opened.has(message)) opened.set(message, new Set());
    fold.open = opened.get(message).has(kind);
    title.append(document.createElement("span"), document.createElement("span"));
    // The block itself stays where it is, because gradio removes it when the text changes.
    block.prepend(fold);
    fold.append(title, pre);
    fold.addEventListener("toggle", () => {
      if (fold.isConnected) opened.get(message)[fold.open ? "add" : "delete"](kind);
      label(fold);
    });
    label(fold);
  };
  const update = () => {
    for (const block of document.querySelectorAll("#chat [data-testid=bot] .code_wrap:has(> pre)")) wrap(block);
    const chat = document.querySelector("#chat");
    if (!chat || watched.has(chat)) return;
    watched.add(chat);
    const relabel = () => chat.querySelectorAll("details.fold").forEach(label);
    new MutationObserver(relabel).observe(chat, { attributes: true, attributeFilter: ["class"] });
  };
  // Not delayed: otherwise the code would flash up unfolded with every piece of the reply.
  new MutationObserver(update).observe(document, { childList: true, subtree: true });
})();
