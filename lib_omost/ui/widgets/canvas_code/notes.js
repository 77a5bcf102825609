show(["value"], (props) => {
  const value = props.value || {};
  const notes = value.notes || [];
  const parts = [];
  if (value.error) parts.push(make("p", "problem", value.error));
  if (notes.length) {
    const fold = make("details", "notes");
    fold.open = notes.length <= 6;
    const lost = notes.filter((note) => note.kind === "dropped").length;
    const corrected = notes.length - lost;
    const counts = [corrected && `${corrected} fixed`, lost && `${lost} skipped`].filter(Boolean).join(", ");
    fold.append(make("summary", "", `Problems in the code: ${counts}`));
    const list = make("ul");
    for (const note of notes) {
      const item = make("li", note.kind);
      item.append(make("b", "", `Line ${note.line}`), make("span", "", note.message));
      if (note.written || note.made) {
        const change = make("span", "change");
        if (note.written) change.append(make("code", "written", note.written));
        if (note.made) change.append(make("span", "arrow", "→"), make("code", "made", note.made));
        item.append(change);
      }
      list.append(item);
    }
    fold.append(list);
    parts.push(fold);
  }
  const notices = value.notices || [];
  if (notices.length) {
    const fold = make("details", "notes");
    fold.append(make("summary", "", `Notes from the image model: ${notices.length}`));
    const list = make("ul");
    for (const notice of notices) list.append(make("li", "", notice));
    fold.append(list);
    parts.push(fold);
  }
  return parts;
});
