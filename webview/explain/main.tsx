import { render } from "preact";
import "../lib/panel.css";
import "../lib/contract.css";
import "./explain.css";
import { connectHost } from "../lib/connection.ts";
import { App } from "./App.tsx";

render(<App connection={connectHost()} />, document.getElementById("root")!);
