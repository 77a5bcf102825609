// Undo and Redo for the whole page. The region editor takes a step of its own first, see "history-step" in editor.js.
// A step of the server ends before the next one begins, so that fast presses take one step each.
const PATIENCE = 10_000; // milliseconds after which an answer is no longer waited for
const waiting = [];
let asked = null;
const ask = { undo: () => trigger("undo"), redo: () => trigger("redo") };
const take = (name) => {
  if (asked !== null) return waiting.push(name);
  const event = new CustomEvent("history-step", { detail: name, cancelable: true });
  if (!document.dispatchEvent(event)) return;
  asked = setTimeout(answered, PATIENCE);
  ask[name]();
};
const answered = () => {
  clearTimeout(asked);
  asked = null;
  if (waiting.length) take(waiting.shift());
};
watch(["value"], () => asked !== null && setTimeout(answered)); // after the other parts of the page have changed

const step = (name, sign, label) => {
  const button = make("button", "step", sign);
  button.type = "button";
  button.id = name;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => take(name));
  return button;
};
const buttons = [
  step("undo", "↶", "Undo (Ctrl+Z)"),
  step("redo", "↷", "Redo (Ctrl+Shift+Z)"),
];
show(["value"], () => buttons);

const WRITING = "textarea, input:not([type=range], [type=checkbox], [type=radio])";
document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y")) return;
  // In a text field outside the region editor, these keys undo typing.
  if (event.target.closest(WRITING) && !event.target.closest("#layout")) return;
  event.preventDefault();
  buttons[key === "y" || event.shiftKey ? 1 : 0].click();
});
