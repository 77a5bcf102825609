// The plan of the next render: shown here as a sentence, and sent to the region editor, which hatches the part.
const announce = () => {
  const place = root();
  const plan = props.value || {};
  window.repaintPlan = plan;
  document.dispatchEvent(new CustomEvent("repaint-plan"));
  if (!place) return;
  place.setAttribute("role", "status");
  if (place.textContent !== (plan.line || "")) place.replaceChildren(...(plan.line ? [make("p", "note", plan.line)] : []));
};
watch(["value"], announce);
announce();
