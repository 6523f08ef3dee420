// The page's sentences, from the same files as the server's, with numbers that agree (CLDR).

export async function loadWords(language) {
  const response = await fetch(`/o/${language}/words.json`);
  return speaker(language, await response.json());
}

export function speaker(language, sentences) {
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    let sentence = sentences[key];
    if (sentence === undefined) throw new Error(`no sentence ${key}`);
    if (typeof sentence === "object") sentence = sentence[plural.select(values.n)] || sentence.other;
    return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  };
}
