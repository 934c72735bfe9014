// <media-steps steps="0 10 20" at="10" label="Step of x"> lays a slider over its ticks. Moving it fills the field of the
// form it stands in, and letting go asks for that step.
customElements.define("media-steps", class extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("input")) return;
    const steps = this.getAttribute("steps").split(" ").map(Number);
    const at = Number(this.getAttribute("at"));
    const slider = document.createElement("input");
    slider.type = "range";
    slider.className = "slider";
    slider.min = 0;
    slider.max = steps.length - 1;
    slider.value = Math.max(0, steps.findLastIndex((s) => s <= at));
    slider.setAttribute("aria-label", this.getAttribute("label"));
    const say = () => slider.setAttribute("aria-valuetext", `step ${steps[slider.value]}`);
    say();
    const field = this.closest("form").elements.step;
    slider.addEventListener("input", () => {
      field.value = steps[slider.value];
      say();
    });
    slider.addEventListener("change", () => this.closest("form").requestSubmit());
    this.prepend(slider);
  }
});
