// The example in a window of its own, for whoever watches it by lines of JSON.
import { printed } from "../shared/session";
import { given, HERE, tell } from "../shared/terminal";
import { show } from "../shared/window";
import { App } from "./App";

const session = printed(given("SERVER", HERE), given("TOKEN"));
await show(<App session={session} taken={({ __typename, cursor }) => tell({ item: { __typename, cursor } })} />);
