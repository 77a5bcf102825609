// The branches of the chat: buttons to the previous and the next version of every message that has several.
show(["value"], (props) => {
  const forks = props.value || [];
  if (!forks.length) return [];
  const list = make("ul", "branches");
  list.setAttribute("aria-label", "Other versions of this chat");
  for (const fork of forks) {
    const item = make("li");
    const name = fork.text ? `${fork.kind} “${fork.text}”` : fork.kind;
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
      step("‹", `${name}: previous version`, -1),
      where,
      step("›", `${name}: next version`, 1),
      make("span", "name", name),
    );
    list.append(item);
  }
  return [list];
});
