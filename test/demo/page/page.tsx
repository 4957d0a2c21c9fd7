import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Act, Answer, State } from "../state.ts";
import { Chat } from "./chat.tsx";
import { Controls } from "./controls.tsx";
import { words as inLanguages } from "./words.ts";

const words = inLanguages[navigator.language.startsWith("ru") ? "ru" : "en"];
document.documentElement.lang = words.language;

async function act(asked: Act): Promise<Answer> {
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch("/act", { method: "POST", headers, body: JSON.stringify(asked) });
    return response.ok ? await response.json() : { text: words.failed };
  } catch {
    // That the demo is gone is shown already.
    return { text: "" };
  }
}

/** The state as it is now, and whether somebody is there to tell. */
function useDemo(): { state: State | undefined; isThere: boolean } {
  const [state, setState] = useState<State>();
  const [isThere, setIsThere] = useState(true);
  useEffect(() => {
    const states = new EventSource("/state");
    states.onmessage = ({ data }) => setState(JSON.parse(data));
    states.onopen = () => setIsThere(true);
    states.onerror = () => setIsThere(false);
    return () => states.close();
  }, []);
  return { state, isThere };
}

function Page() {
  const { state, isThere } = useDemo();
  return (
    <>
      <header>
        <h1>dwld-bot</h1>
        <p role="status">{isThere ? words.intro : words.away}</p>
      </header>
      {state !== undefined && (
        <main>
          {state.seats.map((seat) => (
            <Chat key={seat.id} seat={seat} state={state} words={words} act={act} />
          ))}
          <Controls state={state} words={words} act={act} />
        </main>
      )}
    </>
  );
}

const root = document.getElementById("page");
if (root !== null) render(<Page />, root);
