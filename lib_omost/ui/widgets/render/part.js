// What Render will paint anew: a sentence for everybody, and the plan for the editor, which hatches it.
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
