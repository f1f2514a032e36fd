// All of it together.

import { ApolloProvider, useApolloClient } from "@apollo/client/react";
import { useEffect, useMemo, useState } from "react";
import type { State } from "../../web/pages/src/client/live";
import { Page } from "../shared/Page";
import { CONNECTING, type Session, type Watch } from "../shared/session";
import { connect } from "./client";
import { useIdeas, useOutbox, useSupport } from "./ideas";

// guide: app
export function App({ session, taken }: { session: Session } & Watch) {
  const [state, setState] = useState(CONNECTING);
  const client = useMemo(() => connect(session, setState), [session]);
  return (
    <ApolloProvider client={client}>
      <Ideas {...{ state, taken }} person={session.person} />
    </ApolloProvider>
  );
}

function Ideas({ state, taken, person }: { state: State; person: string } & Watch) {
  const client = useApolloClient();
  const { ideas, more, failed } = useIdeas(client, { taken });
  const { support, problem } = useSupport();
  const { out, share, drop, again } = useOutbox(client, person);
  useEffect(() => {
    if (state.is === "live") again();
  }, [state, again]);
  return <Page {...{ ideas, more, support, out, share, drop, state }} problem={problem ?? failed} />;
}
// guide ends: app
