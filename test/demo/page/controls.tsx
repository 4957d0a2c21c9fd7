import type { Act, State } from "../state.ts";
import type { Words } from "./words.ts";

/** What can be made to fail, and what has arrived. */
export function Controls({ state, words, act }: { state: State; words: Words; act: (act: Act) => unknown }) {
  return (
    <aside>
      <section aria-labelledby="faults">
        <h2 id="faults">{words.faults}</h2>
        <div class="faults">
          {state.servers.map(({ name, isOn }) => (
            <Switch
              key={name}
              label={words.server(name)}
              isOn={isOn}
              turned={(on) => act({ act: "server", name, on })}
            />
          ))}
          <Switch
            label={words.telegram}
            isOn={state.telegram}
            turned={(on) => act({ act: "switch", what: "telegram", on })}
          />
          <Switch
            label={words.database}
            isOn={state.database}
            turned={(on) => act({ act: "switch", what: "database", on })}
          />
          <button type="button" class="kill" disabled={!state.bot.runs} onClick={() => act({ act: "kill" })}>
            {words.kill}
          </button>
          <p role="status">{words.bot(state.bot.runs, state.bot.starts)}</p>
        </div>
      </section>
      <section aria-labelledby="files">
        <h2 id="files">{words.files}</h2>
        <p class="folder">{state.folder}</p>
        {state.files.length === 0 && <p>{words.noFiles}</p>}
        <ul aria-labelledby="files">
          {state.files.map(({ path, bytes }) => (
            <li key={path}>
              {path} · {words.size(bytes)}
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}

function Switch({ label, isOn, turned }: { label: string; isOn: boolean; turned: (on: boolean) => void }) {
  return (
    <label>
      <input type="checkbox" checked={isOn} onChange={(event) => turned(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
