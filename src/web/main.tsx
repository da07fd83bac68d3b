/** Opens the dashboard: trades the code of the link for a session, then shows the view of the address. */
import { render } from "preact";
import { App } from "./app.tsx";
// oxlint-disable import/no-unassigned-import -- style sheets are imported for what they do
import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/exposure.css";
import "./style/print.css";
import { restoreTheme } from "./state/theme.ts";

restoreTheme();
const place = document.querySelector("#app");
if (place !== null) render(<App />, place);
