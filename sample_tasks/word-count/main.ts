interface Input {
  text: string;
  most?: number;
}

type Count = { word: string; times: number };

function count(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}'’]+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

export default function main({ text, most = 3 }: Input): { words: number; top: Count[] } {
  const counts = count(text);
  const sorted: Count[] = [...counts].map(([word, times]) => ({ word, times }));
  sorted.sort((a, b) => b.times - a.times || (a.word < b.word ? -1 : 1));
  return { words: counts.size, top: sorted.slice(0, most) };
}
