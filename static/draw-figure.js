// Draws the figure that stands in its page as JSON. The page has an origin of its own: it reaches nothing, and its
// libraries do without eval.
const figure = document.getElementById("figure");
const spec = JSON.parse(figure.textContent);
const drawnWith = typeof Plotly === "undefined" ? "vega" : "plotly";
const at = document.getElementById("drawing");
const fail = () => { at.textContent = "This figure cannot be drawn."; };
if (drawnWith === "plotly") {
  const layout = { ...spec.layout, autosize: true, width: undefined, height: undefined };
  Plotly.newPlot(at, spec.data ?? [], layout, { responsive: true, displaylogo: false, showSendToCloud: false }).catch(fail);
} else {
  try {
    const lite = !/\/vega\/v/.test(spec.$schema ?? "");
    const parsed = vega.parse(lite ? vegaLite.compile(spec).spec : spec, null, { ast: true });
    new vega.View(parsed, { expr: vega.expressionInterpreter, renderer: "svg", container: at }).runAsync().catch(fail);
  } catch {
    fail();
  }
}
