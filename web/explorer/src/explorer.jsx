// The explorer's entry: the token's bar, and GraphiQL below it.
import "graphiql/graphiql.css";
import "./explorer.css";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { fetcher } from "./fetcher.js";
import { storage } from "./storage.js";
import { tabs } from "./tabs.js";
import { connectTokenField } from "./token.js";

connectTokenField();

// GraphiQL opens the first of its default tabs without the tab's variables, unless it finds them stored.
const VARIABLES = "graphiql:variables";
if (storage.getItem(VARIABLES) === null) storage.setItem(VARIABLES, tabs[0].variables);

createRoot(document.getElementById("explorer")).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={tabs}
    defaultEditorToolsVisibility="variables"
    schemaDescription
    inputValueDeprecation
  />,
);
