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
