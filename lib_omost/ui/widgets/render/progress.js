show(["value"], (props) => {
  const value = props.value || {};
  if (!value.text) return [];
  const line = make("p", value.kind || "note", value.text);
  line.setAttribute("role", value.kind === "error" ? "alert" : "status");
  if (value.kind !== "busy") return [line];
  const bar = make("progress");
  bar.setAttribute("aria-label", value.text);
  if (typeof value.fraction === "number") bar.value = value.fraction;
  return [line, bar];
});
