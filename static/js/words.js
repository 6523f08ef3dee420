// The page's sentences, from the same files as the server's, with numbers that agree (CLDR).

// `own`: an element that holds a page's own sentences, those that no other page says.
export async function loadWords(language, own = null) {
  const response = await fetch(`/o/${language}/words.json`);
  return speaker(language, { ...(await response.json()), ...(own && JSON.parse(own.textContent)) });
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
