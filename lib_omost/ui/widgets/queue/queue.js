// What waits. As soon as the page is idle, it asks for the next request.
let asked = false;
const waiting = () => (props.value || {}).items || [];
const next = () => {
  if (window.pageBusy) asked = false;
  if (asked || window.pageBusy || !waiting().length || (props.value || {}).paused) return;
  asked = true;
  // The chat of the finished work reaches the page together with the news that it is idle.
  setTimeout(() => {
    if (!window.pageBusy) trigger("next");
    // A request that starts no work, such as "undo", does not make the page busy.
    setTimeout(() => {
      asked = false;
      next();
    }, 2000);
  }, 200);
};
show(["value"], (props) => {
  const { items = [], paused = false } = props.value || {};
  if (!items.length) return [];
  const head = make("div", "head");
  head.append(make("span", "", paused ? `Queue (paused): ${items.length} waiting` : `Queue: ${items.length} waiting`));
  head.setAttribute("role", "status");
  if (paused) {
    const go = make("button", "go", "Continue");
    go.type = "button";
    go.addEventListener("click", () => trigger("resume"));
    head.append(go);
  }
  const list = make("ol", "queue");
  list.setAttribute("aria-label", "Queue");
  for (const item of items) {
    const entry = make("li");
    const remove = make("button", "remove", "✕");
    remove.type = "button";
    remove.title = "Remove from the queue";
    remove.setAttribute("aria-label", `Remove from the queue: ${item.text}`);
    remove.addEventListener("click", () => trigger("removed", { id: item.id }));
    entry.append(make("span", "text", item.text), remove);
    list.append(entry);
  }
  return [head, list];
});
watch(["value"], next);
document.addEventListener("page-busy", next);
