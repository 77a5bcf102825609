// Undo and Redo for the whole page. The region editor takes a step of its own first, see "history-step" in editor.js.
const step = (name, sign, label, ask) => {
  const button = make("button", "step", sign);
  button.type = "button";
  button.id = name;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => {
    const event = new CustomEvent("history-step", { detail: name, cancelable: true });
    if (document.dispatchEvent(event)) ask();
  });
  return button;
};
const buttons = [
  step("undo", "↶", "Undo (Ctrl+Z)", () => trigger("undo")),
  step("redo", "↷", "Redo (Ctrl+Shift+Z)", () => trigger("redo")),
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
