// The branches of the chat: buttons to the previous and the next version of every message that has several.
show(["value"], (props) => {
  const forks = props.value || [];
  if (!forks.length) return [];
  const list = make("ul", "branches");
  list.setAttribute("aria-label", "Other versions of this chat");
  for (const fork of forks) {
    const item = make("li");
    const step = (sign, label, by) => {
      const button = make("button", "step", sign);
      button.type = "button";
      button.setAttribute("aria-label", label);
      button.title = label;
      button.addEventListener("click", () => trigger("switched", { at: fork.at, step: by }));
      return button;
    };
    const where = make("span", "version", `${fork.version}/${fork.versions}`);
    item.append(
      step("‹", `${fork.kind}: previous version. ${fork.previous}`, -1),
      where,
      step("›", `${fork.kind}: next version. ${fork.next}`, 1),
      make("span", "name", fork.name),
    );
    list.append(item);
  }
  return [list];
});
