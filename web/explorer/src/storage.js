// GraphiQL's localStorage under our own prefix: other projects' explorers share this origin on a developer's machine.
const PREFIX = "groundswell:";

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}graphiql:`));

export const storage = {
  getItem: (key) => localStorage.getItem(PREFIX + key),
  setItem: (key, value) => localStorage.setItem(PREFIX + key, value),
  removeItem: (key) => localStorage.removeItem(PREFIX + key),
  clear: () => keys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return keys().length;
  },
};
