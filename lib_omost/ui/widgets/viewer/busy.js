// What kind of job runs: "chat", "render" or none. Other scripts listen to the event.
const tell = () => {
  window.pageBusy = (props.value || {}).busy || null;
  document.dispatchEvent(new CustomEvent("page-busy"));
};
watch(["value"], tell);
tell();
